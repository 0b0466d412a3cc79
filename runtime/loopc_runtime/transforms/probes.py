"""Measurements at a point of a chain, which change nothing."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import GradientTransform, Tensors, require_variables
from loopc_runtime.transforms.clipping import global_norm
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.hooks import Hooks
from loopc_runtime.transforms.task_base import inner_products, is_shared, lengths

Measures = dict[str, tf.Tensor]


class ProbeState(NamedTuple):
    """What was measured at the last step, in the order of the measures."""

    values: Tensors


def probe(name: str, measures: Sequence[str]) -> GradientTransform:
    """Note what passes here, and pass it on unchanged.

    `norm` is the norm of all gradients together, `max` the largest absolute element,
    `ratio` that norm in units of the norm of the variables, `cosine` the mean cosine
    between the gradients of several objectives, where there still are several. The
    shell's `probed("NAME/norm")` reads them.
    """

    def init(variables: Sequence[tf.Variable]) -> ProbeState:
        return ProbeState([tf.zeros([], tf.float32) for _ in measures])

    def update(
        gradients: Tensors,
        state: ProbeState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, ProbeState]:
        present = require_variables(variables)
        found = [measured(each, gradients, present) for each in measures]
        return gradients, ProbeState(found)

    def probed(state: ProbeState) -> Measures:
        pairs = zip(measures, state.values, strict=True)
        return {f"{name}/{measure}": value for measure, value in pairs}

    return GradientTransform(init, update, Hooks(probed=probed))


def measured(
    measure: str, gradients: Tensors, variables: Sequence[tf.Variable]
) -> tf.Tensor:
    """Return one measure of the gradients, a float32 scalar.

    Raises:
        ValueError: there is no such measure.
    """
    if measure == "norm":
        return tf.cast(global_norm(gradients), tf.float32)
    if measure == "max":
        largest = [tf.reduce_max(tf.abs(tf.cast(g, tf.float32))) for g in gradients]
        return tf.reduce_max(tf.stack(largest))
    if measure == "ratio":
        weights = tf.cast(global_norm(values_of(variables)), tf.float32)
        norm = tf.cast(global_norm(gradients), tf.float32)
        return tf.math.divide_no_nan(norm, weights)
    if measure == "cosine":
        return mean_cosine(gradients, variables)
    raise ValueError(f"A probe measures no {measure!r}: norm, max, ratio or cosine.")


def mean_cosine(gradients: Tensors, variables: Sequence[tf.Variable]) -> tf.Tensor:
    """Return the mean cosine between the objectives' gradients; 1 for one objective."""
    pairs = zip(gradients, variables, strict=True)
    if not any(is_shared(each, variable) for each, variable in pairs):
        return tf.ones([], tf.float32)
    products = inner_products(gradients, variables)
    norms = lengths(products)
    cosines = products / (norms[:, None] * norms[None, :])
    count = products.shape[0]
    total = tf.reduce_sum(cosines) - tf.linalg.trace(cosines)
    return total / (count * (count - 1))
