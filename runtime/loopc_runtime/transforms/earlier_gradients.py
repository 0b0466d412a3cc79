"""Transforms that hold gradients back, extrapolate them or add noise to them."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.random import random_normal
from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    in_dtype,
    new_count,
    values_at,
    zeros_like_each,
)


class ApplyEveryState(NamedTuple):
    """A counter of updates and the sum of what was held back."""

    count: tf.Tensor
    held: Tensors


def apply_every(k: int = 1) -> GradientTransform:
    """Emit the sum of the last `k` gradients every `k`-th time, else zeros.

    The sum, not the mean: `optax.apply_every`.

    Raises:
        ValueError: `k` is less than 1.
    """
    if k < 1:
        raise ValueError(f"`apply_every` counts from 1; found {k}.")

    def init(variables: Variables) -> ApplyEveryState:
        return ApplyEveryState(new_count(True), zeros_like_each(variables or ()))

    def update(
        gradients: Tensors,
        state: ApplyEveryState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, ApplyEveryState]:
        position = state.count % k
        kept = [
            tf.where(position == 0, each, before + each)
            for each, before in zip(gradients, state.held, strict=True)
        ]
        due = position == k - 1
        updates = [tf.where(due, each, tf.zeros_like(each)) for each in kept]
        return updates, ApplyEveryState(state.count + 1, kept)

    return GradientTransform(init, update)


def add_noise(
    eta: ScheduleLike, gamma: ScheduleLike, site: str = "add_noise"
) -> GradientTransform:
    """Add normal noise of variance `eta / t ** gamma` at update t; `optax.add_noise`.

    The draws are those of `site` in the current step, one after the other: the same
    run draws the same numbers.

    Raises (from `update`):
        RunError: it is called outside a step.
    """

    def update(
        gradients: Tensors,
        state: tf.Tensor,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, tf.Tensor]:
        variance, decay = values_at(state, eta, gamma)
        count = tf.cast(state + 1, tf.float32)
        shrunk = tf.pow(count, in_dtype(decay, tf.float32))
        stddev = tf.sqrt(in_dtype(variance, tf.float32) / shrunk)
        noisy = [
            each + cast_like(stddev * random_normal(each.shape, site), each)
            for each in gradients
        ]
        return noisy, state + 1

    return GradientTransform(lambda variables: new_count(True), update)


class OptimisticState(NamedTuple):
    """A counter of updates and the gradients before."""

    count: tf.Tensor
    previous: Tensors


def scale_by_optimistic_gradient(
    alpha: ScheduleLike = 1.0, beta: ScheduleLike = 1.0
) -> GradientTransform:
    """Extrapolate: `(alpha + beta) * gradient - beta * previous gradient`.

    At the first update the gradient stands for the one before:
    `optax.scale_by_optimistic_gradient`.
    """

    def init(variables: Variables) -> OptimisticState:
        return OptimisticState(new_count(True), zeros_like_each(variables or ()))

    def update(
        gradients: Tensors,
        state: OptimisticState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, OptimisticState]:
        ahead, back = values_at(state.count, alpha, beta)
        first = state.count == 0
        updates = [
            cast_like(ahead + back, each) * each
            - cast_like(back, each) * tf.where(first, each, before)
            for each, before in zip(gradients, state.previous, strict=True)
        ]
        return updates, OptimisticState(state.count + 1, gradients)

    return GradientTransform(init, update)
