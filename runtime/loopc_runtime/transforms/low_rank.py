"""GaLore: Adam on projections of the gradients to a low rank."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.adam import scale_by_adam
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    Variables,
    cast_like,
    new_count,
    zeros_like_each,
)
from loopc_runtime.transforms.newton_schulz import with_kernels_as_matrices


class GaloreState(NamedTuple):
    """A counter, the state of Adam on projected gradients, the projections."""

    count: tf.Tensor
    inner: State
    projections: Tensors


def scale_by_galore(
    rank: int = 128,
    update_proj_gap: int = 200,
    scale: float = 1.0,
    *,
    flatten_kernels: bool = False,
) -> GradientTransform:
    """Let Adam see a matrix' gradient through `rank` singular vectors; `optax.contrib`.

    Every `update_proj_gap` updates the leading left (tall matrices) or right singular
    vectors of the gradient become the projection; Adam's direction is projected back
    and multiplied by `scale` (Zhao and others, 2024). With `flatten_kernels` kernels of
    more axes are matrices whose columns are the units. What is no matrix goes through
    Adam alone, without `scale`.

    Raises:
        ValueError: `rank` or `update_proj_gap` is less than 1.
    """
    if rank < 1 or update_proj_gap < 1:
        raise ValueError(
            f"GaLore counts from 1; found rank {rank}, gap {update_proj_gap}."
        )
    adam = scale_by_adam()

    def init(variables: Variables) -> GaloreState:
        zeros = zeros_like_each(variables or ())
        projections = [
            tf.zeros(projection_shape(each.shape, rank), each.dtype) for each in zeros
        ]
        pairs = zip(zeros, projections, strict=True)
        seen = [projected_down(each, basis) for each, basis in pairs]
        return GaloreState(new_count(True), adam.init(seen), projections)

    def update(
        gradients: Tensors,
        state: GaloreState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, GaloreState]:
        due = state.count % update_proj_gap == 0
        bases = [
            refreshed(due, each, basis, rank)
            for each, basis in zip(gradients, state.projections, strict=True)
        ]
        seen = [
            projected_down(each, basis)
            for each, basis in zip(gradients, bases, strict=True)
        ]
        directions, inner = adam.update(seen, state.inner)
        updates = [
            projected_up(direction, basis, each, scale)
            for direction, basis, each in zip(directions, bases, gradients, strict=True)
        ]
        return updates, GaloreState(state.count + 1, inner, bases)

    rule = GradientTransform(init, update)
    return with_kernels_as_matrices(rule) if flatten_kernels else rule


def projection_shape(shape: tf.TensorShape, rank: int) -> list[int]:
    """Return the shape of the projection of a variable; none where it is no matrix."""
    if len(shape) != 2:
        return [0, 0]
    return [max(shape), min(rank, *shape)]


def refreshed(
    due: tf.Tensor, gradient: tf.Tensor, basis: tf.Tensor, rank: int
) -> tf.Tensor:
    """Return the leading singular vectors of the longer side if they are due."""
    if gradient.shape.rank != 2:
        return basis
    kept = basis.shape[1]

    def decompose() -> tf.Tensor:
        wide = gradient if gradient.dtype.size >= 4 else tf.cast(gradient, tf.float32)
        _, left, right = tf.linalg.svd(wide)
        tall = gradient.shape[0] >= gradient.shape[1]
        return tf.cast((left if tall else right)[:, :kept], basis.dtype)

    return tf.cond(due, decompose, lambda: basis)


def projected_down(gradient: tf.Tensor, basis: tf.Tensor) -> tf.Tensor:
    """Return the matrix in coordinates of the basis, anything else as it is."""
    if gradient.shape.rank != 2:
        return gradient
    if gradient.shape[0] >= gradient.shape[1]:
        return tf.matmul(basis, gradient, transpose_a=True)
    return tf.matmul(gradient, basis)


def projected_up(
    direction: tf.Tensor, basis: tf.Tensor, gradient: tf.Tensor, scale: float
) -> tf.Tensor:
    """Return the direction in the coordinates of the gradient, matrices scaled."""
    if gradient.shape.rank != 2:
        return direction
    factor = cast_like(scale, gradient)
    if gradient.shape[0] >= gradient.shape[1]:
        return factor * tf.matmul(basis, direction)
    return factor * tf.matmul(direction, basis, transpose_b=True)
