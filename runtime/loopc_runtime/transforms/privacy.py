"""Gradients of single examples: clipped one by one, and private."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.random import random_normal
from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    cast_like,
    chain,
    stateless,
    wide_dtype,
)
from loopc_runtime.transforms.elementary import scale_by_learning_rate
from loopc_runtime.transforms.named_momentum import optional_trace


def per_example_global_norm_clip(l2_norm_clip: ScheduleLike) -> GradientTransform:
    """Shrink the gradient of every example to a largest norm, and take the mean.

    `mean_i(g_i min(1, c / |g_i|))`: what `optax.per_example_global_norm_clip` sums up.
    Needs gradients with a leading axis of examples.
    """

    def clipped_mean(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, bound: Any
    ) -> Tensors:
        if not gradients:
            return []
        examples = gradients[0].shape[0]
        sums = clipped_sums(
            gradients, [bound] * len(gradients), example_norms(gradients)
        )
        return [each / examples for each in sums]

    return stateless(clipped_mean, l2_norm_clip)


def per_example_layer_norm_clip(
    global_l2_norm_clip: ScheduleLike, uniform: bool = True
) -> GradientTransform:
    """Shrink every tensor of every example's gradient on its own; take the mean.

    The bounds' squares sum to that of `global_l2_norm_clip`: equal ones if `uniform`,
    else by the number of elements. What `optax.per_example_layer_norm_clip` sums up.
    """

    def clipped_mean(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, bound: Any
    ) -> Tensors:
        if not gradients:
            return []
        examples = gradients[0].shape[0]
        sizes = [float(each.shape[1:].num_elements()) for each in gradients]
        shares = [1.0 / len(sizes) if uniform else s / sum(sizes) for s in sizes]
        results = []
        for each, share in zip(gradients, shares, strict=True):
            (total,) = clipped_sums([each], [bound * share**0.5], example_norms([each]))
            results.append(total / examples)
        return results

    return stateless(clipped_mean, global_l2_norm_clip)


def differentially_private_aggregate(
    l2_norm_clip: ScheduleLike, noise_multiplier: ScheduleLike = 1.0
) -> GradientTransform:
    """Clip the gradient of every example, add noise to their sum, take the mean.

    DP-SGD (Abadi and others, 2016): normal noise of deviation `l2_norm_clip *
    noise_multiplier`. Draws are functions of the seed and the step.
    """

    def private_mean(
        gradients: Tensors,
        variables: Sequence[tf.Variable] | None,
        bound: Any,
        multiplier: Any,
    ) -> Tensors:
        if not gradients:
            return []
        examples = gradients[0].shape[0]
        deviation = bound * multiplier
        sums = clipped_sums(
            gradients, [bound] * len(gradients), example_norms(gradients)
        )
        return [
            (each + cast_like(deviation, each) * noise_like(each)) / examples
            for each in sums
        ]

    return stateless(private_mean, l2_norm_clip, noise_multiplier)


def dpsgd(
    learning_rate: ScheduleLike,
    l2_norm_clip: ScheduleLike,
    noise_multiplier: ScheduleLike = 1.0,
    momentum: ScheduleLike = 0.0,
    nesterov: bool = False,
) -> GradientTransform:
    """Descend by `differentially_private_aggregate`, with momentum; `optax.dpsgd`."""
    return chain(
        differentially_private_aggregate(l2_norm_clip, noise_multiplier),
        optional_trace(momentum, nesterov),
        scale_by_learning_rate(learning_rate),
    )


def example_norms(gradients: Tensors) -> tf.Tensor:
    """Return the norm of the whole gradient of each example, `[examples]`.

    In float32, or float64 where one of the gradients is.
    """
    dtype = wide_dtype(gradients)
    squares = [
        tf.reduce_sum(tf.square(tf.cast(each, dtype)), range(1, len(each.shape)))
        for each in gradients
    ]
    return tf.sqrt(tf.add_n(squares))


def clipped_sums(
    gradients: Tensors, bounds: Sequence[Any], norms: tf.Tensor
) -> Tensors:
    """Shrink the gradients of each example to norm `bounds`, and add them up."""
    results = []
    for each, bound in zip(gradients, bounds, strict=True):
        limit = cast_like(bound, norms)
        factors = tf.where(norms > limit, tf.math.divide_no_nan(limit, norms), 1.0)
        results.append(tf.tensordot(tf.cast(factors, each.dtype), each, 1))
    return results


def noise_like(tensor: tf.Tensor) -> tf.Tensor:
    """Return standard normal numbers in the shape and dtype of `tensor`."""
    draws = random_normal(tensor.shape, "differentially_private_aggregate")
    return tf.cast(draws, tensor.dtype)
