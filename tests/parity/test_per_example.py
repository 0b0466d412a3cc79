"""Gradients of single examples one by one, and the noise of their sum."""

import numpy as np
import pytest
import tensorflow as tf

import loopc_runtime as ours
from loopc_runtime import per_example_gradients, step_scope

XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])


@XLA
def test_private_noise_has_its_deviation(xla: bool) -> None:
    """The update is the clipped mean and noise of deviation c sigma / batch."""
    variable = tf.Variable(np.zeros(10_000, np.float32))
    transform = ours.differentially_private_aggregate(2.0, 0.5)

    @tf.function(jit_compile=xla)
    def update(step: tf.Tensor) -> tf.Tensor:
        with step_scope(1, step):
            gradient = tf.zeros([8, 10_000])
            return transform.update([gradient], transform.init([variable]))[0][0]

    noise = update(tf.constant(0, tf.int64)).numpy()
    assert abs(noise.mean()) < 5 * 0.125 / 100
    assert abs(noise.std() - 0.125) < 5 * 0.125 / np.sqrt(2 * 10_000)
    assert not np.array_equal(noise, update(tf.constant(1, tf.int64)).numpy())


@XLA
def test_gradients_of_examples_are_those_taken_one_by_one(xla: bool) -> None:
    """Vectorized, they equal a loop over the examples; results come as one batch."""
    random = np.random.default_rng(2)
    x = random.normal(size=(6, 3)).astype(np.float32)
    y = random.normal(size=(6, 2)).astype(np.float32)
    kernel = tf.Variable(random.normal(size=(3, 2)).astype(np.float32))

    def objective(x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss = tf.reduce_mean(tf.square(tf.tanh(x @ kernel) - y), axis=1)
        return tf.reduce_mean(loss), loss

    taken = tf.function(
        lambda: per_example_gradients(objective, [kernel], x, y), jit_compile=xla
    )
    (gradient,), value, loss = taken()

    for row in range(6):
        with tf.GradientTape() as tape:
            one, _ = objective(x[row : row + 1], y[row : row + 1])
        np.testing.assert_allclose(
            gradient[row], tape.gradient(one, kernel), rtol=1e-5, atol=1e-6
        )
        np.testing.assert_allclose(loss[row], one, rtol=1e-5)
    np.testing.assert_allclose(value, np.mean(loss), rtol=1e-5)
