"""Draws of transforms of several objectives; their arithmetic is in tests/parity."""

import numpy as np
import pytest
import tensorflow as tf

import loopc_runtime as ours
from loopc_runtime import step_scope

XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])


@XLA
def test_graddrop_keeps_one_sign_of_every_element(xla: bool) -> None:
    """Each element sums its positive or its negative gradients, as likely as pure."""
    transform = ours.graddrop(2)
    size = 20_000
    gradient = np.tile(np.array([[3.0], [-1.0]], np.float32), (1, size))
    variable = tf.Variable(np.zeros(size, np.float32))

    @tf.function(jit_compile=xla)
    def update():
        with step_scope(0, tf.constant(0, tf.int64)):
            return transform.update([tf.constant(gradient)], (), [variable])[0][0]

    found = update().numpy()
    assert set(np.unique(found)) == {3.0, -1.0}
    # purity (1 + 2 / 4) / 2 = 3 / 4; five standard deviations
    assert abs(np.mean(found == 3.0) - 0.75) <= 5 * np.sqrt(0.1875 / size)


def test_random_weights_change_with_the_step_and_sum_to_one() -> None:
    """They are those of a softmax, differ from step to step, repeat with the step."""
    weigh = ours.rlw(3).hooks.weigh
    assert weigh is not None

    @tf.function
    def weights(step: tf.Tensor) -> tf.Tensor:
        with step_scope(3, step):
            return weigh(tf.ones([3]), ())

    first, second, again = (
        weights(tf.constant(step, tf.int64)).numpy() for step in (0, 1, 0)
    )
    np.testing.assert_allclose([first.sum(), second.sum()], 1.0, rtol=1e-6)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - second).max() > 1e-3
