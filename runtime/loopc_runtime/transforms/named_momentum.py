"""Optimizers that may carry momentum: SGD and RMSprop."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adaptive import scale_by_rms, scale_by_stddev
from loopc_runtime.transforms.base import GradientTransform, Mask, chain
from loopc_runtime.transforms.elementary import identity, scale_by_learning_rate
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
    decayed_after,
    refuse_decay,
    regularized,
)
from loopc_runtime.transforms.momentum import dampened_trace, trace


def sgd(
    learning_rate: ScheduleLike = 0.01,
    momentum: ScheduleLike = 0.0,
    nesterov: bool = False,
    dampening: float = 0.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Gradient descent with momentum.

    keras: the step size enters the velocity, `m = momentum * m - rate * g`; decay is
    `rate * weight_decay * variable`, outside the velocity. optax, torch: the step size
    multiplies `m = momentum * m + g`, which differs when the rate changes. torch: decay
    is added to the gradient, and `dampening` of every gradient but the first is kept
    out of the momentum; optax has no decay.

    Raises:
        ValueError: unknown flavor, weight decay with flavor optax, or `dampening` with
            another than torch.
    """
    check_flavor("sgd", flavor, ("keras", "optax", "torch"))
    velocity = optional_trace(momentum, nesterov)
    if dampening:
        if flavor != "torch":
            raise ValueError("`dampening` belongs to torch's SGD.")
        velocity = dampened_trace(momentum, dampening)
    if flavor == "keras":
        steps = chain(scale_by_learning_rate(learning_rate), velocity)
        return decayed_after(steps, learning_rate, weight_decay, mask)
    if flavor == "optax":
        refuse_decay("sgd", weight_decay)
    return regularized(velocity, learning_rate, weight_decay, mask)


def rmsprop(
    learning_rate: ScheduleLike = 1e-3,
    rho: ScheduleLike = 0.9,
    momentum: ScheduleLike = 0.0,
    epsilon: ScheduleLike = 1e-7,
    centered: bool = False,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Divide by the running root mean square, or standard deviation if `centered`.

    keras, optax: epsilon inside the root, the step size enters the momentum. torch:
    epsilon beside the root, the step size multiplies the momentum, decay is added to
    the gradient. Keras' decay is `rate * weight_decay * variable`; optax has none.

    Raises:
        ValueError: unknown flavor, or weight decay with flavor optax.
    """
    check_flavor("rmsprop", flavor, ("keras", "optax", "torch"))
    scale_by = scale_by_stddev if centered else scale_by_rms
    velocity = optional_trace(momentum, nesterov=False)
    if flavor == "torch":
        scaling = chain(scale_by(rho, epsilon, eps_in_sqrt=False), velocity)
        return regularized(scaling, learning_rate, weight_decay, mask)
    if flavor == "optax":
        refuse_decay("rmsprop", weight_decay)
    scaling = scale_by(rho, epsilon)
    steps = chain(scaling, scale_by_learning_rate(learning_rate), velocity)
    return decayed_after(steps, learning_rate, weight_decay, mask)


def optional_trace(momentum: ScheduleLike, nesterov: bool) -> GradientTransform:
    """Return `trace`, or nothing to remember if the momentum is the number 0."""
    if not callable(momentum) and momentum == 0.0:
        return identity()
    return trace(momentum, nesterov)
