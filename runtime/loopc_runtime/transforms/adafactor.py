"""Adafactor with the arithmetic of Keras and of torch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    in_dtype,
    moving_average,
    new_count,
    require_variables,
    values_at,
)
from loopc_runtime.transforms.bounding import rms
from loopc_runtime.transforms.factored import (
    divide_by_factors,
    shape_without,
    unzipped,
)


class AdafactorState(NamedTuple):
    """A counter, and mean squares by row, by column and by element.

    A variable of two axes or more uses the first two, others the last; what a variable
    does not use is one zero.
    """

    count: tf.Tensor
    rows: Tensors
    columns: Tensors
    nu: Tensors


def init_adafactor(variables: Variables) -> AdafactorState:
    """Start every mean square at 0."""
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


def scaled_by_adafactor(
    divide: Callable[[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor],
    learning_rate: ScheduleLike,
    beta_2_decay: float,
    epsilon_2: float,
    clip_threshold: float,
    *,
    added: float = 0.0,
) -> GradientTransform:
    """Scale the direction `divide(gradient, row, column, nu)` of each gradient.

    It is given the mean squares after this gradient; `added` goes to each square.
    """

    def update(
        gradients: Tensors,
        state: AdafactorState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdafactorState]:
        (rate,) = values_at(state.count, learning_rate)
        step = tf.cast(state.count + 1, tf.float64)
        kept = 1.0 - tf.pow(step, beta_2_decay)
        largest = tf.minimum(in_dtype(rate, tf.float64), tf.math.rsqrt(step))
        results = []
        for each, variable, *before in zip(
            gradients, require_variables(variables), *state[1:], strict=True
        ):
            square = tf.square(each)
            if added:
                square += cast_like(added, each)
            squares = averaged_squares(square, kept, *before)
            direction = divide(each, *squares)
            excess = rms(direction) / cast_like(clip_threshold, each)
            size = tf.maximum(rms(tf.convert_to_tensor(variable)), epsilon_2)
            factor = cast_like(largest, each) * size / tf.maximum(excess, 1.0)
            results.append((factor * direction, *squares))
        updates, rows, columns, elements = unzipped(results, 4)
        return updates, AdafactorState(state.count + 1, rows, columns, elements)

    return GradientTransform(init_adafactor, update)


def averaged_squares(
    square: tf.Tensor, kept: tf.Tensor, row: tf.Tensor, column: tf.Tensor, nu: tf.Tensor
) -> list[tf.Tensor]:
    """Return the mean squares that a variable uses after `square`, the others as is."""
    if square.shape.rank > 1:
        means = [tf.reduce_mean(square, axis) for axis in (-1, -2)]
        return [*moving_average(means, [row, column], kept), nu]
    return [row, column, *moving_average([square], [nu], kept)]


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

    def divide(
        each: tf.Tensor, row: tf.Tensor, column: tf.Tensor, nu: tf.Tensor
    ) -> tf.Tensor:
        axes = each.shape.rank - 2, each.shape.rank - 1
        if each.shape.rank > 1:
            return divide_by_factors(each, row, column, axes)
        return each * tf.math.rsqrt(nu)

    return scaled_by_adafactor(
        divide,
        learning_rate,
        beta_2_decay,
        epsilon_2,
        clip_threshold,
        added=epsilon_1,
    )


def scale_by_adafactor_torch(
    learning_rate: ScheduleLike = 1e-2,
    beta_2_decay: float = -0.8,
    epsilon_1: float = 2.0**-23,
    epsilon_2: float = 1e-3,
    clip_threshold: float = 1.0,
) -> GradientTransform:
    """Scale as `torch.optim.Adafactor` does.

    Squares are averaged as they are; the mean of the row means is at least `epsilon_1`
    and the estimate at least its square. torch' default of `epsilon_1` is the spacing
    of the variables' dtype at 1.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def divide(
        each: tf.Tensor, row: tf.Tensor, column: tf.Tensor, nu: tf.Tensor
    ) -> tf.Tensor:
        least, estimate = cast_like(epsilon_1, each), nu
        if each.shape.rank > 1:
            level = tf.maximum(tf.reduce_mean(row, -1), least)
            estimate = row[..., None] * column[..., None, :]
            estimate = estimate / level[..., None, None]
        return each * tf.math.rsqrt(tf.maximum(estimate, tf.square(least)))

    return scaled_by_adafactor(
        divide, learning_rate, beta_2_decay, epsilon_2, clip_threshold
    )
