"""Step sizes found by trying them: the objective is computed again at each."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    cast_like,
    needed,
    require_variables,
    wide_dtype,
)
from loopc_runtime.transforms.conditions import moved


class BacktrackingState(NamedTuple):
    """The step size that was accepted last."""

    learning_rate: tf.Tensor


def scale_by_backtracking_linesearch(
    max_backtracking_steps: int = 15,
    slope_rtol: float = 1e-4,
    decrease_factor: float = 0.8,
    increase_factor: float = 1.5,
    max_learning_rate: float = 1.0,
    atol: float = 0.0,
    rtol: float = 0.0,
) -> GradientTransform:
    """Shorten the update until the objective falls enough (Armijo).

    `optax.scale_by_backtracking_linesearch`: starts at `increase_factor` times the last
    step size, at most `max_learning_rate`, and multiplies by `decrease_factor` until
    `f(w + s u) <= (1 + rtol) f(w) + slope_rtol s <u, gradient> + atol`, or for
    `max_backtracking_steps`. A step to where the objective is not finite is not taken.
    What comes in descends already, as from `sgd(1.0)`. Needs `value`, `gradient` and
    `evaluate`.
    """

    def init(variables: Sequence[tf.Variable]) -> BacktrackingState:
        dtype = wide_dtype(variables)
        return BacktrackingState(tf.constant(max_learning_rate, dtype))

    def update(
        gradients: Tensors,
        state: BacktrackingState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, BacktrackingState]:
        present = require_variables(variables)
        before = state.learning_rate
        value = tf.cast(needed(extra, "value"), before.dtype)
        evaluate, slopes = needed(extra, "evaluate"), needed(extra, "gradient")
        slope = slope_along(gradients, slopes, before.dtype)

        def excess_at(size: tf.Tensor) -> tf.Tensor:
            scaled = [cast_like(size, each) * each for each in gradients]
            found, _ = evaluate(moved(present, scaled))
            excess = tf.cast(found, before.dtype) - (1.0 + rtol) * value
            excess -= size * slope_rtol * slope
            worst = tf.constant(float("inf"), before.dtype)
            return tf.maximum(tf.where(tf.math.is_nan(excess), worst, excess), 0.0)

        first = tf.minimum(increase_factor * before, max_learning_rate)
        size, excess = shortened(
            first, excess_at, decrease_factor, atol, max_backtracking_steps
        )
        size = tf.where(tf.math.is_inf(excess), tf.zeros_like(size), size)
        updates = [cast_like(size, each) * each for each in gradients]
        return updates, BacktrackingState(size)

    return GradientTransform(init, update)


def slope_along(updates: Tensors, gradients: Tensors, dtype: tf.DType) -> tf.Tensor:
    """Return how fast the objective changes along `updates`, a scalar of `dtype`."""
    products = [
        tf.reduce_sum(tf.cast(update * gradient, dtype))
        for update, gradient in zip(updates, gradients, strict=True)
    ]
    return tf.add_n([tf.zeros([], dtype), *products])


def shortened(
    first: tf.Tensor,
    excess_at: Callable[[tf.Tensor], tf.Tensor],
    factor: float,
    allowed: float,
    tries: int,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Multiply a step size until its excess is allowed; return it and its excess."""

    def shorten(
        count: tf.Tensor, size: tf.Tensor, excess: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        size = factor * size
        return count + 1, size, excess_at(size)

    _, size, excess = tf.while_loop(
        lambda count, size, excess: (excess > allowed) & (count < tries),
        shorten,
        (tf.constant(0), first, excess_at(first)),
    )
    return size, excess
