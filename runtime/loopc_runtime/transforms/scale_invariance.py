"""AdamP's projection: steps of scale-invariant weights without their radial part."""

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    Variables,
    cast_like,
    require_variables,
)

View = Callable[[tf.Tensor], tf.Tensor]


def without_radial_part(
    inner: GradientTransform,
    weight_decay: float = 0.0,
    delta: float = 0.1,
    wd_ratio: float = 0.1,
    eps: float = 1e-8,
) -> GradientTransform:
    """Take the part along the weights out of `inner`'s updates (Heo and others, 2021).

    Weights count as scale-invariant where the largest |cosine| of gradient and weights
    is below `delta / sqrt(size)`, looked at unit by unit (the last axis) and then as a
    as_one_row; there decay is multiplied by `wd_ratio`. Vectors and scalars are never
    projected. `inner` gives a direction; decay is added to it.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def update(
        gradients: Tensors,
        state: State,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        present = require_variables(variables)
        directions, state = inner.update(gradients, state, variables, **extra)
        updates = []
        for direction, gradient, variable in zip(
            directions, gradients, present, strict=True
        ):
            weights = tf.convert_to_tensor(variable)
            ratio: Any = 1.0
            if weights.shape.rank > 1:
                direction, ratio = tangential(
                    direction, gradient, weights, (delta, wd_ratio, eps)
                )
            decay = cast_like(weight_decay, weights) * cast_like(ratio, weights)
            updates.append(direction + decay * weights)
        return updates, state

    return GradientTransform(inner.init, update)


def tangential(
    direction: tf.Tensor,
    gradient: tf.Tensor,
    weights: tf.Tensor,
    options: tuple[float, float, float],
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the projected direction and the factor of decay."""
    delta, wd_ratio, eps = options
    one = cast_like(1.0, weights)
    projected = direction
    ratio = one
    for view in (
        as_one_row,
        rows_of_units,
    ):  # the later one wins: units are looked at first
        seen, other = view(weights), view(gradient)
        cosine = tf.reduce_max(tf.abs(cosine_of_rows(other, seen, eps)))
        invariant = cosine < cast_like(delta / math.sqrt(seen.shape[1]), cosine)
        norm = tf.sqrt(tf.reduce_sum(tf.square(seen), 1, keepdims=True))
        radial = seen / (norm + cast_like(eps, norm))
        rows = view(direction)
        rows = rows - radial * tf.reduce_sum(radial * rows, 1, keepdims=True)
        projected = tf.where(invariant, undo_view(rows, direction, view), projected)
        ratio = tf.where(invariant, cast_like(wd_ratio, one), ratio)
    return projected, ratio


def rows_of_units(tensor: tf.Tensor) -> tf.Tensor:
    """Return one row per entry of the last axis."""
    return tf.transpose(tf.reshape(tensor, [-1, tensor.shape[-1]]))


def as_one_row(tensor: tf.Tensor) -> tf.Tensor:
    """Return all elements as one row."""
    return tf.reshape(tensor, [1, -1])


def undo_view(rows: tf.Tensor, tensor: tf.Tensor, view: View) -> tf.Tensor:
    """Undo `view` for rows of `tensor`."""
    flat = tf.transpose(rows) if view is rows_of_units else rows
    return tf.reshape(flat, tensor.shape)


def cosine_of_rows(left: tf.Tensor, right: tf.Tensor, eps: float) -> tf.Tensor:
    """Return the cosine of each pair of rows; norms below `eps` count as that."""
    least = cast_like(eps, left)
    norms = [
        tf.maximum(tf.sqrt(tf.reduce_sum(tf.square(rows), 1)), least)
        for rows in (left, right)
    ]
    return tf.reduce_sum(left * right, 1) / (norms[0] * norms[1])
