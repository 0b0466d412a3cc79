"""Combining the gradients of several objectives by their directions."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.random import random_uniform
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    require_variables,
)
from loopc_runtime.transforms.task_base import by_products, is_shared, lengths


def pcgrad(tasks: int) -> GradientTransform:
    """Take out of each gradient what points against another; add up the rest.

    Yu and others, 2020: for every objective, over the others in random order, `g_i -=
    (g_i . g_j) / |g_j|^2 g_j` where the product is negative.
    """

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        squares = tf.square(lengths(products))
        total = tf.zeros([tasks], tf.float32)
        for task in range(tasks):
            mix = tf.one_hot(task, tasks)
            for other in others_at_random(task, tasks, "pcgrad"):
                along = tf.tensordot(mix, tf.gather(products, other), 1)
                against = tf.minimum(along, 0.0) / tf.gather(squares, other)
                mix -= against * tf.one_hot(other, tasks)
            total += mix
        return total, state

    return by_products(find)


def gradvac(tasks: int, beta: float = 0.5) -> GradientTransform:
    """Turn each gradient towards another until their cosine is what it usually is.

    Wang and others, 2021: the target of every pair is the moving average of its
    cosines; `beta` is the weight of the newest. A gradient of 0 has the cosine 0, turns
    no other and is not turned.
    """

    def init(variables: Sequence[tf.Variable]) -> State:
        return tf.zeros([tasks, tasks], tf.float32)

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        squares = tf.linalg.diag_part(products)
        total = tf.zeros([tasks], tf.float32)
        for task in range(tasks):
            mix = tf.one_hot(task, tasks)
            for other in others_at_random(task, tasks, "gradvac"):
                here = tf.one_hot(task, tasks)[:, None] * tf.one_hot(other, tasks)
                target = tf.reduce_sum(here * state)
                row = tf.linalg.matvec(products, mix)
                own, length = tf.tensordot(mix, row, 1), tf.gather(squares, other)
                norms = tf.sqrt(tf.maximum(own * length, 0.0))
                cosine = tf.math.divide_no_nan(tf.gather(row, other), norms)
                ratio = tf.math.divide_no_nan(norms, length)
                share = tf.where(norms > 0, turned_by(cosine, target) * ratio, 0.0)
                mix += share * tf.one_hot(other, tasks)
                state += here * beta * (cosine - target)
            total += mix
        return total, state

    return by_products(find, init)


def turned_by(cosine: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Return how much of a unit vector raises `cosine` with it to `target`; 0 above."""
    across = tf.sqrt(tf.maximum(1.0 - tf.square(cosine), 0.0))
    wished = tf.sqrt(tf.maximum(1.0 - tf.square(target), 1e-12))
    share = (target * across - cosine * wished) / wished
    return tf.where(cosine < target, share, 0.0)


def others_at_random(task: int, tasks: int, site: str) -> list[tf.Tensor]:
    """Return the numbers of all other objectives, as scalars in a random order."""
    rest = [other for other in range(tasks) if other != task]
    order = tf.argsort(random_uniform([len(rest)], site))
    return tf.unstack(tf.gather(tf.constant(rest, tf.int32), order), num=len(rest))


def graddrop(tasks: int, leak: float = 0.0) -> GradientTransform:
    """Keep, element by element, only the gradients of one sign, chosen at random.

    Chen and others, 2020, on the gradients of the shared variables: the positive sign
    with probability `(1 + sum(g) / sum(|g|)) / 2`. `leak` of what is dropped stays.
    """

    def init(variables: Sequence[tf.Variable]) -> State:
        return ()

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        pairs = zip(gradients, require_variables(variables), strict=True)
        return [
            one_sign(each, leak) if is_shared(each, variable) else each
            for each, variable in pairs
        ], state

    return GradientTransform(init, update)


def one_sign(gradient: tf.Tensor, leak: float) -> tf.Tensor:
    """Add up the elements of the sign that is drawn, and `leak` of the others."""
    total = tf.reduce_sum(gradient, axis=0)
    purity = tf.math.divide_no_nan(total, tf.reduce_sum(tf.abs(gradient), axis=0))
    draws = tf.cast(random_uniform(total.shape, "graddrop"), gradient.dtype)
    positive = 0.5 * (1.0 + purity) > draws
    kept = tf.equal(gradient > 0, positive)
    return tf.reduce_sum(tf.where(kept, gradient, leak * gradient), axis=0)


def imtl(tasks: int) -> GradientTransform:
    """Weigh so that the sum has the same projection on every gradient's direction.

    IMTL-G of Liu and others, 2021: the closed form, whose weights sum to 1.
    """

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        along = products / lengths(products)[None, :]  # of g_i on the unit of g_j
        differences = along[:, :1] - along[:, 1:]  # [i, k]: on u_1 less on u_k
        system = tf.transpose(differences[:1] - differences[1:])
        rest = solved(system, differences[0])
        return tf.concat([1.0 - tf.reduce_sum(rest, keepdims=True), rest], 0), state

    return by_products(find)


def solved(matrix: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Solve a small linear system by least squares, kept away from singular."""
    count = matrix.shape[0]
    square = tf.matmul(matrix, matrix, transpose_a=True)
    ridge = 1e-12 * tf.linalg.trace(square) + 1e-30
    factor = tf.linalg.cholesky(square + ridge * tf.eye(count))
    projected = tf.linalg.matvec(matrix, right, transpose_a=True)
    return tf.linalg.cholesky_solve(factor, projected[:, None])[:, 0]


def aligned_mtl(tasks: int) -> GradientTransform:
    """Make the gradients orthogonal and equally long, as long as the least direction.

    Senushkin and others, 2023: the inner products are replaced by the smallest
    eigenvalue above rounding times the identity.
    """

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        spectrum, vectors = tf.linalg.eigh(products)
        largest = tf.reduce_max(spectrum)
        counts = spectrum > largest * tasks * 1.2e-7
        least = tf.reduce_min(tf.where(counts, spectrum, largest))
        roots = tf.where(counts, tf.sqrt(least / tf.maximum(spectrum, 1e-30)), 0.0)
        return tf.linalg.matvec(vectors, roots * tf.reduce_sum(vectors, axis=0)), state

    return by_products(find)
