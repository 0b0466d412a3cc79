"""Averages of the variables along the way, which stand for them in evaluations."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    cast_like,
    in_dtype,
    new_count,
    next_count,
    require_variables,
    values_at,
    wide_dtype,
)
from loopc_runtime.transforms.conditions import moved, values_of
from loopc_runtime.transforms.hooks import Hooks, lifted_hooks


class AverageState(NamedTuple):
    """The number of updates, and the moving average of the variables."""

    count: tf.Tensor
    average: Tensors


def average_weights(decay: ScheduleLike = 0.99) -> GradientTransform:
    """Keep a moving average of the variables; the updates go through unchanged.

    `average = decay * average + (1 - decay) * variable`, of the variables after the
    step, starting at their first values. It has to be the last link of a chain.
    """

    def init(variables: Sequence[tf.Variable]) -> AverageState:
        return AverageState(new_count(True), values_of(variables))

    def update(
        gradients: Tensors,
        state: AverageState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, AverageState]:
        (kept,) = values_at(state.count, decay)
        averages = [
            cast_like(kept, old) * old + cast_like(1.0 - kept, old) * new
            for old, new in zip(
                state.average,
                moved(require_variables(variables), gradients),
                strict=True,
            )
        ]
        return gradients, AverageState(next_count(state.count), averages)

    def averaged(
        state: AverageState, variables: Sequence[tf.Variable]
    ) -> list[tf.Tensor]:
        return state.average

    return GradientTransform(init, update, Hooks(averaged=averaged))


class ScheduleFreeState(NamedTuple):
    """The next count, the largest rate, the sum of weights, z, and the inner's."""

    count: tf.Tensor
    max_rate: tf.Tensor
    weight_sum: tf.Tensor
    z: Tensors
    inner: State


def schedule_free(
    inner: GradientTransform,
    learning_rate: ScheduleLike = 1.0,
    b1: float = 0.9,
    weight_lr_power: float = 2.0,
) -> GradientTransform:
    """Replace momentum and the decay of the rate of `inner` by interpolation.

    Defazio and others, 2024; `optax.contrib.schedule_free`. Gradients are taken at
    `y = b1 x + (1 - b1) z`, the variables. `inner` moves `z`; `x` is the mean of the
    `z`, weighted by the largest rate so far to the power of `weight_lr_power`.
    `inner` should have no momentum and no falling rate; `learning_rate`, its rate or
    warm-up, is read for the weights alone. `x` stands for the variables in evaluations.
    """

    def init(variables: Sequence[tf.Variable]) -> ScheduleFreeState:
        zero = tf.zeros([], wide_dtype(variables))
        return ScheduleFreeState(
            count=tf.ones([], tf.int64),
            max_rate=zero,
            weight_sum=zero,
            z=values_of(variables),
            inner=inner.init(variables),
        )

    def update(
        gradients: Tensors,
        state: ScheduleFreeState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, ScheduleFreeState]:
        y = require_variables(variables)
        (rate,) = values_at(state.count, learning_rate)
        max_rate = tf.maximum(state.max_rate, in_dtype(rate, state.max_rate.dtype))
        weight = tf.pow(max_rate, weight_lr_power)
        weight_sum = state.weight_sum + weight
        share = tf.math.divide_no_nan(weight, weight_sum)
        steps, after = inner.update(gradients, state.inner, y, **extra)
        z = moved(state.z, steps)
        x = [
            cast_like(1.0 - share, old) * old + cast_like(share, old) * new
            for old, new in zip(averaged(state, y), z, strict=True)
        ]
        updates = [
            cast_like(b1, mean) * mean + cast_like(1.0 - b1, mean) * now - before
            for mean, now, before in zip(x, z, values_of(y), strict=True)
        ]
        new = ScheduleFreeState(state.count + 1, max_rate, weight_sum, z, after)
        return updates, new

    def averaged(
        state: ScheduleFreeState, variables: Sequence[tf.Variable]
    ) -> list[tf.Tensor]:
        return [
            (now - cast_like(1.0 - b1, now) * z) / cast_like(b1, now)
            for now, z in zip(values_of(variables), state.z, strict=True)
        ]

    hooks = lifted_hooks(inner.hooks, averaged=averaged)
    return GradientTransform(init, update, hooks)
