"""Gathering the gradients of several steps for one update."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    cast_like,
    require_variables,
    zeros_like_each,
)
from loopc_runtime.transforms.clipping import global_norm
from loopc_runtime.transforms.conditions import (
    all_finite,
    chosen,
    either,
    zeros_for,
)
from loopc_runtime.transforms.hooks import lifted_hooks


class AccumulateState(NamedTuple):
    """Steps gathered so far, updates made, the weighted sum, its weight, the inner."""

    gathered: tf.Tensor
    updates: tf.Tensor
    weight: tf.Tensor
    sums: Tensors
    inner: State


def accumulate(
    inner: GradientTransform,
    steps: int,
    skip_not_finite: bool = False,
    max_squared_norm: float | None = None,
) -> GradientTransform:
    """Gather `steps` gradients and let `inner` see their mean over all examples.

    Each gradient counts by `weight`, the examples behind it: the mean is that of one
    batch of all of them, also where one of the batches was short. In between, updates
    are 0 and the state of `inner`, with every schedule in it, stands still. What is
    left at the end of a run is flushed. `optax.MultiSteps` takes the mean of the means.

    A gradient that is not finite, with `skip_not_finite`, or whose squared norm is not
    below `max_squared_norm`, is dropped: the step counts for nothing, and another one
    takes its place. These are optax's `skip_not_finite` and `skip_large_updates`.
    """

    def init(variables: Sequence[tf.Variable]) -> AccumulateState:
        none = tf.zeros([], tf.int64)
        return nothing_gathered(none, zeros_like_each(variables), inner.init(variables))

    def update(
        gradients: Tensors,
        state: AccumulateState,
        variables: Sequence[tf.Variable] | None = None,
        *,
        weight: Any = 1.0,
        **extra: Any,
    ) -> tuple[Tensors, AccumulateState]:
        present = require_variables(variables)
        more = gathered_more(state, gradients, tf.cast(weight, tf.float32))
        if skip_not_finite or max_squared_norm is not None:
            dropped = is_unfit(gradients, skip_not_finite, max_squared_norm)
            more = chosen(dropped, state, more)
        return either(
            tf.equal(more.gathered, steps),
            lambda: mean_step(inner, more, present, **extra),
            lambda: (zeros_for(gradients), more),
        )

    def flush(
        state: AccumulateState, variables: Sequence[tf.Variable]
    ) -> tuple[Tensors, AccumulateState]:
        return either(
            state.gathered > 0,
            lambda: mean_step(inner, state, variables),
            lambda: (zeros_for(state.sums), state),
        )

    hooks = lifted_hooks(
        inner.hooks, real_updates=lambda state: state.updates, flush=flush
    )
    return GradientTransform(init, update, hooks)


def mean_step(
    inner: GradientTransform,
    state: AccumulateState,
    variables: Sequence[tf.Variable],
    **extra: Any,
) -> tuple[Tensors, AccumulateState]:
    """Return the step of `inner` by the mean of what was gathered, and a new start."""
    means = [
        tf.math.divide_no_nan(each, cast_like(state.weight, each))
        for each in state.sums
    ]
    updates, after = inner.update(means, state.inner, variables, **extra)
    zeros = zeros_for(state.sums)
    return updates, nothing_gathered(state.updates + 1, zeros, after)


def is_unfit(
    gradients: Tensors, skip_not_finite: bool, max_squared_norm: float | None
) -> tf.Tensor:
    """Tell whether gradients are not finite, or their squared norm is too large."""
    fits = [tf.constant(True)]
    if skip_not_finite:
        fits.append(all_finite(gradients))
    if max_squared_norm is not None:
        squared = tf.square(tf.cast(global_norm(gradients), tf.float32))
        fits.append(squared < max_squared_norm)  # not where it is NaN
    return tf.logical_not(tf.reduce_all(tf.stack(fits)))


def nothing_gathered(
    updates: tf.Tensor, zeros: Tensors, inner: State
) -> AccumulateState:
    """Return the state in front of the first gradient of an update."""
    gathered, weight = tf.zeros([], tf.int32), tf.zeros([], tf.float32)
    return AccumulateState(gathered, updates, weight, zeros, inner)


def gathered_more(
    state: AccumulateState, gradients: Tensors, weight: tf.Tensor
) -> AccumulateState:
    """Return the state with one more gradient in it."""
    sums = [
        total + cast_like(weight, total) * gradient
        for total, gradient in zip(state.sums, gradients, strict=True)
    ]
    return state._replace(
        gathered=state.gathered + 1, weight=state.weight + weight, sums=sums
    )
