"""A batch computed in parts: what is added up, and how parts are told apart."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime.averages import Mean, Sum
from loopc_runtime.parts import Part, in_parts
from loopc_runtime.random import random_uniform
from loopc_runtime.scope import step_scope


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("rows", [1, 3, 8, 10])
def test_sums_over_parts_are_those_of_the_batch(rows: int, xla: bool) -> None:
    """Gradients, means and metrics of 4 parts are those of NumPy over all rows."""
    x = np.random.default_rng(0).normal(size=(rows, 2)).astype(np.float32)
    weight = np.arange(rows, dtype=np.float32)
    metric = keras.metrics.Sum(name="sum")

    def part(values: tf.Tensor, weights: tf.Tensor) -> Part:
        metric.update_state(values)
        total = tf.math.divide_no_nan(
            tf.reduce_sum(values * weights[:, None], axis=0), tf.reduce_sum(weights)
        )
        report = {"mean": Mean(values), "sum": metric}
        return Part([total], report, weight=tf.reduce_sum(weights))

    @tf.function(jit_compile=xla, autograph=False)
    def step(*fields: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with step_scope(7, tf.constant(0, tf.int64)):
            gradients, report = in_parts(4, part, *fields)
        return gradients[0], report["mean"].sums()

    gradient, sums = step(tf.constant(x), tf.constant(weight))
    total = weight.sum()
    expected = weight @ x / total if total else np.zeros(2)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(sums, [x.sum(), x.size], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(float(metric.result()), x.sum(), rtol=1e-5, atol=1e-5)


def test_parts_draw_their_own_numbers() -> None:
    """Each part draws other numbers, the same ones in every run of the step."""

    def part(values: tf.Tensor) -> Part:
        return Part([random_uniform(values.shape, "d") * values], {})

    def step() -> np.ndarray:
        with step_scope(7, tf.constant(3, tf.int64)):
            drawn = []

            def recorded(values: tf.Tensor) -> Part:
                drawn.append(random_uniform((2,), "d"))
                return part(values)

            in_parts(2, recorded, tf.ones(3))
        return np.concatenate(drawn)

    numbers = step()
    assert len(set(numbers.tolist())) == 4
    np.testing.assert_array_equal(numbers, step())


def test_objectives_have_weights_of_their_own() -> None:
    """Two gradients of one pass are averaged by different weights; a total stays one;
    and a second pass over the batch draws what the first one drew.
    """
    x = np.arange(5, dtype=np.float32)

    def part(values: tf.Tensor) -> Part:
        weighted = tf.reduce_sum(values**2) / tf.reduce_sum(values)
        groups = ([tf.reduce_mean(values)], [weighted, 2 * weighted])
        report = {"all": Sum(values), "noise": Mean(random_uniform(values.shape, "d"))}
        return Part(groups, report, weight=(None, tf.reduce_sum(values)))

    with step_scope(7, tf.constant(3, tf.int64)):
        ((mean,), (one, two)), first = in_parts(2, part, tf.constant(x))
        _, second = in_parts(2, part, tf.constant(x))
    np.testing.assert_allclose(mean, x.mean())
    np.testing.assert_allclose([one, two], (x**2).sum() / x.sum() * np.array([1, 2]))
    assert isinstance(first["all"], Sum)
    np.testing.assert_allclose(first["all"].sums(), [x.sum(), 2])
    np.testing.assert_array_equal(first["noise"].sums(), second["noise"].sums())
