"""Optimizers that go by signs: sign SGD, Signum, Rprop."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import GradientTransform, chain
from loopc_runtime.transforms.elementary import (
    scale,
    scale_by_learning_rate,
    scale_by_sign,
)
from loopc_runtime.transforms.momentum import ema
from loopc_runtime.transforms.sign_steps import scale_by_rprop


def sign_sgd(learning_rate: ScheduleLike) -> GradientTransform:
    """Step by the sign of the gradient; `optax.sign_sgd`."""
    return chain(scale_by_sign(), scale_by_learning_rate(learning_rate))


def signum(learning_rate: ScheduleLike, beta: ScheduleLike = 0.9) -> GradientTransform:
    """Step by the sign of the averaged gradient; `optax.signum`."""
    return chain(
        ema(beta, debias=False),
        scale_by_sign(),
        scale_by_learning_rate(learning_rate),
    )


def rprop(
    learning_rate: float = 1e-2,
    eta_minus: float = 0.5,
    eta_plus: float = 1.2,
    min_step_size: float = 1e-6,
    max_step_size: float = 50.0,
) -> GradientTransform:
    """Rprop with the arithmetic of torch (see `scale_by_rprop`)."""
    rule = scale_by_rprop(
        learning_rate, eta_minus, eta_plus, min_step_size, max_step_size
    )
    return chain(rule, scale(-1.0))
