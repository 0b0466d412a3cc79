"""Transforms that bound gradients by value or by norm."""

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

    The arithmetic is that of `optax.clip_by_global_norm`: below `max_norm` nothing
    changes, above it each gradient becomes `gradient / norm * max_norm`. An infinite
    element makes itself NaN and every other element 0 (Keras makes all of them NaN).
    Where the norm is 0 the result is 0, also for a `max_norm` of 0.
    """

    def clip_together(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, bound: Any
    ) -> Tensors:
        norm = global_norm(gradients)
        fits = norm < cast_like(bound, norm)
        return [
            tf.where(fits, each, divide_by(each, norm) * cast_like(bound, each))
            for each in gradients
        ]

    return stateless(clip_together, max_norm)


def clip_each_norm(max_norm: ScheduleLike) -> GradientTransform:
    """Shrink each gradient on its own so that its L2 norm is at most `max_norm`.

    This is Keras' `clipnorm` and `tf.clip_by_norm`: `gradient * max_norm / max(norm,
    max_norm)`. A gradient of norm 0 stays 0, also for a `max_norm` of 0.
    """

    def clip_alone(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, bound: Any
    ) -> Tensors:
        return [
            divide_by(
                each * cast_like(bound, each),
                tf.maximum(global_norm([each]), cast_like(bound, global_norm([each]))),
            )
            for each in gradients
        ]

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
    squares = [tf.reduce_sum(tf.square(tf.cast(each, dtype))) for each in tensors]
    return tf.sqrt(tf.add_n(squares))


def divide_by(tensor: tf.Tensor, norm: tf.Tensor) -> tf.Tensor:
    """Return `tensor / norm` in the dtype of `tensor`, and 0 where `norm` is 0."""
    return tf.math.divide_no_nan(tensor, tf.cast(norm, tensor.dtype))
