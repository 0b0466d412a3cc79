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
from loopc_runtime.transforms.newton_schulz import (
    Coefficients,
    coefficients_of,
    newton_schulz,
    with_kernels_as_matrices,
)


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
    preconditioning: str = "frobenius",
    ns_coeffs: str | Coefficients = "standard",
    flatten_kernels: bool = False,
) -> GradientTransform:
    """Orthogonalize the corrected momentum of matrices; `optax.contrib.scale_by_muon`.

    `ns_steps` Newton-Schulz iterations of the fifth order, with Jordan's coefficients
    or those of Dion, bring the singular values near 1; `preconditioning` says how a
    matrix is scaled before (see `newton_schulz`). `adaptive` scales by the inner
    product of momentum and direction. With `flatten_kernels` kernels of more axes are
    matrices whose columns are the units. What is no matrix gets its corrected momentum
    as it is: give it a chain of its own (`muon` does).

    Raises:
        ValueError: unknown coefficients; from `update`: unknown preconditioning.
    """
    coefficients = coefficients_of(ns_coeffs, ns_steps)

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
        updates = orthogonalized_each(mu_hat, coefficients, eps, preconditioning)
        if adaptive:
            updates = [
                tf.reduce_sum(mean * each) * each if each.shape.rank == 2 else each
                for mean, each in zip(mu_hat, updates, strict=True)
            ]
        return updates, MuonState(count, mu)

    rule = GradientTransform(init, update)
    return with_kernels_as_matrices(rule) if flatten_kernels else rule


def orthogonalize(
    ns_steps: int = 5,
    eps: float = 1e-7,
    *,
    preconditioning: str = "frobenius",
    ns_coeffs: str | Coefficients = "standard",
    flatten_kernels: bool = False,
) -> GradientTransform:
    """Orthogonalize matrices as they come, by Newton-Schulz; leave the rest alone.

    The options are those of `scale_by_muon`.

    Raises:
        ValueError: unknown coefficients; from `update`: unknown preconditioning.
    """
    coefficients = coefficients_of(ns_coeffs, ns_steps)

    def bring(gradients: Tensors, variables: Variables) -> Tensors:
        return orthogonalized_each(gradients, coefficients, eps, preconditioning)

    rule = stateless(bring)
    return with_kernels_as_matrices(rule) if flatten_kernels else rule


def scale_by_shape(
    consistent_rms: float | None = None, *, flatten_kernels: bool = False
) -> GradientTransform:
    """Scale the updates of matrices to their width, as optax' `muon` does.

    By `sqrt(max(1, columns / rows))`, or by `consistent_rms` times `sqrt(max(rows,
    columns))`. With `flatten_kernels` kernels of more axes count as matrices.
    """

    def widen(gradients: Tensors, variables: Variables) -> Tensors:
        return [
            each * cast_like(width_factor(each.shape, consistent_rms), each)
            for each in gradients
        ]

    rule = stateless(widen)
    return with_kernels_as_matrices(rule) if flatten_kernels else rule


def width_factor(shape: tf.TensorShape, consistent_rms: float | None) -> float:
    """Return the factor of a matrix of this shape; 1 for anything else."""
    if shape.rank != 2:
        return 1.0
    rows, columns = shape.as_list()
    if consistent_rms is None:
        return float(max(1.0, columns / rows) ** 0.5)
    return float(max(rows, columns) ** 0.5 * consistent_rms)


def orthogonalized_each(
    tensors: Tensors, coefficients: Coefficients, eps: float, preconditioning: str
) -> Tensors:
    """Orthogonalize the matrices among `tensors`."""
    return [
        (
            newton_schulz(each, coefficients, eps, preconditioning)
            if each.shape.rank == 2
            else each
        )
        for each in tensors
    ]
