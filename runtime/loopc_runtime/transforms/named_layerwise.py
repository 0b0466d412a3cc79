"""Optimizers for large batches, which scale layer by layer."""

from loopc_runtime.schedules import ScheduleLike, as_schedule
from loopc_runtime.transforms.adam import scale_by_adam
from loopc_runtime.transforms.base import GradientTransform, Mask, chain
from loopc_runtime.transforms.decay import add_decayed_weights
from loopc_runtime.transforms.elementary import scale_by_learning_rate
from loopc_runtime.transforms.factored import scale_by_novograd
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
    decayed_first,
    decoupled,
)
from loopc_runtime.transforms.momentum import trace
from loopc_runtime.transforms.normalizing import scale_by_trust_ratio


def lamb(
    learning_rate: ScheduleLike = 1e-3,
    beta_1: ScheduleLike = 0.9,
    beta_2: ScheduleLike = 0.999,
    epsilon: ScheduleLike = 1e-7,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Adam whose step in each variable has the variable's norm times the rate.

    optax adds decay before the norms are compared; Keras shrinks the variables first
    and by the rate.

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("lamb", flavor, ("keras", "optax"))
    adam_rule = scale_by_adam(beta_1, beta_2, epsilon)
    finish = chain(scale_by_trust_ratio(), scale_by_learning_rate(learning_rate))
    if flavor == "keras":
        steps = chain(adam_rule, finish)
        return decayed_first(steps, learning_rate, weight_decay, mask)
    if weight_decay is None:
        return chain(adam_rule, finish)
    return chain(adam_rule, add_decayed_weights(weight_decay, mask), finish)


def lars(
    learning_rate: ScheduleLike,
    weight_decay: ScheduleLike = 0.0,
    trust_coefficient: ScheduleLike = 0.001,
    eps: ScheduleLike = 0.0,
    momentum: ScheduleLike = 0.9,
    nesterov: bool = False,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Momentum of steps scaled to their variables; `optax.lars`.

    `mask` says which variables decay and are scaled.
    """
    return chain(
        add_decayed_weights(weight_decay, mask),
        scale_by_trust_ratio(0.0, trust_coefficient, eps, mask),
        scale_by_learning_rate(learning_rate),
        trace(momentum, nesterov),
    )


def fromage(
    learning_rate: ScheduleLike, min_norm: ScheduleLike = 1e-6
) -> GradientTransform:
    """Steps as long as their variables, which are then shrunk; `optax.fromage`.

    With `c = 1 / sqrt(1 + rate^2)`: `c (x - rate |x| g / |g|)`.
    """
    rate = as_schedule(learning_rate) if callable(learning_rate) else learning_rate
    length = (1.0 + rate * rate) ** 0.5
    # 1 / length - 1 without the digits that the subtraction would lose.
    decay = -(rate * rate) / (length * (1.0 + length))
    return chain(
        scale_by_trust_ratio(min_norm),
        scale_by_learning_rate(rate / length),
        add_decayed_weights(decay),
    )


def novograd(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.25,
    eps: ScheduleLike = 1e-6,
    eps_root: ScheduleLike = 0.0,
    weight_decay: ScheduleLike = 0.0,
) -> GradientTransform:
    """Momentum of normalized gradients and decay; `optax.novograd`."""
    rule = scale_by_novograd(b1, b2, eps, eps_root, weight_decay)
    return decoupled(rule, learning_rate, None, None)
