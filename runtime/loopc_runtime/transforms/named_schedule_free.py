"""Schedule-free optimizers by name, and descent by Polyak's step."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adaptive import scale_by_rms
from loopc_runtime.transforms.averaging import schedule_free
from loopc_runtime.transforms.base import GradientTransform, Mask, chain
from loopc_runtime.transforms.elementary import identity, scale_by_learning_rate
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
    decayed_first,
    decoupled,
    regularized,
)
from loopc_runtime.transforms.value_rules import scale_by_polyak


def schedule_free_adamw(
    learning_rate: ScheduleLike = 0.0025,
    beta_1: float = 0.9,
    beta_2: ScheduleLike = 0.999,
    epsilon: ScheduleLike = 1e-8,
    weight_lr_power: float = 0.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """AdamW whose momentum is an interpolation with the average of its iterates.

    Both flavors move `z` by RMSprop with corrected bias and evaluate gradients at `y =
    beta_1 x + (1 - beta_1) z`. keras: all `z` count alike in `x`, which is a
    `weight_lr_power` of 0 (optax' default is 2), and decay shrinks the variables
    first. optax: decay enters the steps of `z`. A warm-up is a schedule.

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("schedule_free_adamw", flavor, ("keras", "optax"))
    scaling = scale_by_rms(beta_2, epsilon, eps_in_sqrt=False, bias_correction=True)
    if flavor == "optax":
        inner = decoupled(scaling, learning_rate, weight_decay, mask)
        return schedule_free(inner, learning_rate, beta_1, weight_lr_power)
    inner = chain(scaling, scale_by_learning_rate(learning_rate))
    steps = schedule_free(inner, learning_rate, beta_1, weight_lr_power)
    return decayed_first(steps, learning_rate, weight_decay, mask)


def schedule_free_sgd(
    learning_rate: ScheduleLike = 1.0,
    b1: float = 0.9,
    weight_lr_power: float = 2.0,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
) -> GradientTransform:
    """Gradient descent with averages in place of momentum; decay in the gradient.

    `optax.contrib.schedule_free_sgd`. A warm-up is a schedule.
    """
    inner = regularized(identity(), learning_rate, weight_decay, mask)
    return schedule_free(inner, learning_rate, b1, weight_lr_power)


def polyak_sgd(
    max_learning_rate: ScheduleLike = 1.0,
    scaling: ScheduleLike = 1.0,
    f_min: ScheduleLike = 0.0,
    eps: ScheduleLike = 0.0,
    variant: str = "sps",
) -> GradientTransform:
    """Gradient descent by Polyak's step size; `optax.polyak_sgd`. Needs `value`.

    Raises:
        ValueError: an unknown variant.
    """
    steps = scale_by_learning_rate(scaling)
    return chain(steps, scale_by_polyak(f_min, max_learning_rate, eps, variant))
