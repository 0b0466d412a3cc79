"""ASGD: gradient descent with a falling step that keeps the mean of its iterates."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    in_dtype,
    new_count,
    require_variables,
    values_at,
)
from loopc_runtime.transforms.conditions import values_of


class AsgdState(NamedTuple):
    """A counter of updates and the averaged variables."""

    count: tf.Tensor
    average: Tensors


def scale_by_asgd(
    learning_rate: ScheduleLike,
    lambd: float = 1e-4,
    alpha: float = 0.75,
    t0: float = 1e6,
) -> GradientTransform:
    """Averaged gradient descent; the arithmetic of `torch.optim.ASGD`.

    Update t, from 1 on, moves by `-eta (gradient + lambd x)` with `eta = rate / (1 +
    lambd rate (t - 1)) ** alpha`; the average follows the variable until update `t0`,
    from then on it takes the shares `1 / (t - t0)` (Polyak and Juditsky, 1992). The
    step size is inside: nothing follows.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def init(variables: Variables) -> AsgdState:
        return AsgdState(new_count(True), values_of(variables or ()))

    def update(
        gradients: Tensors,
        state: AsgdState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AsgdState]:
        present = values_of(require_variables(variables))
        (rate,) = values_at(state.count, learning_rate)
        steps = tf.cast(state.count, tf.float64)
        base = in_dtype(rate, tf.float64)
        eta = base / tf.pow(1.0 + lambd * base * steps, alpha)
        share = 1.0 / tf.maximum(steps - t0, 1.0)
        updates = [
            -cast_like(eta, each) * (each + cast_like(lambd, each) * variable)
            for each, variable in zip(gradients, present, strict=True)
        ]
        average = [
            mean + cast_like(share, mean) * (variable + step - mean)
            for mean, variable, step in zip(
                state.average, present, updates, strict=True
            )
        ]
        return updates, AsgdState(state.count + 1, average)

    return GradientTransform(init, update)
