"""Adam for embeddings: rows without a gradient, moments included, stay as they are."""

from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import AdamState, corrected_ratio, init_adam
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    moving_average,
    values_at,
)


def scale_by_lazy_adam(
    b1: ScheduleLike = 0.9, b2: ScheduleLike = 0.999, eps: ScheduleLike = 1e-8
) -> GradientTransform:
    """Adam on rows whose gradient is not zero, with the arithmetic of SparseAdam.

    SparseAdam is torch's. A row is an entry of the first axis. The moments of other
    rows do not decay and their update is 0, where Adam would go on moving them; bias is
    corrected by the count of all updates, and as in Keras' Adam `eps` is added before.
    A row of zeros counts as absent.
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small = values_at(state.count, b1, b2, eps)
        count = state.count + 1
        present = [has_gradient(each) for each in gradients]
        mu = where_each(present, moving_average(gradients, state.mu, first), state.mu)
        squares = moving_average(gradients, state.nu, second, order=2)
        nu = where_each(present, squares, state.nu)
        after = AdamState(count, mu, nu)
        steps = corrected_ratio(after, (first, second), small, short=True)
        updates = where_each(present, steps, [tf.zeros_like(each) for each in steps])
        return updates, after

    return GradientTransform(init_adam, update)


def has_gradient(gradient: tf.Tensor) -> tf.Tensor:
    """Return for each row whether one of its elements is not 0, axes kept."""
    axes = list(range(1, gradient.shape.rank))
    return tf.reduce_any(gradient != 0, axes, keepdims=True)


def where_each(conditions: Tensors, new: Tensors, old: Tensors) -> Tensors:
    """Return `new` where the condition holds, else `old`."""
    return [
        tf.where(condition, one, other)
        for condition, one, other in zip(conditions, new, old, strict=True)
    ]
