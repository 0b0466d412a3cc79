"""Transforms that end a chain: after their step the variables lie in a given set."""

from collections.abc import Callable

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    require_variables,
    stateless,
)
from loopc_runtime.transforms.clipping import global_norm
from loopc_runtime.transforms.flat import concatenated

Projection = Callable[[Tensors], Tensors]
Direction = float | Tensors


def projected(project: Projection, each: bool) -> GradientTransform:
    """Make the update `project(variables + updates) - variables`.

    With `each` every tensor is projected by itself, else all of them as one vector.
    What is left of rounding may be one digit of the variable's last place.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def move(gradients: Tensors, variables: Variables) -> Tensors:
        present = [tf.convert_to_tensor(v) for v in require_variables(variables)]
        moved = [
            variable + update
            for variable, update in zip(present, gradients, strict=True)
        ]
        if each:
            placed = [project([tensor])[0] for tensor in moved]
        else:
            placed = project(moved) if moved else []
        return [
            target - variable for target, variable in zip(placed, present, strict=True)
        ]

    return stateless(move)


def keep_params_nonnegative() -> GradientTransform:
    """Stop at 0 whatever would become negative; `optax.keep_params_nonnegative`.

    It must be last in the chain.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def stop(gradients: Tensors, variables: Variables) -> Tensors:
        present = [tf.convert_to_tensor(v) for v in require_variables(variables)]
        return [
            tf.where(variable + update < 0, -variable, update)
            for variable, update in zip(present, gradients, strict=True)
        ]

    return stateless(stop)


def projection_non_negative() -> GradientTransform:
    """Project onto the elements that are at least 0."""
    return projected(lambda values: [tf.nn.relu(v) for v in values], each=True)


def projection_box(lower: float, upper: float) -> GradientTransform:
    """Project onto the box `lower .. upper` in every element."""

    def project(values: Tensors) -> Tensors:
        return [
            tf.clip_by_value(v, cast_like(lower, v), cast_like(upper, v))
            for v in values
        ]

    return projected(project, each=True)


def projection_hypercube(scale: float = 1.0) -> GradientTransform:
    """Project onto the box `0 .. scale` in every element."""
    return projection_box(0.0, scale)


def projection_linf_ball(scale: float = 1.0) -> GradientTransform:
    """Project onto the elements of magnitude at most `scale`."""
    return projection_box(-scale, scale)


def projection_simplex(scale: float = 1.0, each: bool = False) -> GradientTransform:
    """Project onto non-negative elements that sum to `scale`.

    By sorting (Duchi and others, 2008), as `optax.projections.projection_simplex`.
    """
    return projected(
        lambda values: as_one_vector(values, lambda v: onto_simplex(v, scale)), each
    )


def projection_l1_sphere(scale: float = 1.0, each: bool = False) -> GradientTransform:
    """Project onto elements whose magnitudes sum to `scale`."""
    return projected(
        lambda values: as_one_vector(values, lambda v: onto_l1_sphere(v, scale)), each
    )


def projection_l1_ball(scale: float = 1.0, each: bool = False) -> GradientTransform:
    """Project onto elements whose magnitudes sum to at most `scale`."""

    def inside(vector: tf.Tensor) -> tf.Tensor:
        fits = tf.reduce_sum(tf.abs(vector)) <= cast_like(scale, vector)
        return tf.where(fits, vector, onto_l1_sphere(vector, scale))

    return projected(lambda values: as_one_vector(values, inside), each)


def projection_l2_sphere(scale: float = 1.0, each: bool = False) -> GradientTransform:
    """Give the variables the L2 norm `scale`; NaN where their norm is 0."""

    def project(values: Tensors) -> Tensors:
        norm = global_norm(values)
        return [v * cast_like(cast_like(scale, norm) / norm, v) for v in values]

    return projected(project, each)


