"""Transforms that carry a running sum or average of the gradients."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    any_scheduled,
    cast_like,
    correct_bias,
    in_dtype,
    moving_average,
    new_count,
    next_count,
    values_at,
    zeros_like_each,
)


class TraceState(NamedTuple):
    """A counter (only under a schedule) and the decayed sum of past gradients."""

    count: State
    trace: Tensors


def trace(decay: ScheduleLike, nesterov: bool = False) -> GradientTransform:
    """Emit `trace = gradient + decay * trace`, which starts at 0; `optax.trace`.

    With `nesterov` it emits `gradient + decay * trace` with the new trace.
    """

    def init(variables: Sequence[tf.Variable]) -> TraceState:
        return TraceState(new_count(any_scheduled(decay)), zeros_like_each(variables))

    def update(
        gradients: Tensors,
        state: TraceState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, TraceState]:
        (rate,) = values_at(state.count, decay)
        traces = add_scaled(gradients, rate, state.trace)
        updates = add_scaled(gradients, rate, traces) if nesterov else traces
        return updates, TraceState(next_count(state.count), traces)

    return GradientTransform(init, update)


def dampened_trace(decay: ScheduleLike, dampening: float) -> GradientTransform:
    """Emit `trace = (1 - dampening) * gradient + decay * trace`, as torch's SGD.

    The first gradient is not dampened.
    """

    def init(variables: Sequence[tf.Variable]) -> TraceState:
        return TraceState(new_count(True), zeros_like_each(variables))

    def update(
        gradients: Tensors,
        state: TraceState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, TraceState]:
        (rate,) = values_at(state.count, decay)
        share = tf.where(state.count == 0, in_dtype(1.0, tf.float64), 1.0 - dampening)
        added = [cast_like(share, each) * each for each in gradients]
        traces = add_scaled(added, rate, state.trace)
        return traces, TraceState(next_count(state.count), traces)

    return GradientTransform(init, update)


class EmaState(NamedTuple):
    """A counter of updates and the moving average of the gradients."""

    count: tf.Tensor
    ema: Tensors


def ema(decay: ScheduleLike, debias: bool = True) -> GradientTransform:
    """Emit the exponential moving average of the gradients; `optax.ema`.

    `average = (1 - decay) * gradient + decay * average` starts at 0; `debias` divides
    what is emitted by `1 - decay ** updates`.
    """

    def init(variables: Sequence[tf.Variable]) -> EmaState:
        return EmaState(new_count(True), zeros_like_each(variables))

    def update(
        gradients: Tensors,
        state: EmaState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, EmaState]:
        (rate,) = values_at(state.count, decay)
        count = next_count(state.count)
        averages = moving_average(gradients, state.ema, rate)
        updates = correct_bias(averages, rate, count) if debias else averages
        return updates, EmaState(count, averages)

    return GradientTransform(init, update)


def add_scaled(tensors: Tensors, factor: Any, others: Tensors) -> Tensors:
    """Return `tensor + factor * other` for each pair."""
    return [
        tensor + cast_like(factor, tensor) * other
        for tensor, other in zip(tensors, others, strict=True)
    ]
