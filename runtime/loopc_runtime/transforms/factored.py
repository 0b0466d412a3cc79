"""Second moments that take less memory than the variables: Adafactor, SM3, NovoGrad."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    Variables,
    any_scheduled,
    cast_like,
    in_dtype,
    moving_average,
    new_count,
    next_count,
    require_variables,
    values_at,
    zeros_like_each,
)


class FactoredState(NamedTuple):
    """A counter, and mean squares by row, by column and by element.

    A variable uses rows and columns or elements; what it does not use is one zero.
    """

    count: tf.Tensor
    rows: Tensors
    columns: Tensors
    nu: Tensors


def scale_by_factored_rms(
    factored: bool = True,
    decay_rate: float = 0.8,
    step_offset: int = 0,
    min_dim_size_to_factor: int = 128,
    epsilon: float = 1e-30,
) -> GradientTransform:
    """Divide by a root mean square kept by row and column; `optax`' of this name.

    The two longest axes of a variable are factored if both are at least
    `min_dim_size_to_factor`; other variables keep one mean per element. The decay of
    update t is `1 - t ** -decay_rate` (Shazeer and Stern, 2018).
    """

    def init(variables: Variables) -> FactoredState:
        present = list(variables or ())
        axes = [
            factored_axes(v.shape, factored, min_dim_size_to_factor) for v in present
        ]
        rows, columns, elements = [], [], []
        for variable, pair in zip(present, axes, strict=True):
            shape, dtype = variable.shape.as_list(), variable.dtype
            none = tf.zeros([1], dtype)
            rows.append(
                tf.zeros(shape_without(shape, pair[1]), dtype) if pair else none
            )
            columns.append(
                tf.zeros(shape_without(shape, pair[0]), dtype) if pair else none
            )
            elements.append(none if pair else tf.zeros(shape, dtype))
        return FactoredState(new_count(True), rows, columns, elements)

    def update(
        gradients: Tensors,
        state: FactoredState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, FactoredState]:
        step = tf.cast(state.count - step_offset + 1, tf.float32)
        decay = 1.0 - tf.pow(step, -decay_rate)
        results = []
        for each, row, column, nu in zip(
            gradients, state.rows, state.columns, state.nu, strict=True
        ):
            square = tf.square(each) + cast_like(epsilon, each)
            pair = factored_axes(each.shape, factored, min_dim_size_to_factor)
            if pair is None:
                (nu,) = moving_average([square], [nu], decay)
                results.append((each * tf.math.rsqrt(nu), row, column, nu))
                continue
            means = [tf.reduce_mean(square, axis) for axis in reversed(pair)]
            row, column = moving_average(means, [row, column], decay)
            results.append(
                (divide_by_factors(each, row, column, pair), row, column, nu)
            )
        updates, rows, columns, elements = unzipped(results, 4)
        return updates, FactoredState(state.count + 1, rows, columns, elements)

    return GradientTransform(init, update)


def factored_axes(
    shape: tf.TensorShape, factored: bool, least: int
) -> tuple[int, int] | None:
    """Return the second longest and the longest axis, None where not both are long."""
    if not factored or shape.rank < 2:
        return None
    order = np.argsort(shape.as_list())
    if shape[int(order[-2])] < least:
        return None
    return int(order[-2]), int(order[-1])


def shape_without(shape: list[int], axis: int) -> list[int]:
    """Return a shape without one axis."""
    return shape[:axis] + shape[axis + 1 :]


def divide_by_factors(
    gradient: tf.Tensor, row: tf.Tensor, column: tf.Tensor, axes: tuple[int, int]
) -> tf.Tensor:
    """Divide by the root of `row * column / mean(row)`."""
    second, longest = axes
    reduced = second - 1 if second > longest else second
    mean = tf.reduce_mean(row, reduced, keepdims=True)
    by_row = tf.expand_dims(tf.math.rsqrt(row / mean), longest)
    return gradient * by_row * tf.expand_dims(tf.math.rsqrt(column), second)


def unzipped(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Turn a list of tuples into `width` lists, empty ones where there are no rows."""
    return [[row[index] for row in rows] for index in range(width)]


class Sm3State(NamedTuple):
    """A counter (only under a schedule), one accumulator per axis, the momentum."""

    count: State
    by_axis: list[Tensors]
    mu: Tensors


