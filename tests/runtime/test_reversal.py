"""The value passes a reversal unchanged, the gradient with another sign."""

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import reverse_gradient


@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
def test_the_gradient_is_multiplied_by_minus_the_strength(xla: bool) -> None:
    """Also for a strength that is computed in the step, which itself gets none."""

    @tf.function(jit_compile=xla)
    def both(x: tf.Tensor, strength: tf.Tensor) -> tuple[tf.Tensor, ...]:
        with tf.GradientTape() as tape:
            tape.watch([x, strength])
            y = reverse_gradient(x, 2.0 * strength)
            loss = tf.reduce_sum(y**2)
        slope, none = tape.gradient(
            loss, [x, strength], unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        return y, slope, none

    x = tf.constant([[1.0, -2.0], [0.5, 3.0]])
    y, slope, none = both(x, tf.constant(0.25))

    np.testing.assert_array_equal(y, x)
    np.testing.assert_allclose(slope, -0.5 * 2 * x, rtol=1e-6)
    assert float(none) == 0
