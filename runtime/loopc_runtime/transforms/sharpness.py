"""Descending by the gradient of where the objective is worst nearby."""

from collections.abc import Callable, Sequence
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
from loopc_runtime.transforms.conditions import moved, values_of
from loopc_runtime.transforms.hooks import lifted_hooks
from loopc_runtime.transforms.probes import keep_measured


class SharpnessState(NamedTuple):
    """A counter, the state of the adversary and that of the inner transform."""

    count: tf.Tensor
    adversary: State
    inner: State


def sam(
    inner: GradientTransform,
    rho: ScheduleLike = 0.05,
    adversary: GradientTransform | None = None,
    sync_period: int = 2,
    reset_state: bool = True,
) -> GradientTransform:
    """Give `inner` the gradient where the objective is worst nearby.

    Sharpness-aware minimization (Foret and others, 2021): from the variables,
    `sync_period - 1` steps against the updates of `adversary`, each by the gradient of
    where the one before has led, on the same examples and draws; `inner` sees the
    gradient of the last place. Without an adversary there is one step `rho * gradient /
    norm`. The arithmetic is that of `optax.contrib.sam` in opaque mode. `reset_state`
    begins the adversary anew every time. Needs `evaluate`.
    """

    def init(variables: Sequence[tf.Variable]) -> SharpnessState:
        hostile = () if adversary is None else adversary.init(variables)
        return SharpnessState(new_count(True), hostile, inner.init(variables))

    def climb(
        gradients: Tensors, state: SharpnessState, place: Tensors, **extra: Any
    ) -> tuple[Tensors, State]:
        if adversary is not None:
            hostile = state.adversary
            updates, after = adversary.update(gradients, hostile, place, **extra)
            return [-each for each in updates], after
        (radius,) = values_at(state.count, rho)
        return ascent(gradients, radius), ()

    def update(
        gradients: Tensors,
        state: SharpnessState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, SharpnessState]:
        present = require_variables(variables)
        evaluate = needed(extra, "evaluate")
        place, worst = values_of(present), gradients
        for _ in range(sync_period - 1):
            steps, hostile = climb(worst, state, place, **extra)
            state = state._replace(adversary=hostile)
            place = moved(place, steps)
            _, worst = evaluate(place)
        if adversary is not None and reset_state:
            fresh = keep_measured(adversary.init(present), state.adversary)
            state = state._replace(adversary=fresh)
        updates, after = inner.update(worst, state.inner, variables, **extra)
        return updates, SharpnessState(next_count(state.count), state.adversary, after)

    hooks = lifted_hooks(inner.hooks)
    if adversary is not None and adversary.hooks.probed is not None:
        hooks = hooks._replace(probed=probed_by_both(adversary, inner))
    return GradientTransform(init, update, hooks)


def probed_by_both(
    adversary: GradientTransform, inner: GradientTransform
) -> Callable[[SharpnessState], dict[str, tf.Tensor]]:
    """Return the hook that finds the measures of both."""

    def probed(state: SharpnessState) -> dict[str, tf.Tensor]:
        found: dict[str, tf.Tensor] = {}
        for each, part in ((adversary, state.adversary), (inner, state.inner)):
            hook = each.hooks.probed
            found |= {} if hook is None else hook(part)
        return found

    return probed


def ascent(gradients: Tensors, radius: Any) -> Tensors:
    """Return a step of length `radius` along the gradients."""
    norm = global_norm(gradients)
    factor = cast_like(radius, norm) / tf.maximum(norm, cast_like(1e-12, norm))
    return [cast_like(factor, each) * each for each in gradients]