def scale_by_sm3(
    b1: ScheduleLike = 0.9, b2: ScheduleLike = 1.0, eps: ScheduleLike = 1e-8
) -> GradientTransform:
    """Divide by the least of per-axis maxima of sums of squares; `optax.scale_by_sm3`.

    An element's accumulator is the smallest of those of its axes plus its square; each
    axis keeps the largest of its elements. The momentum averages the result (Anil and
    others, 2019). A scalar keeps its one accumulator.
    """

    def init(variables: Variables) -> Sm3State:
        by_axis = [
            [tf.zeros([length], v.dtype) for length in v.shape]
            or [tf.zeros([], v.dtype)]
            for v in variables or ()
        ]
        count = new_count(any_scheduled(b1, b2, eps))
        return Sm3State(count, by_axis, zeros_like_each(variables or ()))

    def update(
        gradients: Tensors,
        state: Sm3State,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, Sm3State]:
        first, second, small = values_at(state.count, b1, b2, eps)
        sums = [
            covering_sums(each, axes, second)
            for each, axes in zip(gradients, state.by_axis, strict=True)
        ]
        divided = [
            each
            * tf.where(total > 0, tf.math.rsqrt(total + cast_like(small, each)), 0.0)
            for each, total in zip(gradients, sums, strict=True)
        ]
        mu = moving_average(divided, state.mu, first)
        by_axis = [maxima_by_axis(total) for total in sums]
        return mu, Sm3State(next_count(state.count), by_axis, mu)

    return GradientTransform(init, update)


def covering_sums(gradient: tf.Tensor, by_axis: Tensors, decay: Any) -> tf.Tensor:
    """Return SM3's accumulator of each element, its new square included."""
    rank = gradient.shape.rank
    least = by_axis[0]
    if rank > 1:
        wide = [
            tf.reshape(values, [-1 if i == axis else 1 for i in range(rank)])
            for axis, values in enumerate(by_axis)
        ]
        least = wide[0]
        for other in wide[1:]:
            least = tf.minimum(least, other)
    kept = in_dtype(decay, gradient.dtype)
    added = tf.where(kept == 1, tf.ones_like(kept), 1 - kept)
    return added * tf.square(gradient) + kept * least


def maxima_by_axis(sums: tf.Tensor) -> Tensors:
    """Return the maxima along all other axes, one vector per axis."""
    rank = sums.shape.rank
    if rank < 2:
        return [sums]
    return [
        tf.reduce_max(sums, [axis for axis in range(rank) if axis != kept])
        for kept in range(rank)
    ]


class NovogradState(NamedTuple):
    """A counter, the momentum, one mean square per variable."""

    count: tf.Tensor
    mu: Tensors
    nu: Tensors


def scale_by_novograd(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.25,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
    weight_decay: ScheduleLike = 0.0,
) -> GradientTransform:
    """Divide each gradient by the root of its averaged norm; `optax`' of this name.

    `nu` averages the squared norm of the variable's gradient and starts at the first;
    `mu = b1 * mu + gradient / (sqrt(nu + eps_root) + eps) + weight_decay * variable`
    (Ginsburg and others, 2019).

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def init(variables: Variables) -> NovogradState:
        present = variables or ()
        nu = [tf.zeros([], variable.dtype) for variable in present]
        return NovogradState(new_count(True), zeros_like_each(present), nu)

    def update(
        gradients: Tensors,
        state: NovogradState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, NovogradState]:
        present = require_variables(variables)
        first, second, small, root, decay = values_at(
            state.count, b1, b2, eps, eps_root, weight_decay
        )
        squares = [tf.reduce_sum(tf.square(each)) for each in gradients]
        averaged = moving_average(squares, state.nu, second)
        nu = [
            tf.where(state.count == 0, square, mean)
            for square, mean in zip(squares, averaged, strict=True)
        ]
        mu = [
            cast_like(first, each) * before
            + each / (tf.sqrt(norm + cast_like(root, each)) + cast_like(small, each))
            + cast_like(decay, each) * tf.convert_to_tensor(variable)
            for each, before, norm, variable in zip(
                gradients, state.mu, nu, present, strict=True
            )
        ]
        return mu, NovogradState(state.count + 1, mu, nu)

    return GradientTransform(init, update)
