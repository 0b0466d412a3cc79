"""Descending by the gradient of where the objective is worst nearby."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    cast_like,
    needed,
    new_count,
    next_count,
    require_variables,
    values_at,
)
from loopc_runtime.transforms.clipping import global_norm
from loopc_runtime.transforms.conditions import moved
from loopc_runtime.transforms.hooks import lifted_hooks


class SharpnessState(NamedTuple):
    """A counter and the state of the inner transform."""

    count: tf.Tensor
    inner: State


def sam(inner: GradientTransform, rho: ScheduleLike = 0.05) -> GradientTransform:
    """Give `inner` the gradient at `variables + rho * gradient / norm`.

    Sharpness-aware minimization (Foret and others, 2021): one more backward pass a
    step, on the same examples and draws. The arithmetic is that of
    `optax.contrib.sam` in opaque mode with a normalized `sgd(rho)` as adversary.
    Needs `evaluate`.
    """

    def init(variables: Sequence[tf.Variable]) -> SharpnessState:
        return SharpnessState(new_count(True), inner.init(variables))

    def update(
        gradients: Tensors,
        state: SharpnessState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, SharpnessState]:
        present = require_variables(variables)
        (radius,) = values_at(state.count, rho)
        norm = global_norm(gradients)
        factor = cast_like(radius, norm) / tf.maximum(norm, cast_like(1e-12, norm))
        ascent = [cast_like(factor, each) * each for each in gradients]
        _, worst = needed(extra, "evaluate")(moved(present, ascent))
        updates, after = inner.update(worst, state.inner, variables, **extra)
        return updates, SharpnessState(next_count(state.count), after)

    return GradientTransform(init, update, lifted_hooks(inner.hooks))
