"""Optimizers related to Adam, with the defaults and arithmetic of optax."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import scale_by_adam, scale_by_amsgrad
from loopc_runtime.transforms.adam_relatives import (
    scale_by_adan,
    scale_by_radam,
    scale_by_yogi,
)
from loopc_runtime.transforms.adopt import scale_by_adopt, scale_by_laprop
from loopc_runtime.transforms.base import GradientTransform, Mask, chain
from loopc_runtime.transforms.belief import scale_by_acprop, scale_by_belief
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
    decoupled,
    refuse_decay,
    regularized,
)
from loopc_runtime.transforms.lazy_adam import scale_by_lazy_adam
from loopc_runtime.transforms.mixing import (
    scale_by_ademamix,
    scale_by_simplified_ademamix,
)
from loopc_runtime.transforms.variance_reduction import correct_by_change


def amsgrad(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
    *,
    bias_correction_mu: bool = True,
    bias_correction_nu: bool = True,
) -> GradientTransform:
    """Adam that divides by the largest corrected moment so far; `optax.amsgrad`."""
    scaling = scale_by_amsgrad(
        *(b1, b2, eps, eps_root),
        bias_correction_mu=bias_correction_mu,
        bias_correction_nu=bias_correction_nu,
    )
    return decoupled(scaling, learning_rate, None, None)


def adabelief(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-16,
    eps_root: ScheduleLike = 1e-16,
    *,
    nesterov: bool = False,
) -> GradientTransform:
    """Adam that divides by the deviation from the mean; `optax.adabelief`."""
    scaling = scale_by_belief(b1, b2, eps, eps_root, nesterov=nesterov)
    return decoupled(scaling, learning_rate, None, None)


def acprop(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-16,
    eps_root: ScheduleLike = 1e-16,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Divide by the deviation known before; `optax.contrib.acprop`."""
    scaling = scale_by_acprop(b1, b2, eps, eps_root)
    return decoupled(scaling, learning_rate, weight_decay, mask)


def adan(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.98,
    b2: ScheduleLike = 0.92,
    b3: ScheduleLike = 0.99,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 1e-8,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Adam with Nesterov momentum by the gradient's change; `optax.adan`."""
    scaling = scale_by_adan(b1, b2, b3, eps, eps_root)
    return decoupled(scaling, learning_rate, weight_decay, mask)


def yogi(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-3,
) -> GradientTransform:
    """Adam with a second moment that changes additively; `optax.yogi`."""
    return decoupled(scale_by_yogi(b1, b2, eps), learning_rate, None, None)


def radam(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    threshold: float = 5.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "optax",
) -> GradientTransform:
    """Rectified Adam.

    optax: epsilon is added after the bias is corrected, no decay. torch: before, and
    decay is added to the gradient.

    Raises:
        ValueError: unknown flavor, or weight decay with flavor optax.
    """
    check_flavor("radam", flavor, ("optax", "torch"))
    scaling = scale_by_radam(
        b1, b2, eps, threshold=threshold, eps_corrected=flavor == "optax"
    )
    if flavor == "optax":
        refuse_decay("radam", weight_decay)
    return regularized(scaling, learning_rate, weight_decay, mask)


def ademamix(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    b3: ScheduleLike = 0.9999,
    alpha: ScheduleLike = 5.0,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Adam with a fast and a slow momentum; `optax.contrib.ademamix`."""
    scaling = scale_by_ademamix(b1, b2, b3, alpha, eps, eps_root)
    return decoupled(scaling, learning_rate, weight_decay, mask)


def simplified_ademamix(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.99,
    b2: ScheduleLike = 0.95,
    alpha: ScheduleLike = 0.0,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """AdEMAMix with one momentum; `optax.contrib.simplified_ademamix`."""
    scaling = scale_by_simplified_ademamix(b1, b2, alpha, eps, eps_root)
    return decoupled(scaling, learning_rate, weight_decay, mask)


def adopt(
    learning_rate: ScheduleLike,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.9999,
    eps: ScheduleLike = 1e-6,
    *,
    nesterov: bool = False,
    use_clipping: bool = True,
) -> GradientTransform:
    """Momentum of gradients over the moment known before; `optax.contrib.adopt`."""
    scaling = scale_by_adopt(b1, b2, eps, nesterov=nesterov, use_clipping=use_clipping)
    return decoupled(scaling, learning_rate, None, None)


def laprop(
    learning_rate: ScheduleLike = 4e-4,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-15,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Momentum of gradients divided by their root mean square; decay is decoupled."""
    return decoupled(scale_by_laprop(b1, b2, eps), learning_rate, weight_decay, mask)


def mars(
    learning_rate: ScheduleLike = 3e-3,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.99,
    eps: ScheduleLike = 1e-8,
    gamma: ScheduleLike = 0.025,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Adam on gradients corrected by their change; decay is decoupled."""
    scaling = chain(correct_by_change(b1, gamma), scale_by_adam(b1, b2, eps))
    return decoupled(scaling, learning_rate, weight_decay, mask)


def lazy_adam(
    learning_rate: ScheduleLike = 1e-3,
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
) -> GradientTransform:
    """Adam on the rows that have a gradient (see `scale_by_lazy_adam`)."""
    return decoupled(scale_by_lazy_adam(b1, b2, eps), learning_rate, None, None)
