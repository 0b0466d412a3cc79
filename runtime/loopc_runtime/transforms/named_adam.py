"""Optimizers of the Adam family: Adam, AdamW, Nadam, Adamax."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import (
    scale_by_adam,
    scale_by_adamax,
    scale_by_amsgrad,
)
from loopc_runtime.transforms.adam_flavors import (
    scale_by_adam_keras,
    scale_by_adam_torch,
    scale_by_nadam,
)
from loopc_runtime.transforms.base import GradientTransform, Mask
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
    decoupled,
    refuse_decay,
    regularized,
)


def adam(
    learning_rate: ScheduleLike = 1e-3,
    beta_1: ScheduleLike = 0.9,
    beta_2: ScheduleLike = 0.999,
    epsilon: ScheduleLike = 1e-7,
    amsgrad: bool = False,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Adam.

    keras: epsilon of the short form (see `scale_by_adam_keras`), decay decoupled.
    optax: `scale_by_adam`, no decay. torch: the same arithmetic, decay added to the
    gradient. `amsgrad` takes the maximum of the raw second moment in keras and torch,
    of the corrected one in optax.

    Raises:
        ValueError: unknown flavor, or weight decay with flavor optax (use `adamw`).
    """
    check_flavor("adam", flavor, ("keras", "optax", "torch"))
    scaling = adam_scaling(flavor, beta_1, beta_2, epsilon, amsgrad)
    if flavor == "optax":
        refuse_decay("adam", weight_decay)
    finish = regularized if flavor == "torch" else decoupled
    return finish(scaling, learning_rate, weight_decay, mask)


def adamw(
    learning_rate: ScheduleLike = 1e-3,
    beta_1: ScheduleLike = 0.9,
    beta_2: ScheduleLike = 0.999,
    epsilon: ScheduleLike = 1e-7,
    amsgrad: bool = False,
    weight_decay: ScheduleLike = 0.004,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Adam with decoupled decay: `rate * weight_decay * variable` in all three flavors.

    The flavor chooses Adam's arithmetic as in `adam`.

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("adamw", flavor, ("keras", "optax", "torch"))
    scaling = adam_scaling(flavor, beta_1, beta_2, epsilon, amsgrad)
    return decoupled(scaling, learning_rate, weight_decay, mask)


def adam_scaling(
    flavor: Flavor,
    beta_1: ScheduleLike,
    beta_2: ScheduleLike,
    epsilon: ScheduleLike,
    amsgrad: bool,
) -> GradientTransform:
    """Return the scaling rule of Adam in the arithmetic of `flavor`."""
    if flavor == "optax":
        rule = scale_by_amsgrad if amsgrad else scale_by_adam
        return rule(beta_1, beta_2, epsilon)
    scale_by = scale_by_adam_keras if flavor == "keras" else scale_by_adam_torch
    return scale_by(beta_1, beta_2, epsilon, amsgrad=amsgrad)


def nadam(
    learning_rate: ScheduleLike = 1e-3,
    beta_1: ScheduleLike = 0.9,
    beta_2: ScheduleLike = 0.999,
    epsilon: ScheduleLike = 1e-7,
    weight_decay: ScheduleLike | None = None,
    *,
    momentum_decay: float = 1.0,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Adam that looks one momentum step ahead.

    keras, torch: `scale_by_nadam`, where Keras fixes `momentum_decay` at 1 and torch
    takes any (its default is 0.004). optax: `scale_by_adam(nesterov=True)`. Decay is
    added to the gradient in torch and decoupled in keras and optax (`nadamw`).

    Raises:
        ValueError: unknown flavor, or a `momentum_decay` other than 1 outside torch.
    """
    check_flavor("nadam", flavor, ("keras", "optax", "torch"))
    if flavor != "torch" and momentum_decay != 1.0:
        raise ValueError(
            f"`momentum_decay` belongs to torch's NAdam: flavor {flavor!r} has none, "
            f"found {momentum_decay}."
        )
    if flavor == "optax":
        scaling = scale_by_adam(beta_1, beta_2, epsilon, nesterov=True)
    else:
        scaling = scale_by_nadam(beta_1, beta_2, epsilon, momentum_decay=momentum_decay)
    finish = regularized if flavor == "torch" else decoupled
    return finish(scaling, learning_rate, weight_decay, mask)


def adamax(
    learning_rate: ScheduleLike = 1e-3,
    beta_1: ScheduleLike = 0.9,
    beta_2: ScheduleLike = 0.999,
    epsilon: ScheduleLike = 1e-7,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Adam with a decayed maximum in the place of the root mean square.

    keras adds epsilon to the maximum, optax and torch inside it. Decay is added to the
    gradient in torch and decoupled in keras and optax (`adamaxw`).

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("adamax", flavor, ("keras", "optax", "torch"))
    scaling = scale_by_adamax(beta_1, beta_2, epsilon, eps_in_max=flavor != "keras")
    finish = regularized if flavor == "torch" else decoupled
    return finish(scaling, learning_rate, weight_decay, mask)
