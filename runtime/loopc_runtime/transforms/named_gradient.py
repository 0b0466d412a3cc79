"""Optimizers that are gradient descent with one thing more."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import scale_by_adam
from loopc_runtime.transforms.asgd import scale_by_asgd
from loopc_runtime.transforms.base import GradientTransform, Mask, chain
from loopc_runtime.transforms.decay import add_decayed_weights
from loopc_runtime.transforms.earlier_gradients import (
    add_noise,
    scale_by_optimistic_gradient,
)
from loopc_runtime.transforms.elementary import scale_by_learning_rate
from loopc_runtime.transforms.momentum import trace
from loopc_runtime.transforms.scale_invariance import without_radial_part


def noisy_sgd(
    learning_rate: ScheduleLike,
    eta: ScheduleLike = 0.01,
    gamma: ScheduleLike = 0.55,
) -> GradientTransform:
    """Gradient descent with fading noise; `optax.noisy_sgd`."""
    return chain(add_noise(eta, gamma), scale_by_learning_rate(learning_rate))


def optimistic_gradient_descent(
    learning_rate: ScheduleLike,
    alpha: ScheduleLike = 1.0,
    beta: ScheduleLike = 1.0,
) -> GradientTransform:
    """Gradient descent that extrapolates; `optax.optimistic_gradient_descent`."""
    return chain(
        scale_by_optimistic_gradient(alpha, beta),
        scale_by_learning_rate(learning_rate),
    )


def optimistic_adam(
    learning_rate: ScheduleLike,
    alpha: ScheduleLike = 1.0,
    beta: ScheduleLike = 1.0,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
    *,
    nesterov: bool = True,
) -> GradientTransform:
    """Adam whose step extrapolates; `optax.optimistic_adam_v2`."""
    return chain(
        scale_by_adam(b1, b2, eps, eps_root, nesterov=nesterov),
        scale_by_optimistic_gradient(alpha, beta),
        scale_by_learning_rate(learning_rate),
    )


def asgd(
    learning_rate: ScheduleLike = 1e-2,
    lambd: float = 1e-4,
    alpha: float = 0.75,
    t0: float = 1e6,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Averaged gradient descent; `torch.optim.ASGD`, whose decay is in the gradient."""
    rule = scale_by_asgd(learning_rate, lambd, alpha, t0)
    if weight_decay is None:
        return rule
    return chain(add_decayed_weights(weight_decay, mask), rule)


def adamp(
    learning_rate: ScheduleLike = 1e-3,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    delta: float = 0.1,
    wd_ratio: float = 0.1,
) -> GradientTransform:
    """Adam without the radial part of its steps (see `without_radial_part`)."""
    rule = without_radial_part(
        scale_by_adam(b1, b2, eps), weight_decay, delta, wd_ratio, eps
    )
    return chain(rule, scale_by_learning_rate(learning_rate))


def sgdp(
    learning_rate: ScheduleLike = 0.1,
    momentum: float = 0.9,
    nesterov: bool = False,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    delta: float = 0.1,
    wd_ratio: float = 0.1,
) -> GradientTransform:
    """Momentum without the radial part of its steps; decay over `1 - momentum`."""
    decay = weight_decay / (1.0 - momentum)
    rule = without_radial_part(trace(momentum, nesterov), decay, delta, wd_ratio, eps)
    return chain(rule, scale_by_learning_rate(learning_rate))
