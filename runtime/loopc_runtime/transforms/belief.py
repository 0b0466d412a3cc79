"""Transforms that divide by how far gradients lie from their mean."""

from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import AdamState, divide_by_root, init_adam
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correct_bias,
    moving_average,
    values_at,
)


def scale_by_belief(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-16,
    eps_root: ScheduleLike = 1e-16,
    *,
    nesterov: bool = False,
) -> GradientTransform:
    """AdaBelief: Adam whose second moment is that about the mean.

    `nu = b2 * nu + (1 - b2) * (gradient - mu)^2 + eps_root`, then `mu_hat /
    (sqrt(nu_hat) + eps)`: `optax.scale_by_belief` (Zhuang and others, 2020).
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small, root = values_at(state.count, b1, b2, eps, eps_root)
        count = state.count + 1
        mu = moving_average(gradients, state.mu, first)
        nu = deviations(gradients, mu, state.nu, second, root)
        mu_hat = correct_bias(mu, first, count)
        if nesterov:
            ahead = correct_bias(mu, first, count + 1)
            mu_hat = moving_average(correct_bias(gradients, first, count), ahead, first)
        updates = divide_by_root(mu_hat, correct_bias(nu, second, count), small)
        return updates, AdamState(count, mu, nu)

    return GradientTransform(init_adam, update)


def scale_by_acprop(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-16,
    eps_root: ScheduleLike = 1e-16,
) -> GradientTransform:
    """ACProp: divide by the deviation known before; `optax.contrib.scale_by_acprop`.

    `gradient / (sqrt(nu_hat) + eps)` with the `nu` of the update before (1 at first);
    then `nu` averages `(gradient - mu before)^2` and adds `eps_root` (Zhuang and
    others, 2021).
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small, root = values_at(state.count, b1, b2, eps, eps_root)
        mu = moving_average(gradients, state.mu, first)
        nu = deviations(gradients, state.mu, state.nu, second, root)
        initial = state.count == 0
        known = correct_bias(state.nu, second, tf.maximum(state.count, 1))
        known = [tf.where(initial, tf.ones_like(each), each) for each in known]
        updates = divide_by_root(gradients, known, small)
        return updates, AdamState(state.count + 1, mu, nu)

    return GradientTransform(init_adam, update)


def deviations(
    gradients: Tensors, means: Tensors, nu: Tensors, decay: Any, eps_root: Any
) -> Tensors:
    """Average the squares of `gradient - mean` into `nu` and add `eps_root`."""
    errors = [each - mean for each, mean in zip(gradients, means, strict=True)]
    return [
        each + cast_like(eps_root, each)
        for each in moving_average(errors, nu, decay, order=2)
    ]
