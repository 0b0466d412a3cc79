"""Rules that step from where they started: MADGRAD and FTRL-proximal."""

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
    zeros_like_each,
)
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.factored import unzipped


class MadgradState(NamedTuple):
    """A counter, weighted sums of squares and of gradients, the start."""

    count: tf.Tensor
    squares: Tensors
    sums: Tensors
    start: Tensors


def scale_by_madgrad(
    learning_rate: ScheduleLike, momentum: ScheduleLike = 0.9, eps: ScheduleLike = 1e-6
) -> GradientTransform:
    """Dual averaging with a cube root; `optax.contrib.scale_by_madgrad`.

    With `w = (learning_rate + eps) sqrt(t)`: the sums take `w g^2` and `w g`, `z = x0 -
    sums / (cbrt(squares) + eps)`, and the variable moves to `(1 - momentum) z +
    momentum x` (Defazio and Jelassi, 2021). The step size is inside: nothing follows.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def init(variables: Variables) -> MadgradState:
        present = variables or ()
        squares, sums = zeros_like_each(present), zeros_like_each(present)
        return MadgradState(new_count(True), squares, sums, values_of(present))

    def update(
        gradients: Tensors,
        state: MadgradState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, MadgradState]:
        rate, kept, small = values_at(state.count, learning_rate, momentum, eps)
        present = values_of(require_variables(variables))
        results = []
        for each, variable, square, total, start in zip(
            gradients, present, *state[1:], strict=True
        ):
            root = tf.sqrt(tf.cast(state.count + 1, tf.float64))
            weight = cast_like(rate + small, each) * cast_like(root, each)
            square = square + weight * tf.square(each)
            total = total + weight * each
            divisor = tf.pow(square, 1.0 / 3.0) + cast_like(small, each)
            moved = cast_like(1.0 - kept, each) * (start - total / divisor - variable)
            results.append((moved, square, total))
        updates, squares, sums = unzipped(results, 3)
        return updates, MadgradState(state.count + 1, squares, sums, state.start)

    return GradientTransform(init, update)


class FtrlState(NamedTuple):
    """A counter (only under a schedule), sums of squares, the linear terms."""

    count: State
    squares: Tensors
    linear: Tensors


def scale_by_ftrl(
    learning_rate: ScheduleLike,
    learning_rate_power: float = -0.5,
    initial_accumulator_value: float = 0.1,
    l1_regularization_strength: float = 0.0,
    l2_regularization_strength: float = 0.0,
    l2_shrinkage_regularization_strength: float = 0.0,
    beta: float = 0.0,
) -> GradientTransform:
    """Follow the proximally regularized leader; the arithmetic of Keras' Ftrl.

    With `n` the sum of squares, `q(n) = n ** -learning_rate_power / learning_rate` and
    `l2 = l2_regularization_strength + beta / (2 learning_rate)`: `z = z + gradient + 2
    l2_shrinkage x - (q(n new) - q(n)) x`, and the variable moves to `(clip(z, -l1, l1)
    - z) / (q(n new) + 2 l2)` (McMahan and others, 2013). The step size is inside:
    nothing follows.

    Raises:
        ValueError: the power is positive, or one of the strengths negative; from
            `update`: no variables were given.
    """
    regularization = (
        l1_regularization_strength,
        l2_regularization_strength,
        l2_shrinkage_regularization_strength,
    )
    least = min(initial_accumulator_value, *regularization)
    if learning_rate_power > 0.0 or least < 0.0:
        raise ValueError(
            "FTRL needs a power of at most 0 and strengths of at least 0; found power "
            f"{learning_rate_power} and {least}."
        )

    def init(variables: Variables) -> FtrlState:
        present = variables or ()
        count = new_count(any_scheduled(learning_rate))
        squares = full_like_each(present, initial_accumulator_value)
        return FtrlState(count, squares, zeros_like_each(present))

    def update(
        gradients: Tensors,
        state: FtrlState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, FtrlState]:
        (rate,) = values_at(state.count, learning_rate)
        present = values_of(require_variables(variables))
        strengths = (learning_rate_power, *regularization, beta)
        results = [
            lead_variable(each, variable, slots, rate, strengths)
            for each, variable, *slots in zip(
                gradients, present, state.squares, state.linear, strict=True
            )
        ]
        updates, squares, linears = unzipped(results, 3)
        return updates, FtrlState(next_count(state.count), squares, linears)

    return GradientTransform(init, update)


def lead_variable(
    gradient: tf.Tensor,
    variable: tf.Tensor,
    slots: Tensors,
    rate: Any,
    options: tuple[float, float, float, float, float],
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return FTRL's update of one variable, and its sums of squares and linear terms.

    `options` are the power, the strengths of l1, l2 and shrinkage, and beta.
    """
    square, linear = slots
    power, *strengths = options
    l1, l2, shrinkage, beta = (cast_like(each, gradient) for each in strengths)
    lr = cast_like(rate, gradient)
    after = square + tf.square(gradient)
    strong, weak = tf.pow(after, -power) / lr, tf.pow(square, -power) / lr
    linear = linear + gradient + (2.0 * shrinkage - (strong - weak)) * variable
    curvature = strong + 2.0 * (l2 + beta / (2.0 * lr))
    target = (tf.clip_by_value(linear, -l1, l1) - linear) / curvature
    return target - variable, after, linear
