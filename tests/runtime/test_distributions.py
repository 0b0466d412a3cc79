"""Draws follow their distributions, anew in each step, in graphs and under XLA."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from loopc_runtime import (
    random_bernoulli,
    random_beta,
    random_box,
    random_categorical,
    random_gamma,
    random_truncated_normal,
)
from loopc_runtime.random import random_uniform_int
from loopc_runtime.scope import step_scope

COUNT = 4_000
Draw = Callable[[], tf.Tensor]


def drawn(draw: Draw, step: int = 3, xla: bool = False) -> np.ndarray:
    """Return what a step draws."""

    @tf.function(jit_compile=xla, autograph=False)
    def run(place: tf.Tensor) -> tf.Tensor:
        with step_scope(7, place):
            return draw()

    return run(tf.constant(step, tf.int64)).numpy()


CONTINUOUS: dict[str, tuple[Draw, stats.rv_continuous]] = {
    "gamma_2": (lambda: random_gamma((COUNT,), "s", 2.0), stats.gamma(2.0)),
    "gamma_0.3": (lambda: random_gamma((COUNT,), "s", 0.3), stats.gamma(0.3)),
    "beta": (lambda: random_beta((COUNT,), "s", 2.0, 5.0), stats.beta(2.0, 5.0)),
    "mixup": (lambda: random_beta((COUNT,), "s", 0.2, 0.2), stats.beta(0.2, 0.2)),
    "normal": (
        lambda: random_truncated_normal((COUNT,), "s", mean=1.0, stddev=0.5),
        stats.truncnorm(-2, 2, 1.0, 0.5),
    ),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_numbers_follow_their_distribution(name: str) -> None:
    """Kolmogorov and Smirnov find no difference; XLA draws the same numbers."""
    draw, distribution = CONTINUOUS[name]
    numbers = drawn(draw)

    assert stats.kstest(numbers.astype(float), distribution.cdf).pvalue > 0.01
    np.testing.assert_allclose(drawn(draw, xla=True), numbers, 1e-4, 1e-6)
    assert np.mean(drawn(draw, step=4) == numbers) < 0.5


def test_classes_come_as_often_as_the_softmax_says() -> None:
    """Frequencies of drawn classes and truths are their probabilities."""
    chances = np.float32([0.1, 0.2, 0.7])
    logits = tf.constant(np.tile(np.log(chances), (COUNT, 1)))
    classes = drawn(lambda: random_categorical(logits, "s"))
    truths = drawn(lambda: random_bernoulli(tf.fill([COUNT], 0.3), "s"))

    counts = np.bincount(classes, minlength=3)
    assert stats.chisquare(counts, COUNT * chances.astype(float)).pvalue > 0.01
    assert stats.binomtest(int(truths.sum()), COUNT, 0.3).pvalue > 0.01
    assert classes.dtype == np.int32
    assert truths.dtype == bool


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("channels", [(), (2,)])
def test_boxes_have_their_area_and_are_cut_off(
    channels: tuple[int, ...], xla: bool
) -> None:
    """A box is drawn around any pixel, with the sides that its area asks for."""
    images = tf.zeros([5, 8, 12, *channels])
    areas = tf.constant([0.0, 0.25, 0.5, 0.75, 1.0])
    boxes = drawn(lambda: random_box(images, areas, "s"), xla=xla)
    with step_scope(7, tf.constant(3, tf.int64)):
        y = random_uniform_int((5,), "s", 0, 8).numpy()
        x = random_uniform_int((5,), "s", 0, 12).numpy()

    expected = np.zeros((5, 8, 12), bool)
    for i, area in enumerate(areas.numpy()):
        rows, columns = (int(np.sqrt(area) * side) for side in (8, 12))
        top, left = y[i] - rows // 2, x[i] - columns // 2
        expected[
            i, max(top, 0) : max(top + rows, 0), max(left, 0) : max(left + columns, 0)
        ] = True
    np.testing.assert_array_equal(
        boxes, expected.reshape(5, 8, 12, *[1] * len(channels))
    )
