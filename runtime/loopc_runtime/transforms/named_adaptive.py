"""Optimizers without momentum of their own: Adagrad, Adadelta; and Lion."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adaptive import (
    scale_by_adadelta,
    scale_by_lion,
    scale_by_rss,
)
from loopc_runtime.transforms.base import GradientTransform, Mask
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
    decoupled,
    refuse_decay,
    regularized,
)


def adagrad(
    learning_rate: ScheduleLike = 1e-3,
    initial_accumulator_value: float = 0.1,
    epsilon: ScheduleLike = 1e-7,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Divide by the root of the sum of all squared gradients.

    keras, optax: epsilon inside the root; torch: beside it, and its accumulator starts
    at 0 by default. Decay is decoupled in keras, added to the gradient in torch.

    Raises:
        ValueError: unknown flavor, or weight decay with flavor optax.
    """
    check_flavor("adagrad", flavor, ("keras", "optax", "torch"))
    scaling = scale_by_rss(
        initial_accumulator_value, epsilon, eps_in_sqrt=flavor != "torch"
    )
    if flavor == "optax":
        refuse_decay("adagrad", weight_decay)
    finish = regularized if flavor == "torch" else decoupled
    return finish(scaling, learning_rate, weight_decay, mask)


def adadelta(
    learning_rate: ScheduleLike = 1e-3,
    rho: ScheduleLike = 0.95,
    epsilon: ScheduleLike = 1e-7,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Scale by the ratio of past updates to past gradients; one arithmetic for all.

    Decay is decoupled in keras and added to the gradient in optax and torch.

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("adadelta", flavor, ("keras", "optax", "torch"))
    scaling = scale_by_adadelta(rho, epsilon)
    finish = decoupled if flavor == "keras" else regularized
    return finish(scaling, learning_rate, weight_decay, mask)


def lion(
    learning_rate: ScheduleLike = 1e-3,
    beta_1: ScheduleLike = 0.9,
    beta_2: ScheduleLike = 0.99,
    mode: str = "hard",
    smooth_beta: float = 1.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Step by the sign of an average of momentum and gradient; decay is decoupled.

    keras and optax agree; torch has no Lion. `mode` is that of `scale_by_lion`: Keras
    has `hard` alone.

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("lion", flavor, ("keras", "optax"))
    scaling = scale_by_lion(beta_1, beta_2, mode=mode, smooth_beta=smooth_beta)
    return decoupled(scaling, learning_rate, weight_decay, mask)
