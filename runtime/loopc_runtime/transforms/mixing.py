"""Transforms that mix a slow and a fast momentum: AdEMAMix."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import AdamState, divide_by_root, init_adam
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    correct_bias,
    moving_average,
    new_count,
    values_at,
    zeros_like_each,
)
from loopc_runtime.transforms.momentum import add_scaled


class AdemamixState(NamedTuple):
    """A counter, the fast and the slow first moment, the second moment."""

    count: tf.Tensor
    fast: Tensors
    slow: Tensors
    nu: Tensors


def scale_by_ademamix(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    b3: ScheduleLike = 0.9999,
    alpha: ScheduleLike = 6.0,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
) -> GradientTransform:
    """Adam with a second, slow momentum: `optax.contrib.scale_by_ademamix`.

    `(fast_hat + alpha * slow) / (sqrt(nu_hat + eps_root) + eps)`; the slow moment, of
    decay `b3`, is not corrected (Pagliardini and others, 2024).
    """

    def init(variables: Variables) -> AdemamixState:
        zeros = [zeros_like_each(variables or ()) for _ in range(3)]
        return AdemamixState(new_count(True), *zeros)

    def update(
        gradients: Tensors,
        state: AdemamixState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdemamixState]:
        first, second, third, share, small, root = values_at(
            state.count, b1, b2, b3, alpha, eps, eps_root
        )
        count = state.count + 1
        fast = moving_average(gradients, state.fast, first)
        slow = moving_average(gradients, state.slow, third)
        nu = moving_average(gradients, state.nu, second, order=2)
        mixed = add_scaled(correct_bias(fast, first, count), share, slow)
        updates = divide_by_root(mixed, correct_bias(nu, second, count), small, root)
        return updates, AdemamixState(count, fast, slow, nu)

    return GradientTransform(init, update)


def scale_by_simplified_ademamix(
    b1: ScheduleLike = 0.99,
    b2: ScheduleLike = 0.95,
    alpha: ScheduleLike = 0.0,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
) -> GradientTransform:
    """AdEMAMix with one accumulated momentum.

    `mu = gradient + b1 * mu`, a sum, and `(mu + alpha * gradient) / (sqrt(nu_hat +
    eps_root) + eps)`: `optax.contrib.scale_by_simplified_ademamix` (Morwani and
    others, 2025).
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, share, small, root = values_at(
            state.count, b1, b2, alpha, eps, eps_root
        )
        count = state.count + 1
        mu = add_scaled(gradients, first, state.mu)
        nu = moving_average(gradients, state.nu, second, order=2)
        mixed = add_scaled(mu, share, gradients)
        updates = divide_by_root(mixed, correct_bias(nu, second, count), small, root)
        return updates, AdamState(count, mu, nu)

    return GradientTransform(init_adam, update)