def projection_l2_ball(scale: float = 1.0, each: bool = False) -> GradientTransform:
    """Shrink the variables to an L2 norm of at most `scale`."""

    def project(values: Tensors) -> Tensors:
        norm = global_norm(values)
        factor = cast_like(scale, norm) / tf.maximum(norm, cast_like(scale, norm))
        return [v * cast_like(factor, v) for v in values]

    return projected(project, each)


def projection_vector(a: Direction, each: bool = False) -> GradientTransform:
    """Project onto the line through 0 along `a`: a number stands for it everywhere."""

    def project(values: Tensors) -> Tensors:
        along = direction_tensors(a, values)
        factor = inner_product(values, along) / inner_product(along, along)
        return [cast_like(factor, one) * one for one in along]

    return projected(project, each)


def projection_hyperplane(
    a: Direction, b: float, each: bool = False
) -> GradientTransform:
    """Project onto the elements `x` with `<a, x> = b`; `a` may be a number."""
    return projected(lambda values: shifted(values, a, b, only_down=False), each)


def projection_halfspace(
    a: Direction, b: float, each: bool = False
) -> GradientTransform:
    """Project onto the elements `x` with `<a, x> <= b`; `a` may be a number."""
    return projected(lambda values: shifted(values, a, b, only_down=True), each)


def shifted(values: Tensors, a: Direction, b: float, only_down: bool) -> Tensors:
    """Move `values` along `a` until the product with it is `b`, or only down to it."""
    along = direction_tensors(a, values)
    product = inner_product(values, along)
    factor = (cast_like(b, product) - product) / inner_product(along, along)
    factor = tf.minimum(factor, cast_like(0.0, factor)) if only_down else factor
    return [
        v + cast_like(factor, v) * one for v, one in zip(values, along, strict=True)
    ]


def direction_tensors(a: Direction, values: Tensors) -> Tensors:
    """Return `a` as one tensor per value; a number fills all of them."""
    if isinstance(a, (int, float)):
        return [tf.fill(v.shape, cast_like(a, v)) for v in values]
    return [tf.cast(one, v.dtype) for one, v in zip(a, values, strict=True)]


def inner_product(left: Tensors, right: Tensors) -> tf.Tensor:
    """Return the sum of the products of all elements, in float32 at least.

    No tensors have the product 0.
    """
    wide = any(tensor.dtype == tf.float64 for tensor in left)
    dtype = tf.float64 if wide else tf.float32
    products = [
        tf.reduce_sum(tf.cast(one, dtype) * tf.cast(other, dtype))
        for one, other in zip(left, right, strict=True)
    ]
    return tf.add_n(products) if products else tf.zeros([], dtype)


def as_one_vector(
    values: Tensors, project: Callable[[tf.Tensor], tf.Tensor]
) -> Tensors:
    """Apply `project` to all elements of `values` as one vector."""
    parts = tf.split(
        project(concatenated(values)), [v.shape.num_elements() for v in values]
    )
    return [
        tf.reshape(part, value.shape) for part, value in zip(parts, values, strict=True)
    ]


def onto_simplex(vector: tf.Tensor, scale: float) -> tf.Tensor:
    """Project one vector onto the simplex of sum `scale`."""
    unit = vector / cast_like(scale, vector)
    unit -= tf.reduce_max(unit)  # the same projection, exact for far points too
    ordered = tf.sort(unit, direction="DESCENDING")
    counts = tf.cast(tf.range(1, vector.shape[0] + 1), vector.dtype)
    above = ordered - (tf.cumsum(ordered) - 1.0) / counts > 0
    kept = tf.cast(above, vector.dtype)
    threshold = (tf.reduce_sum(kept * ordered) - 1.0) / tf.reduce_sum(kept)
    return cast_like(scale, vector) * tf.nn.relu(unit - threshold)


def onto_l1_sphere(vector: tf.Tensor, scale: float) -> tf.Tensor:
    """Project one vector onto magnitudes of sum `scale`."""
    return tf.sign(vector) * onto_simplex(tf.abs(vector), scale)
