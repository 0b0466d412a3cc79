"""Conditional gradient: steps towards a corner of a norm ball."""

from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    require_variables,
    stateless,
)
from loopc_runtime.transforms.clipping import divide_by
from loopc_runtime.transforms.normalizing import l2_norm


def conditional_gradient(
    learning_rate: ScheduleLike, lambda_: float = 0.01, ord: str = "fro"
) -> GradientTransform:
    """Move each variable to `rate * x - (1 - rate) * lambda_ * corner`.

    The corner of the ball of radius `lambda_` that the gradient points to: `gradient /
    norm` for `ord` `fro`, the product of the leading singular vectors for `nuclear`
    (which takes a vector as one row, and all axes but the last as rows). The rate is
    the share that stays: near 1 for small steps.

    Raises:
        ValueError: another `ord`; from `update`: no variables were given.
    """
    if ord not in ("fro", "nuclear"):
        raise ValueError(f"A ball of norm fro or nuclear; found {ord}.")
    find = frobenius_corner if ord == "fro" else nuclear_corner

    def move(gradients: Tensors, variables: Variables, rate: Any) -> Tensors:
        return [
            cast_like(rate - 1.0, each)
            * (tf.convert_to_tensor(variable) + cast_like(lambda_, each) * find(each))
            for each, variable in zip(
                gradients, require_variables(variables), strict=True
            )
        ]

    return stateless(move, learning_rate)


def frobenius_corner(gradient: tf.Tensor) -> tf.Tensor:
    """Return the gradient at norm 1, or 0 where it is 0."""
    return divide_by(gradient, l2_norm(gradient))


def nuclear_corner(gradient: tf.Tensor) -> tf.Tensor:
    """Return the product of the leading singular vectors."""
    if gradient.shape.rank < 2:
        return frobenius_corner(gradient)
    rows = tf.reshape(gradient, [-1, gradient.shape[-1]])
    wide = rows if rows.dtype.size >= 4 else tf.cast(rows, tf.float32)
    _, left, right = tf.linalg.svd(wide)
    corner = tf.matmul(left[:, :1], right[:, :1], transpose_b=True)
    return tf.cast(tf.reshape(corner, gradient.shape), gradient.dtype)
