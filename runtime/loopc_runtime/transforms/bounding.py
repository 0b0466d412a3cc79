"""Transforms whose bound depends on the past, on the weights or on a chosen norm."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    new_count,
    require_variables,
    stateless,
)
from loopc_runtime.transforms.clipping import global_norm


def clip_by_block_rms(threshold: ScheduleLike) -> GradientTransform:
    """Shrink each gradient to a root mean square of at most `threshold`.

    `gradient / max(1, rms / threshold)`, `optax.clip_by_block_rms`.
    """

    def clip_blocks(gradients: Tensors, variables: Variables, bound: Any) -> Tensors:
        return [
            each / tf.maximum(cast_like(1.0, each), rms(each) / cast_like(bound, each))
            for each in gradients
        ]

    return stateless(clip_blocks, threshold)


def clip_by_p_norm(
    max_norm: ScheduleLike, norm_type: float = 2.0, eps: float = 1e-6
) -> GradientTransform:
    """Shrink all gradients together so that their joint p-norm is at most `max_norm`.

    `gradient * min(1, max_norm / (norm + eps))` with the norm of order `norm_type`
    (infinity included) over all elements: `torch.nn.utils.clip_grad_norm_`.

    Raises:
        ValueError: `norm_type` is not positive.
    """
    if norm_type <= 0.0:
        raise ValueError(f"A norm has a positive order; found {norm_type}.")

    def clip_together(gradients: Tensors, variables: Variables, bound: Any) -> Tensors:
        norm = joint_p_norm(gradients, norm_type)
        factor = cast_like(bound, norm) / (norm + cast_like(eps, norm))
        factor = tf.minimum(factor, cast_like(1.0, norm))
        return [cast_like(factor, each) * each for each in gradients]

    return stateless(clip_together, max_norm)


class PercentileState(NamedTuple):
    """A counter of updates and the latest norms, the oldest one overwritten next."""

    count: tf.Tensor
    norms: tf.Tensor


def clip_by_percentile(percentile: float, history: int = 100) -> GradientTransform:
    """Shrink all gradients together to a percentile of their latest global norms.

    The last `history` norms count, this one among them, with the linear interpolation
    of `numpy.percentile` (AutoClip: Seetharaman and others, 2020, who keep all norms).
    At percentile 100 nothing ever changes.

    Raises:
        ValueError: the percentile lies outside 0 .. 100, or `history` is not positive.
    """
    if not 0.0 <= percentile <= 100.0 or history < 1:
        raise ValueError(
            "A percentile lies in 0 .. 100 over a history of at least 1; found "
            f"percentile {percentile}, history {history}."
        )

    def init(variables: Variables) -> PercentileState:
        dtype = global_norm([tf.zeros([], v.dtype) for v in variables or ()]).dtype
        return PercentileState(new_count(True), tf.zeros([history], dtype))

    def update(
        gradients: Tensors,
        state: PercentileState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, PercentileState]:
        norm = tf.cast(global_norm(gradients), state.norms.dtype)
        places = tf.range(history, dtype=tf.int64)
        norms = tf.where(places == state.count % history, norm, state.norms)
        filled = tf.minimum(state.count + 1, history)
        bound = percentile_of(norms, filled, percentile)
        factor = tf.where(norm > bound, tf.math.divide_no_nan(bound, norm), 1.0)
        updates = [cast_like(factor, each) * each for each in gradients]
        return updates, PercentileState(state.count + 1, norms)

    return GradientTransform(init, update)


def adaptive_grad_clip(
    clipping: ScheduleLike, eps: ScheduleLike = 1e-3
) -> GradientTransform:
    """Clip the gradient of each unit to `clipping` times the norm of its weights.

    A unit is all weights that share the last axis (of a vector: the vector). Above
    `clipping * max(norm of weights, eps)` a gradient becomes `gradient * bound /
    max(norm, 1e-6)`: `optax.adaptive_grad_clip`, which for tensors of rank 3 takes
    units along the first axis only (Brock and others, 2021).

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def clip_units(
        gradients: Tensors, variables: Variables, factor: Any, small: Any
    ) -> Tensors:
        return [
            clip_unit(each, tf.convert_to_tensor(variable), factor, small)
            for each, variable in zip(
                gradients, require_variables(variables), strict=True
            )
        ]

    return stateless(clip_units, clipping, eps)


def clip_unit(
    gradient: tf.Tensor, weights: tf.Tensor, factor: Any, eps: Any
) -> tf.Tensor:
    """Clip the units of one gradient by those of its weights."""
    norm = unitwise_norm(gradient)
    bound = cast_like(factor, norm) * tf.maximum(
        unitwise_norm(weights), cast_like(eps, norm)
    )
    clipped = gradient * (bound / tf.maximum(norm, cast_like(1e-6, norm)))
    return tf.where(norm < bound, gradient, clipped)


def unitwise_norm(tensor: tf.Tensor) -> tf.Tensor:
    """Return the L2 norm over all axes but the last, of a vector over the only one.

    The reduced axes keep the length 1.
    """
    long_axes = sum(length != 1 for length in tensor.shape)
    axes = list(range(tensor.shape.rank - 1)) if long_axes > 1 else None
    return tf.sqrt(tf.reduce_sum(tf.square(tensor), axis=axes, keepdims=True))


def rms(tensor: tf.Tensor) -> tf.Tensor:
    """Return the root mean square of all elements, as a scalar."""
    return tf.sqrt(tf.reduce_mean(tf.square(tensor)))


def joint_p_norm(tensors: Tensors, order: float) -> tf.Tensor:
    """Return the norm of `order` of all elements together, in float32 at least."""
    if not tensors or order == 2.0:
        return global_norm(tensors)
    dtype = tf.float64 if any(t.dtype == tf.float64 for t in tensors) else tf.float32
    sizes = [tf.abs(tf.cast(each, dtype)) for each in tensors]
    if order == float("inf"):
        return tf.reduce_max(tf.stack([tf.reduce_max(each) for each in sizes]))
    power = tf.add_n([tf.reduce_sum(tf.pow(each, order)) for each in sizes])
    return tf.pow(power, 1.0 / order)


def percentile_of(values: tf.Tensor, filled: tf.Tensor, percentile: float) -> tf.Tensor:
    """Return a percentile of the first `filled` elements of a vector."""
    places = tf.range(values.shape[0], dtype=tf.int64)
    ordered = tf.sort(tf.where(places < filled, values, values.dtype.max))
    position = tf.cast(filled - 1, values.dtype) * (percentile / 100.0)
    below = tf.floor(position)
    low = tf.gather(ordered, tf.cast(below, tf.int64))
    high = tf.gather(ordered, tf.minimum(tf.cast(below, tf.int64) + 1, filled - 1))
    return low + (high - low) * (position - below)
