"""Transforms that scale, flip or drop gradients and remember nothing else."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike, as_schedule
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    cast_like,
    stateless,
)


def identity() -> GradientTransform:
    """Pass gradients on as they are; `optax.identity`."""
    return stateless(lambda gradients, variables: gradients)


def set_to_zero() -> GradientTransform:
    """Replace every gradient by zeros; `optax.set_to_zero`."""
    return stateless(
        lambda gradients, variables: [tf.zeros_like(each) for each in gradients]
    )


def scale_by_sign() -> GradientTransform:
    """Replace every element by its sign, 0 at 0; `optax.scale_by_sign`."""
    return stateless(lambda gradients, variables: [tf.sign(each) for each in gradients])


def scale(step_size: ScheduleLike) -> GradientTransform:
    """Multiply gradients by `step_size`, a number or a schedule; `optax.scale`.

    Shapes and dtypes stay; the factor is cast to the dtype of each gradient.
    """

    def multiply(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, factor: Any
    ) -> Tensors:
        return [cast_like(factor, each) * each for each in gradients]

    return stateless(multiply, step_size)


def scale_by_schedule(schedule: ScheduleLike) -> GradientTransform:
    """Multiply gradients by `schedule(count)`; `optax.scale_by_schedule`.

    The count is 0 at the first update.
    """
    return scale(as_schedule(schedule))


def scale_by_learning_rate(
    learning_rate: ScheduleLike, *, flip_sign: bool = True
) -> GradientTransform:
    """Multiply gradients by `-learning_rate`: the step size that descends.

    With `flip_sign=False` the sign stays. The arithmetic is that of
    `optax.scale_by_learning_rate`.
    """
    if not flip_sign:
        return scale(learning_rate)
    if callable(learning_rate):
        return scale(-as_schedule(learning_rate))
    return scale(-learning_rate)
