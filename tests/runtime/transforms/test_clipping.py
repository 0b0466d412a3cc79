"""Clipping at the edges: norm zero, non-finite elements, half precision."""

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    GradientTransform,
    clip,
    clip_by_global_norm,
    clip_each_norm,
    global_norm,
    linear,
)


def apply(transform: GradientTransform, *gradients: tf.Tensor) -> list[np.ndarray]:
    """Return the first updates of `transform`."""
    updates, _ = transform.update(list(gradients), transform.init(gradients), gradients)
    return [tf.cast(update, tf.float32).numpy() for update in updates]


@pytest.mark.parametrize("make", [clip_by_global_norm, clip_each_norm])
@pytest.mark.parametrize("bound", [1.0, 0.0])
def test_zero_gradients_stay_zero(make, bound: float) -> None:
    """A norm of zero gives zeros, not NaN, even where nothing is allowed."""
    assert apply(make(bound), tf.zeros([3]))[0].tolist() == [0.0, 0.0, 0.0]


def test_global_norm_spans_all_tensors() -> None:
    """3 and 4 in two tensors have the norm 5 together and shrink by one factor."""
    gradients = [tf.constant([3.0]), tf.constant(4.0)]

    first, second = apply(clip_by_global_norm(1.0), *gradients)

    assert float(global_norm(gradients)) == 5.0
    np.testing.assert_allclose([first[0], second], [0.6, 0.8], rtol=1e-6)


def test_each_norm_looks_at_one_tensor() -> None:
    """Only the tensor that is too long shrinks; its neighbour is left as it is."""
    long, short = apply(
        clip_each_norm(2.0), tf.constant([3.0, 4.0]), tf.constant([0.3, 0.4])
    )

    np.testing.assert_allclose(long, [1.2, 1.6], rtol=1e-6)
    np.testing.assert_array_equal(short, np.float32([0.3, 0.4]))


def test_each_norm_equals_tensorflow() -> None:
    """The arithmetic is that of `tf.clip_by_norm`."""
    gradient = tf.constant(np.random.default_rng(0).normal(size=(5, 4)), tf.float32)

    (mine,) = apply(clip_each_norm(0.7), gradient)

    np.testing.assert_allclose(mine, tf.clip_by_norm(gradient, 0.7), rtol=1e-6)


def test_an_infinite_element_clips_the_rest_to_zero() -> None:
    """As in optax: that element is NaN, every other one 0."""
    (update,) = apply(clip_by_global_norm(1.0), tf.constant([np.inf, 2.0]))

    assert np.isnan(update[0])
    assert update[1] == 0.0


def test_half_precision_does_not_overflow_the_norm() -> None:
    """Squares are summed in float32, where 300^2 in float16 would be infinite."""
    (update,) = apply(clip_by_global_norm(1.0), tf.constant([300.0, 400.0], tf.float16))

    np.testing.assert_allclose(update, [0.6, 0.8], rtol=1e-3)


def test_a_bound_may_follow_a_schedule() -> None:
    """The bound is the schedule's value at the number of updates so far."""
    transform = clip(linear(3.0, 1.0, 2))
    gradients = [tf.constant([5.0])]
    state = transform.init(gradients)
    clipped = []
    for _ in range(4):
        updates, state = transform.update(gradients, state)
        clipped.append(float(updates[0][0]))

    assert clipped == [3.0, 2.0, 1.0, 1.0]
