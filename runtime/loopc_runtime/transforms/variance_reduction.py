"""MARS: gradients corrected by their change, before Adam."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    new_count,
    values_at,
    zeros_like_each,
)
from loopc_runtime.transforms.normalizing import l2_norm


class MarsState(NamedTuple):
    """A counter of updates and the gradients before."""

    count: tf.Tensor
    previous: Tensors


def correct_by_change(
    b1: ScheduleLike = 0.9, gamma: ScheduleLike = 0.025
) -> GradientTransform:
    """Add to a matrix' gradient its scaled change, and cap the norm at 1.

    `c = gradient + gamma b1 / (1 - b1) (gradient - previous gradient)`, divided by its
    norm where that is above 1; the first update takes the gradient itself, and so do
    vectors and scalars always (MARS: Yuan and others, 2024). Adam with the same `b1`
    follows.
    """

    def init(variables: Variables) -> MarsState:
        return MarsState(new_count(True), zeros_like_each(variables or ()))

    def update(
        gradients: Tensors,
        state: MarsState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, MarsState]:
        kept, share = values_at(state.count, b1, gamma)
        factor = share * (kept / (1.0 - kept))
        updates = [
            (
                corrected_gradient(each, before, factor, state.count)
                if each.shape.rank > 1
                else each
            )
            for each, before in zip(gradients, state.previous, strict=True)
        ]
        return updates, MarsState(state.count + 1, gradients)

    return GradientTransform(init, update)


def corrected_gradient(
    gradient: tf.Tensor, previous: tf.Tensor, factor: Any, count: tf.Tensor
) -> tf.Tensor:
    """Return one corrected gradient of norm at most 1; at first the gradient."""
    changed = gradient + cast_like(factor, gradient) * (gradient - previous)
    norm = tf.maximum(l2_norm(changed), cast_like(1.0, gradient))
    return tf.where(count == 0, gradient, changed / norm)
