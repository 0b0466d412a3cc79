"""Adagrad with a proximal step, which makes weights exactly zero."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    Variables,
    any_scheduled,
    cast_like,
    full_like_each,
    new_count,
    next_count,
    require_variables,
    values_at,
)
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.factored import unzipped


class ProximalAdagradState(NamedTuple):
    """A counter (only under a schedule) and the sums of squares."""

    count: State
    squares: Tensors


def proximal_adagrad(
    learning_rate: ScheduleLike = 1e-3,
    initial_accumulator_value: float = 0.1,
    l1_regularization_strength: float = 0.0,
    l2_regularization_strength: float = 0.0,
) -> GradientTransform:
    """Take Adagrad's step, then the proximal one of `l1 |x| + l2 x^2 / 2`.

    With `n` the sum of squares, `e = learning_rate / sqrt(n)` and `z = x - e gradient`
    the variable moves to `sign(z) max(|z| - e l1, 0) / (1 + e l2)` (Duchi and Singer,
    2009); the arithmetic of TensorFlow's kernel and of TensorFlow Addons.

    Raises:
        ValueError: the first sum is not positive, or one of the strengths negative;
            from `update`: no variables were given.
    """
    strengths = (l1_regularization_strength, l2_regularization_strength)
    if initial_accumulator_value <= 0.0 or min(strengths) < 0.0:
        raise ValueError(
            "proximal_adagrad needs a positive initial_accumulator_value and strengths "
            f"of 0 or more; found {initial_accumulator_value} and {strengths}."
        )

    def init(variables: Variables) -> ProximalAdagradState:
        squares = full_like_each(variables or (), initial_accumulator_value)
        return ProximalAdagradState(new_count(any_scheduled(learning_rate)), squares)

    def update(
        gradients: Tensors,
        state: ProximalAdagradState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, ProximalAdagradState]:
        (rate,) = values_at(state.count, learning_rate)
        results = []
        for each, variable, before in zip(
            gradients,
            values_of(require_variables(variables)),
            state.squares,
            strict=True,
        ):
            squares = before + tf.square(each)
            own_rate = cast_like(rate, each) * tf.math.rsqrt(squares)
            near = nearest_sparse(variable - own_rate * each, own_rate, *strengths)
            results.append((near - variable, squares))
        updates, sums = unzipped(results, 2)
        return updates, ProximalAdagradState(next_count(state.count), sums)

    return GradientTransform(init, update)


def nearest_sparse(
    tensor: tf.Tensor, step: tf.Tensor, l1: float, l2: float
) -> tf.Tensor:
    """Return the x of least `|x - tensor|^2 / 2 + step (l1 |x| + l2 x^2 / 2)`."""
    shrunk = tf.maximum(tf.abs(tensor) - step * cast_like(l1, tensor), 0)
    return tf.sign(tensor) * shrunk / (1 + step * cast_like(l2, tensor))
