"""Transforms that bring gradients to a norm, a mean or finite values."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Mask,
    Tensors,
    Variables,
    cast_like,
    require_variables,
    resolve_mask,
    stateless,
)
from loopc_runtime.transforms.bounding import rms
from loopc_runtime.transforms.clipping import global_norm


def normalize() -> GradientTransform:
    """Divide all gradients by their joint L2 norm; `optax.contrib.normalize`.

    Zero gradients become NaN, as there.
    """

    def divide(gradients: Tensors, variables: Variables) -> Tensors:
        norm = global_norm(gradients)
        return [each / cast_like(norm, each) for each in gradients]

    return stateless(divide)


def normalize_by_update_norm(
    scale_factor: ScheduleLike = 1.0, eps: ScheduleLike = 1e-6
) -> GradientTransform:
    """Multiply by `scale_factor / (norm + eps)`; `optax.normalize_by_update_norm`."""

    def divide(
        gradients: Tensors, variables: Variables, factor: Any, small: Any
    ) -> Tensors:
        norm = global_norm(gradients)
        divisor = (norm + cast_like(small, norm)) / cast_like(factor, norm)
        return [each / cast_like(divisor, each) for each in gradients]

    return stateless(divide, scale_factor, eps)


def centralize() -> GradientTransform:
    """Subtract from the gradient of each unit its mean (Yong and others, 2020).

    Kernels of Keras have their units on the last axis, so the mean is taken over all
    others; `optax.centralize` keeps the first axis, where Flax' transposed kernels
    would have them. Vectors and scalars stay as they are.
    """

    def subtract(gradients: Tensors, variables: Variables) -> Tensors:
        return [
            (
                each - tf.reduce_mean(each, list(range(each.shape.rank - 1)), True)
                if each.shape.rank > 1
                else each
            )
            for each in gradients
        ]

    return stateless(subtract)


class ZeroNansState(NamedTuple):
    """For each variable, whether its latest gradient held a NaN."""

    found_nan: Tensors


def zero_nans() -> GradientTransform:
    """Replace NaN by 0 and record where there was one; `optax.zero_nans`.

    Infinite elements stay.
    """

    def init(variables: Variables) -> ZeroNansState:
        return ZeroNansState([tf.constant(False) for _ in variables or ()])

    def update(
        gradients: Tensors,
        state: ZeroNansState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, ZeroNansState]:
        missing = [tf.math.is_nan(each) for each in gradients]
        updates = [
            tf.where(absent, tf.zeros_like(each), each)
            for absent, each in zip(missing, gradients, strict=True)
        ]
        return updates, ZeroNansState([tf.reduce_any(absent) for absent in missing])

    return GradientTransform(init, update)


def scale_by_param_block_norm(min_scale: ScheduleLike = 1e-3) -> GradientTransform:
    """Multiply by the L2 norm of the variable; `optax.scale_by_param_block_norm`.

    A norm below `min_scale` counts as `min_scale`.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def multiply(gradients: Tensors, variables: Variables, least: Any) -> Tensors:
        return [
            each * tf.maximum(l2_norm(variable), cast_like(least, each))
            for each, variable in zip(
                gradients, require_variables(variables), strict=True
            )
        ]

    return stateless(multiply, min_scale)


def scale_by_param_block_rms(min_scale: ScheduleLike = 1e-3) -> GradientTransform:
    """Multiply by the variable's root mean square; `optax.scale_by_param_block_rms`.

    A root mean square below `min_scale` counts as `min_scale`.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def multiply(gradients: Tensors, variables: Variables, least: Any) -> Tensors:
        return [
            each
            * tf.maximum(rms(tf.convert_to_tensor(variable)), cast_like(least, each))
            for each, variable in zip(
                gradients, require_variables(variables), strict=True
            )
        ]

    return stateless(multiply, min_scale)


def scale_by_trust_ratio(
    min_norm: ScheduleLike = 0.0,
    trust_coefficient: ScheduleLike = 1.0,
    eps: ScheduleLike = 0.0,
    mask: Mask | None = None,
) -> GradientTransform:
    """Give each update the norm of its variable; `optax.scale_by_trust_ratio`.

    `update * trust_coefficient * norm(variable) / (norm(update) + eps)`, norms below
    `min_norm` counting as that; the update stays where one of the norms is 0. `mask`
    says which variables are scaled, as in `add_decayed_weights`.

    Raises (from `update`):
        ValueError: no variables were given, or the mask does not fit them.
    """

    def multiply(
        gradients: Tensors, variables: Variables, least: Any, trust: Any, small: Any
    ) -> Tensors:
        present = require_variables(variables)
        scaled = resolve_mask(mask, present, len(gradients))
        return [
            trusted(each, variable, least, trust, small) if chosen else each
            for each, variable, chosen in zip(gradients, present, scaled, strict=True)
        ]

    return stateless(multiply, min_norm, trust_coefficient, eps)


def trusted(
    update: tf.Tensor, variable: tf.Variable, least: Any, trust: Any, eps: Any
) -> tf.Tensor:
    """Scale one update by its trust ratio."""
    weight = tf.maximum(l2_norm(variable), cast_like(least, update))
    length = tf.maximum(l2_norm(update), cast_like(least, update))
    ratio = cast_like(trust, update) * weight / (length + cast_like(eps, update))
    degenerate = tf.logical_or(weight == 0, length == 0)
    return update * tf.where(degenerate, tf.ones_like(ratio), ratio)


def l2_norm(tensor: tf.Tensor | tf.Variable) -> tf.Tensor:
    """Return the L2 norm of one tensor in its own dtype."""
    return tf.sqrt(tf.reduce_sum(tf.square(tf.convert_to_tensor(tensor))))
