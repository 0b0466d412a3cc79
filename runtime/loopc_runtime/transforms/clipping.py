"""Transforms that bound gradients by value or by norm."""

import math
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    cast_like,
    stateless,
)


def clip(max_delta: ScheduleLike) -> GradientTransform:
    """Clip every element to `-max_delta .. max_delta`; `optax.clip`."""

    def clip_elements(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, bound: Any
    ) -> Tensors:
        return [
            tf.clip_by_value(each, -cast_like(bound, each), cast_like(bound, each))
            for each in gradients
        ]

    return stateless(clip_elements, max_delta)


def clip_by_global_norm(max_norm: ScheduleLike) -> GradientTransform:
    """Shrink all gradients together so that their joint L2 norm is at most `max_norm`.

    That is `optax.clip_by_global_norm`: below `max_norm` nothing changes, above it each
    gradient is multiplied by `max_norm / norm`, one factor for all. An infinite
    element makes itself NaN and every other element 0 (Keras makes all of them NaN).
    Where the norm is 0 the result is 0, also for a `max_norm` of 0.
    """

    def clip_together(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, bound: Any
    ) -> Tensors:
        norm = global_norm(gradients)
        limit = cast_like(bound, norm)
        factor = tf.where(norm < limit, tf.ones_like(norm), divide_by(limit, norm))
        return [each * tf.cast(factor, each.dtype) for each in gradients]

    return stateless(clip_together, max_norm)


def clip_each_norm(max_norm: ScheduleLike) -> GradientTransform:
    """Shrink each gradient on its own so that its L2 norm is at most `max_norm`.

    This is Keras' `clipnorm` and `tf.clip_by_norm`: `gradient * max_norm / max(norm,
    max_norm)`. A gradient of norm 0 stays 0, also for a `max_norm` of 0.
    """

    def clip_alone(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, bound: Any
    ) -> Tensors:
        updates = []
        for each in gradients:
            norm = global_norm([each])
            largest = cast_like(bound, norm)
            factor = tf.math.divide_no_nan(largest, tf.maximum(norm, largest))
            updates.append(cast_like(factor, each) * each)
        return updates

    return stateless(clip_alone, max_norm)


def global_norm(tensors: Tensors) -> tf.Tensor:
    """Return the L2 norm of all elements of all `tensors` together, as a scalar.

    It is float64 if one of the tensors is, else float32: half precision would overflow.
    No tensors have the norm 0.
    """
    if not tensors:
        return tf.zeros([])
    wide = any(tensor.dtype == tf.float64 for tensor in tensors)
    dtype = tf.float64 if wide else tf.float32
    return tf.sqrt(tf.add_n([sum_of_squares(tf.cast(t, dtype)) for t in tensors]))


def sum_of_squares(tensor: tf.Tensor) -> tf.Tensor:
    """Return the sum of the squared elements, a scalar.

    Folded in eight first: XLA on the CPU adds whole rows in vectors, and the elements
    of a sum one by one, which made the norm cost as much as Adam.
    """
    size = tensor.shape.num_elements()
    folds = math.gcd(size, 8) if size else 1
    rows = tf.unstack(tf.reshape(tf.square(tensor), [folds, -1]))
    return tf.reduce_sum(tf.add_n(rows))


def divide_by(tensor: tf.Tensor, norm: tf.Tensor) -> tf.Tensor:
    """Return `tensor / norm` in the dtype of `tensor`, and 0 where `norm` is 0."""
    return tf.math.divide_no_nan(tensor, tf.cast(norm, tensor.dtype))
