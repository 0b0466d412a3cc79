"""Optimizers whose state is smaller than Adam's: Adafactor, SM3, GaLore."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adafactor import (
    scale_by_adafactor_keras,
    scale_by_adafactor_torch,
)
from loopc_runtime.transforms.base import GradientTransform, Mask, chain
from loopc_runtime.transforms.bounding import clip_by_block_rms
from loopc_runtime.transforms.decay import add_decayed_weights
from loopc_runtime.transforms.elementary import scale, scale_by_learning_rate
from loopc_runtime.transforms.factored import scale_by_factored_rms, scale_by_sm3
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
    decayed_after,
    decayed_first,
    decoupled,
)
from loopc_runtime.transforms.low_rank import scale_by_galore
from loopc_runtime.transforms.normalizing import scale_by_param_block_rms


def adafactor(
    learning_rate: ScheduleLike = 1e-3,
    beta_2_decay: float = -0.8,
    epsilon_1: float = 1e-30,
    epsilon_2: float = 1e-3,
    clip_threshold: float = 1.0,
    min_dim_size_to_factor: int = 128,
    weight_decay: ScheduleLike | None = None,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Steps divided by a root mean square that is kept by row and column.

    keras: factors the last two axes of everything that has them, and the step size
    never exceeds `1 / sqrt(t)`; decay is decoupled. optax: factors the two longest axes
    from `min_dim_size_to_factor` on; decay is not multiplied by the rate. torch: as
    keras, but `epsilon_1` bounds means and roots from below, and decay follows the
    step, which is as long as the weights were before it.

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("adafactor", flavor, ("keras", "optax", "torch"))
    if flavor != "optax":
        torch = flavor == "torch"
        rule = scale_by_adafactor_torch if torch else scale_by_adafactor_keras
        finish = decayed_after if torch else decayed_first
        numbers = (learning_rate, beta_2_decay, epsilon_1, epsilon_2, clip_threshold)
        steps = chain(rule(*numbers), scale(-1.0))
        return finish(steps, learning_rate, weight_decay, mask)
    factored = scale_by_factored_rms(
        True, -beta_2_decay, 0, min_dim_size_to_factor, epsilon_1
    )
    links = [
        factored,
        clip_by_block_rms(clip_threshold),
        scale_by_learning_rate(learning_rate, flip_sign=False),
        scale_by_param_block_rms(epsilon_2),
    ]
    if weight_decay is not None:
        links.append(add_decayed_weights(weight_decay, mask))
    return chain(*links, scale(-1.0))


def sm3(learning_rate: ScheduleLike, momentum: ScheduleLike = 0.9) -> GradientTransform:
    """Steps divided by the least of per-axis maxima of sums of squares; `optax.sm3`."""
    return decoupled(scale_by_sm3(momentum), learning_rate, None, None)


def galore(
    learning_rate: ScheduleLike,
    rank: int = 128,
    update_proj_gap: int = 200,
    scale: float = 1.0,
    weight_decay: ScheduleLike | None = None,
    *,
    flatten_kernels: bool = False,
    mask: Mask | None = None,
) -> GradientTransform:
    """Adam on low-rank projections of the gradients; `optax.contrib.galore`."""
    rule = scale_by_galore(
        rank, update_proj_gap, scale, flatten_kernels=flatten_kernels
    )
    return decoupled(rule, learning_rate, weight_decay, mask)
