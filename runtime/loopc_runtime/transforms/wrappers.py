"""Transforms around a transform: when it acts, and what becomes of its step."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    cast_like,
    new_count,
    next_count,
    require_variables,
    values_at,
)
from loopc_runtime.transforms.conditions import (
    all_finite,
    chosen,
    either,
    moved,
    values_of,
    zeros_for,
)
from loopc_runtime.transforms.hooks import lifted_hooks
from loopc_runtime.transforms.probes import keep_measured


class LookaheadState(NamedTuple):
    """Steps since the last meeting, the slow weights, and the state of the inner."""

    since: tf.Tensor
    slow: Tensors
    inner: State


def lookahead(
    inner: GradientTransform,
    sync_period: int = 6,
    slow_step_size: float = 0.5,
    reset_state: bool = False,
) -> GradientTransform:
    """Let slow weights follow every `sync_period` steps of `inner`; `optax.lookahead`.

    The variables are the fast weights. Then `slow = slow + slow_step_size * (fast -
    slow)`, and the fast weights go there. `reset_state` starts `inner` anew at every
    meeting. The slow weights stand for the variables in evaluations.
    """

    def init(variables: Sequence[tf.Variable]) -> LookaheadState:
        zero = tf.zeros([], tf.int32)
        return LookaheadState(zero, values_of(variables), inner.init(variables))

    def update(
        gradients: Tensors,
        state: LookaheadState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, LookaheadState]:
        fast = require_variables(variables)
        updates, after = inner.update(gradients, state.inner, fast, **extra)
        meets = tf.equal(state.since, sync_period - 1)
        ahead = moved(fast, updates)
        met = [
            slow + cast_like(slow_step_size, slow) * (far - slow)
            for slow, far in zip(state.slow, ahead, strict=True)
        ]
        slows = chosen(meets, met, state.slow)
        goals = chosen(meets, met, ahead)
        updates = [
            goal - tf.convert_to_tensor(now)
            for goal, now in zip(goals, fast, strict=True)
        ]
        if reset_state:
            fresh = keep_measured(inner.init(fast), after)
            after = chosen(meets, fresh, after)
        since = tf.math.floormod(state.since + 1, sync_period)
        return updates, LookaheadState(since, slows, after)

    def averaged(
        state: LookaheadState, variables: Sequence[tf.Variable]
    ) -> list[tf.Tensor]:
        return state.slow

    hooks = lifted_hooks(inner.hooks, averaged=averaged)
    return GradientTransform(init, update, hooks)


class FiniteState(NamedTuple):
    """How many steps in a row, and in all, were not finite; the state of the inner."""

    in_a_row: tf.Tensor
    total: tf.Tensor
    inner: State


def apply_if_finite(
    inner: GradientTransform, max_consecutive_errors: int
) -> GradientTransform:
    """Skip steps whose gradients are not all finite; `optax.apply_if_finite`.

    A skipped step changes neither the variables nor the state of `inner`. After
    `max_consecutive_errors` in a row the next is let through, so that a run that is
    beyond help ends instead of standing still.
    """

    def init(variables: Sequence[tf.Variable]) -> FiniteState:
        zero = tf.zeros([], tf.int32)
        return FiniteState(zero, zero, inner.init(variables))

    def update(
        gradients: Tensors,
        state: FiniteState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, FiniteState]:
        finite = all_finite(gradients)
        in_a_row = tf.where(finite, 0, state.in_a_row + 1)
        updates, after = either(
            finite | (in_a_row > max_consecutive_errors),
            lambda: inner.update(gradients, state.inner, variables, **extra),
            lambda: (zeros_for(gradients), state.inner),
        )
        total = state.total + tf.where(finite, 0, 1)
        return updates, FiniteState(in_a_row, total, after)

    return GradientTransform(init, update, lifted_hooks(inner.hooks))


class ConditionState(NamedTuple):
    """The steps so far, and the state of the inner."""

    count: tf.Tensor
    inner: State


def conditionally_transform(
    inner: GradientTransform, condition: ScheduleLike
) -> GradientTransform:
    """Apply `inner` where `condition(steps)` is above 0, else let gradients through.

    `optax.conditionally_transform`. The state of `inner` stays where it does not act.
    """

    def passed(gradients: Tensors) -> Tensors:
        return gradients

    return conditional(inner, condition, passed)


def conditionally_mask(
    inner: GradientTransform, condition: ScheduleLike
) -> GradientTransform:
    """Apply `inner` where `condition(steps)` is above 0, else step by nothing.

    `optax.conditionally_mask`. The state of `inner` stays where it does not act.
    """
    return conditional(inner, condition, zeros_for)


def conditional(
    inner: GradientTransform, condition: ScheduleLike, otherwise: Any
) -> GradientTransform:
    """Apply `inner` where `condition(steps)` is above 0, `otherwise` elsewhere."""

    def init(variables: Sequence[tf.Variable]) -> ConditionState:
        return ConditionState(new_count(True), inner.init(variables))

    def update(
        gradients: Tensors,
        state: ConditionState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, ConditionState]:
        (value,) = values_at(state.count, condition)
        updates, after = either(
            tf.convert_to_tensor(value) > 0,
            lambda: inner.update(gradients, state.inner, variables, **extra),
            lambda: (otherwise(gradients), state.inner),
        )
        return updates, ConditionState(next_count(state.count), after)

    return GradientTransform(init, update, lifted_hooks(inner.hooks))
