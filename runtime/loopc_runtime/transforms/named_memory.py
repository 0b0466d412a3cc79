"""Optimizers whose state is smaller than Adam's: Adafactor, SM3, GaLore."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Mask,
    Tensors,
    Variables,
    cast_like,
    chain,
    in_dtype,
    moving_average,
    new_count,
    require_variables,
    values_at,
)
from loopc_runtime.transforms.bounding import clip_by_block_rms, rms
from loopc_runtime.transforms.decay import add_decayed_weights
from loopc_runtime.transforms.elementary import scale, scale_by_learning_rate
from loopc_runtime.transforms.factored import (
    divide_by_factors,
    scale_by_factored_rms,
    scale_by_sm3,
    shape_without,
    unzipped,
)
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
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
    from `min_dim_size_to_factor` on; decay is not multiplied by the rate.

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("adafactor", flavor, ("keras", "optax"))
    if flavor == "keras":
        steps = chain(
            scale_by_adafactor_keras(
                learning_rate, beta_2_decay, epsilon_1, epsilon_2, clip_threshold
            ),
            scale(-1.0),
        )
        return decayed_first(steps, learning_rate, weight_decay, mask)
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


class AdafactorState(NamedTuple):
    """A counter, and mean squares by row, by column and by element.

    A variable of two axes or more uses the first two, others the last; what a variable
    does not use is one zero.
    """

    count: tf.Tensor
    rows: Tensors
    columns: Tensors
    nu: Tensors


def scale_by_adafactor_keras(
    learning_rate: ScheduleLike = 1e-3,
    beta_2_decay: float = -0.8,
    epsilon_1: float = 1e-30,
    epsilon_2: float = 1e-3,
    clip_threshold: float = 1.0,
) -> GradientTransform:
    """Scale as `keras.optimizers.Adafactor` does, which also keeps an unused full slot.

    The direction is divided by its root mean square where that exceeds
    `clip_threshold`, and multiplied by `max(epsilon_2, rms(x)) min(rate, 1 / sqrt(t))`.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def init(variables: Variables) -> AdafactorState:
        rows, columns, elements = [], [], []
        for variable in variables or ():
            shape, dtype = variable.shape.as_list(), variable.dtype
            axes, none = len(shape), tf.zeros([1], dtype)
            wide = axes > 1
            rows.append(tf.zeros(shape[:-1], dtype) if wide else none)
            column = shape_without(shape, axes - 2) if wide else []
            columns.append(tf.zeros(column, dtype) if wide else none)
            elements.append(none if wide else tf.zeros(shape, dtype))
        return AdafactorState(new_count(True), rows, columns, elements)

    def update(
        gradients: Tensors,
        state: AdafactorState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdafactorState]:
        (rate,) = values_at(state.count, learning_rate)
        step = tf.cast(state.count + 1, tf.float64)
        decay = 1.0 - tf.pow(step, beta_2_decay)
        largest = tf.minimum(in_dtype(rate, tf.float64), tf.math.rsqrt(step))
        results = []
        for each, variable, row, column, nu in zip(
            gradients, require_variables(variables), *state[1:], strict=True
        ):
            square = tf.square(each) + cast_like(epsilon_1, each)
            if each.shape.rank > 1:
                means = [tf.reduce_mean(square, axis) for axis in (-1, -2)]
                row, column = moving_average(means, [row, column], decay)
                axes = (each.shape.rank - 2, each.shape.rank - 1)
                direction = divide_by_factors(each, row, column, axes)
            else:
                (nu,) = moving_average([square], [nu], decay)
                direction = each * tf.math.rsqrt(nu)
            excess = rms(direction) / cast_like(clip_threshold, each)
            size = tf.maximum(rms(tf.convert_to_tensor(variable)), epsilon_2)
            factor = cast_like(largest, each) * size / tf.maximum(excess, 1.0)
            results.append((factor * direction, row, column, nu))
        updates, rows, columns, elements = unzipped(results, 4)
        return updates, AdafactorState(state.count + 1, rows, columns, elements)

    return GradientTransform(init, update)


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
    mask: Mask | None = None,
) -> GradientTransform:
    """Adam on low-rank projections of the gradients; `optax.contrib.galore`."""
    rule = scale_by_galore(rank, update_proj_gap, scale)
    return decoupled(rule, learning_rate, weight_decay, mask)
