"""Muon's direction: momentum whose singular values are all about one."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correct_bias,
    moving_average,
    new_count,
    stateless,
    values_at,
    zeros_like_each,
)
from loopc_runtime.transforms.normalizing import l2_norm

NEWTON_SCHULZ = (3.4445, -4.775, 2.0315)


class MuonState(NamedTuple):
    """A counter of updates and the averaged gradients."""

    count: tf.Tensor
    mu: Tensors


def scale_by_muon(
    ns_steps: int = 5,
    beta: ScheduleLike = 0.95,
    eps: float = 1e-8,
    *,
    nesterov: bool = True,
    adaptive: bool = False,
) -> GradientTransform:
    """Orthogonalize the corrected momentum of matrices; `optax.contrib.scale_by_muon`.

    `ns_steps` Newton-Schulz iterations of the fifth order with Jordan's coefficients
    bring the singular values near 1. `adaptive` scales by the inner product of
    momentum and direction. What is no matrix gets its corrected momentum as it is: give
    it a chain of its own (`muon` does).
    """

    def init(variables: Variables) -> MuonState:
        return MuonState(new_count(True), zeros_like_each(variables or ()))

    def update(
        gradients: Tensors,
        state: MuonState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, MuonState]:
        (kept,) = values_at(state.count, beta)
        count = state.count + 1
        mu = moving_average(gradients, state.mu, kept)
        if nesterov:
            ahead = correct_bias(mu, kept, count + 1)
            mu_hat = moving_average(correct_bias(gradients, kept, count), ahead, kept)
        else:
            mu_hat = correct_bias(mu, kept, count)
        updates = orthogonalized_each(mu_hat, ns_steps, eps)
        if adaptive:
            updates = [
                tf.reduce_sum(mean * each) * each if each.shape.rank == 2 else each
                for mean, each in zip(mu_hat, updates, strict=True)
            ]
        return updates, MuonState(count, mu)

    return GradientTransform(init, update)


def orthogonalize(ns_steps: int = 5, eps: float = 1e-7) -> GradientTransform:
    """Orthogonalize matrices as they come, by Newton-Schulz; leave the rest alone."""

    def bring(gradients: Tensors, variables: Variables) -> Tensors:
        return orthogonalized_each(gradients, ns_steps, eps)

    return stateless(bring)


def scale_by_shape(consistent_rms: float | None = None) -> GradientTransform:
    """Scale the updates of matrices to their width, as optax' `muon` does.

    By `sqrt(max(1, columns / rows))`, or with `consistent_rms` by that times
    `sqrt(max(rows, columns))`.
    """

    def widen(gradients: Tensors, variables: Variables) -> Tensors:
        return [
            each * cast_like(width_factor(each.shape, consistent_rms), each)
            for each in gradients
        ]

    return stateless(widen)


def width_factor(shape: tf.TensorShape, consistent_rms: float | None) -> float:
    """Return the factor of a matrix of this shape; 1 for anything else."""
    if shape.rank != 2:
        return 1.0
    rows, columns = shape.as_list()
    if consistent_rms is None:
        return float(max(1.0, columns / rows) ** 0.5)
    return float(max(rows, columns) ** 0.5 * consistent_rms)


def orthogonalized_each(tensors: Tensors, ns_steps: int, eps: float) -> Tensors:
    """Orthogonalize the matrices among `tensors`."""
    return [
        newton_schulz(each, ns_steps, eps) if each.shape.rank == 2 else each
        for each in tensors
    ]


def newton_schulz(matrix: tf.Tensor, ns_steps: int, eps: float) -> tf.Tensor:
    """Return a matrix of about the same singular vectors, singular values near 1."""
    rows, columns = matrix.shape.as_list()
    wide = tf.transpose(matrix) if rows > columns else matrix
    wide = wide / (l2_norm(wide) + cast_like(eps, wide))
    first, second, third = (cast_like(c, wide) for c in NEWTON_SCHULZ)
    for _ in range(ns_steps):
        square = tf.matmul(wide, wide, transpose_b=True)
        mixed = second * square + tf.matmul(third * square, square)
        wide = first * wide + tf.matmul(mixed, wide)
    return tf.transpose(wide) if rows > columns else wide
