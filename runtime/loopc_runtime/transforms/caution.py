"""Optimizers kept from stepping with the gradient instead of against it."""

from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike, as_schedule
from loopc_runtime.transforms.base import (
    GradientTransform,
    Mask,
    State,
    Tensors,
    Variables,
    cast_like,
)
from loopc_runtime.transforms.decay import add_decayed_weights


def cautious(inner: GradientTransform) -> GradientTransform:
    """Drop the elements of an optimizer's step that go with the gradient.

    What is left is multiplied by the inverse of its share in the variable, at most
    1000: `step * [step * gradient < 0] / max(mean, 1e-3)` (Liang and others, 2024).
    """

    def update(
        gradients: Tensors,
        state: State,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        steps, state = inner.update(gradients, state, variables, **extra)
        kept = [
            tf.cast(step * gradient < 0, step.dtype)
            for step, gradient in zip(steps, gradients, strict=True)
        ]
        updates = [
            step * mask / tf.maximum(tf.reduce_mean(mask), cast_like(1e-3, mask))
            for step, mask in zip(steps, kept, strict=True)
        ]
        return updates, state

    return GradientTransform(inner.init, update, inner.hooks)


def add_corrected_decayed_weights(
    weight_decay: float,
    learning_rate: ScheduleLike,
    max_learning_rate: float,
    mask: Mask | None = None,
) -> GradientTransform:
    """Add `weight_decay * learning_rate / max_learning_rate * variable`.

    In front of `scale_by_learning_rate` the weights decay by `weight_decay *
    learning_rate ** 2 / max_learning_rate`, so that their norm settles at one value
    whatever the schedule (Defazio, 2025). `mask` as in `add_decayed_weights`.

    Raises (from `update`):
        ValueError: no variables were given, or the mask does not fit them.
    """
    rate = as_schedule(learning_rate) * (weight_decay / max_learning_rate)
    return add_decayed_weights(rate, mask)
