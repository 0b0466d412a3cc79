"""Transforms that divide the gradient first and average afterwards."""

from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import AdamState, init_adam
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correct_bias,
    moving_average,
    values_at,
)


def scale_by_adopt(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.9999,
    eps: ScheduleLike = 1e-6,
    *,
    nesterov: bool = False,
    use_clipping: bool = True,
) -> GradientTransform:
    """ADOPT: average the gradient divided by the second moment known before.

    `mu = b1 * mu + (1 - b1) * clip(gradient / max(sqrt(nu), eps), +- t^(1/4))` with the
    old `nu` and t counted from 0, so that with clipping the first update is 0 and fills
    `nu` alone: `optax.contrib.scale_by_adopt` (Taniguchi and others, 2024).
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small = values_at(state.count, b1, b2, eps)
        begun = state.count > 0
        divided = [
            each / tf.maximum(tf.sqrt(before), cast_like(small, each))
            for each, before in zip(gradients, state.nu, strict=True)
        ]
        if use_clipping:
            bound = tf.pow(tf.cast(state.count, tf.float64), 0.25)
            divided = [
                tf.clip_by_value(each, -cast_like(bound, each), cast_like(bound, each))
                for each in divided
            ]
        mu = started_average(divided, state.mu, first, begun)
        averaged = started_average(divided, mu, first, begun) if nesterov else mu
        nu = moving_average(gradients, state.nu, second, order=2)
        nu = [
            tf.where(begun, each, tf.square(gradient))
            for each, gradient in zip(nu, gradients, strict=True)
        ]
        return averaged, AdamState(state.count + 1, mu, nu)

    return GradientTransform(init_adam, update)


def started_average(
    values: Tensors, averages: Tensors, decay: Any, begun: tf.Tensor
) -> Tensors:
    """Return the moving average, or before it has begun the average unchanged."""
    moved = moving_average(values, averages, decay)
    return [
        tf.where(begun, each, before)
        for each, before in zip(moved, averages, strict=True)
    ]


def scale_by_laprop(
    b1: ScheduleLike = 0.9, b2: ScheduleLike = 0.999, eps: ScheduleLike = 1e-15
) -> GradientTransform:
    """LaProp: momentum of the gradients divided by their root mean square.

    `mu = b1 * mu + (1 - b1) * gradient / (sqrt(nu_hat) + eps)`, then `mu_hat` (Ziyin
    and others, 2020).
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small = values_at(state.count, b1, b2, eps)
        count = state.count + 1
        nu = moving_average(gradients, state.nu, second, order=2)
        divided = [
            each / (tf.sqrt(square) + cast_like(small, each))
            for each, square in zip(
                gradients, correct_bias(nu, second, count), strict=True
            )
        ]
        mu = moving_average(divided, state.mu, first)
        return correct_bias(mu, first, count), AdamState(count, mu, nu)

    return GradientTransform(init_adam, update)
