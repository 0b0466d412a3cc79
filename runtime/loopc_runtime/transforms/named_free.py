"""Optimizers without a step size to tune, or with one that is inside."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import GradientTransform, Mask, chain
from loopc_runtime.transforms.betting import scale_by_cocob
from loopc_runtime.transforms.curvature import scale_by_adahessian, scale_by_sophia
from loopc_runtime.transforms.decay import add_decayed_weights
from loopc_runtime.transforms.distance import scale_by_dog, scale_by_dowg
from loopc_runtime.transforms.dual_averaging import scale_by_ftrl, scale_by_madgrad
from loopc_runtime.transforms.elementary import scale_by_learning_rate
from loopc_runtime.transforms.flavors import decayed_first, decoupled, regularized


def cocob(
    learning_rate: ScheduleLike = 1.0,
    alpha: float = 100.0,
    eps: float = 1e-8,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Coin betting; `optax.contrib.cocob`. The rate scales gradients, not steps."""
    links = [scale_by_learning_rate(learning_rate, flip_sign=False)]
    if weight_decay is not None:
        links.insert(0, add_decayed_weights(weight_decay, mask))
    return chain(*links, scale_by_cocob(alpha, eps))


def dog(
    learning_rate: ScheduleLike = 1.0,
    init_step: float = 1e-6,
    init_kind: str = "heuristic",
    eps: float = 1e-8,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Distance over gradients; `optax.contrib.dog`, decay in the gradient."""
    rule = scale_by_dog(init_step, init_kind, eps)
    return regularized(rule, learning_rate, weight_decay, mask)


def dowg(
    learning_rate: ScheduleLike = 1.0,
    init_estim_sq_dist: float | None = None,
    eps: float = 1e-4,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Distance over weighted gradients; `optax.contrib.dowg`, decay in the gradient."""
    rule = scale_by_dowg(init_estim_sq_dist, eps)
    return regularized(rule, learning_rate, weight_decay, mask)


def madgrad(
    learning_rate: ScheduleLike,
    momentum: ScheduleLike = 0.9,
    weight_decay: ScheduleLike | None = None,
    eps: ScheduleLike = 1e-6,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Dual averaging with a cube root; `optax.contrib.madgrad`, with L2 decay."""
    rule = scale_by_madgrad(learning_rate, momentum, eps)
    if weight_decay is None:
        return rule
    return chain(add_decayed_weights(weight_decay, mask), rule)


def ftrl(
    learning_rate: ScheduleLike = 1e-3,
    learning_rate_power: float = -0.5,
    initial_accumulator_value: float = 0.1,
    l1_regularization_strength: float = 0.0,
    l2_regularization_strength: float = 0.0,
    l2_shrinkage_regularization_strength: float = 0.0,
    beta: float = 0.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Follow the proximally regularized leader; Keras' Ftrl (see `scale_by_ftrl`)."""
    rule = scale_by_ftrl(
        learning_rate,
        learning_rate_power,
        initial_accumulator_value,
        l1_regularization_strength,
        l2_regularization_strength,
        l2_shrinkage_regularization_strength,
        beta,
    )
    return decayed_first(rule, learning_rate, weight_decay, mask)


def sophia(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.965,
    b2: ScheduleLike = 0.99,
    eps: ScheduleLike = 1e-8,
    weight_decay: ScheduleLike | None = 1e-4,
    gamma: ScheduleLike = 0.01,
    clip_threshold: float | None = 1.0,
    update_interval: int = 10,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Momentum over the Hessian's diagonal, clipped; `optax.contrib.sophia`."""
    rule = scale_by_sophia(b1, b2, eps, gamma, clip_threshold, update_interval)
    return decoupled(rule, learning_rate, weight_decay, mask)


def adahessian(
    learning_rate: ScheduleLike = 0.1,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    hessian_power: float = 1.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Adam with the Hessian's diagonal in its second moment; decay is decoupled."""
    rule = scale_by_adahessian(b1, b2, eps, hessian_power)
    return decoupled(rule, learning_rate, weight_decay, mask)
