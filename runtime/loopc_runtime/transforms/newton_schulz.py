"""Matrices with singular values near 1 in place of given ones, by iteration."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    Variables,
    cast_like,
    in_dtype,
)
from loopc_runtime.transforms.normalizing import l2_norm

Coefficients = Sequence[Sequence[float]]  # of one iteration each, or of all
NEWTON_SCHULZ = ((3.4445, -4.775, 2.0315),)
# One triple for each of five iterations (Ahn and others, 2025).
DION = (
    (4.0848, -6.8946, 2.9270),
    (3.9505, -6.3029, 2.6377),
    (3.7418, -5.5913, 2.3037),
    (2.8769, -3.1427, 1.2046),
    (2.8366, -3.0525, 1.2012),
)
PRECONDITIONING = ("frobenius", "spectral", "aol", "schatten", "clamped")


def coefficients_of(ns_coeffs: str | Coefficients, ns_steps: int) -> Coefficients:
    """Return the polynomial of each iteration: one for all, or the last of many.

    Raises:
        ValueError: an unknown name, or fewer polynomials than iterations.
    """
    named: dict[str, Coefficients] = {"standard": NEWTON_SCHULZ, "dion": DION}
    if isinstance(ns_coeffs, str):
        if ns_coeffs not in named:
            raise ValueError(f"Unknown coefficients {ns_coeffs!r}: standard or dion.")
        ns_coeffs = named[ns_coeffs]
    if len(ns_coeffs) == 1:
        return [*ns_coeffs] * ns_steps
    if len(ns_coeffs) < ns_steps:
        raise ValueError(f"{ns_steps} iterations need as many coefficients.")
    return ns_coeffs[len(ns_coeffs) - ns_steps :]


def newton_schulz(
    matrix: tf.Tensor,
    coefficients: Coefficients,
    eps: float,
    preconditioning: str = "frobenius",
) -> tf.Tensor:
    """Return a matrix of about the same singular vectors, singular values near 1.

    One iteration for each of `coefficients`. Before the first the matrix is divided by
    its Frobenius or spectral norm and `eps`, or in it rescaled by row sums (`aol`) or
    by the norm of its square (`schatten`). `clamped` is the Frobenius norm, at least
    `eps`, as in torch.

    Raises:
        ValueError: an unknown preconditioning.
    """
    if preconditioning not in PRECONDITIONING:
        raise ValueError(
            f"Unknown preconditioning {preconditioning!r}; known: "
            f"{', '.join(PRECONDITIONING)}."
        )
    rows, columns = matrix.shape.as_list()
    wide = tf.transpose(matrix) if rows > columns else matrix
    wide = within_bounds(wide, eps, preconditioning)
    for first, second, third in coefficients:
        square = tf.matmul(wide, wide, transpose_b=True)
        mixed = in_dtype(second, wide.dtype) * square + tf.matmul(
            in_dtype(third, wide.dtype) * square, square
        )
        wide = in_dtype(first, wide.dtype) * wide + tf.matmul(mixed, wide)
    return tf.transpose(wide) if rows > columns else wide


def within_bounds(wide: tf.Tensor, eps: float, preconditioning: str) -> tf.Tensor:
    """Return the matrix scaled so that no singular value exceeds 1."""
    small = cast_like(eps, wide)
    if preconditioning == "frobenius":
        return wide / (l2_norm(wide) + small)
    if preconditioning == "clamped":
        return wide / tf.maximum(l2_norm(wide), small)
    if preconditioning == "spectral":
        single = wide if wide.dtype.size >= 4 else tf.cast(wide, tf.float32)
        largest = tf.reduce_max(tf.linalg.svd(single, compute_uv=False))
        return wide / (tf.cast(largest, wide.dtype) + small)
    square = tf.matmul(wide, wide, transpose_b=True)
    least = cast_like(1e-8, wide)
    if preconditioning == "aol":
        sums = tf.reduce_sum(tf.abs(square), axis=-1, keepdims=True)
        return wide * tf.math.rsqrt(tf.maximum(sums, least))
    return wide * tf.math.rsqrt(tf.maximum(l2_norm(square), least))


def with_kernels_as_matrices(inner: GradientTransform) -> GradientTransform:
    """Let `inner` see what has more than two axes as a matrix: all but the last, last.

    In Keras' layout the last axis of a kernel counts the units. State has the shapes
    that `inner` sees.
    """

    def init(variables: Variables) -> State:
        return inner.init(as_matrices(variables or ()))

    def update(
        gradients: Tensors, state: State, variables: Variables = None, **extra: Any
    ) -> tuple[Tensors, State]:
        seen = None if variables is None else as_matrices(variables)
        updates, after = inner.update(as_matrices(gradients), state, seen, **extra)
        return [
            tf.reshape(update, each.shape)
            for update, each in zip(updates, gradients, strict=True)
        ], after

    return GradientTransform(init, update)


def as_matrices(tensors: Sequence[tf.Variable | tf.Tensor]) -> Tensors:
    """Return each tensor of more than two axes as a matrix, the others as they are."""
    return [
        (
            tf.reshape(each, [-1, each.shape[-1]])
            if len(each.shape) > 2
            else tf.convert_to_tensor(each)
        )
        for each in tensors
    ]
