"""Step sizes from the distance travelled: DoG and DoWG."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    require_variables,
)
from loopc_runtime.transforms.clipping import global_norm
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.normalizing import l2_norm


class DogState(NamedTuple):
    """Whether no update was made, the start, the largest distance, squared norms."""

    initial: tf.Tensor
    start: Tensors
    max_distance: tf.Tensor
    squares: tf.Tensor


def scale_by_dog(
    init_step: float = 1e-6, init_kind: str = "heuristic", eps: float = 1e-8
) -> GradientTransform:
    """Multiply by the largest distance from the start over the root of squared norms.

    Distance over gradients: `max |x - x0| / sqrt(sum |g|^2 + eps)`, norms over all
    variables together; `optax.contrib`'s rule (Ivgi and others, 2023). The distance
    starts at `init_step` with kind `distance`, at `init_step * (1 + |x0|)` with
    `heuristic`; with `learning_rate` the first step is `init_step * gradient`.

    Raises:
        ValueError: another kind; from `update`: no variables were given.
    """
    if init_kind not in ("distance", "heuristic", "learning_rate"):
        raise ValueError(
            f"DoG starts from distance, heuristic or learning_rate; found {init_kind}."
        )

    def init(variables: Variables) -> DogState:
        start = values_of(variables or ())
        norm = global_norm(start)
        first = {"distance": init_step, "learning_rate": 0.0}.get(init_kind)
        far = cast_like(init_step, norm) * (1.0 + norm)
        distance = far if first is None else cast_like(first, norm)
        return DogState(tf.constant(True), start, distance, tf.zeros_like(norm))

    def update(
        gradients: Tensors,
        state: DogState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, DogState]:
        distance = tf.maximum(state.max_distance, moved_from(state.start, variables))
        squares = state.squares + tf.square(global_norm(gradients))
        rate = distance / tf.sqrt(squares + cast_like(eps, squares))
        if init_kind == "learning_rate":
            rate = tf.where(state.initial, cast_like(init_step, rate), rate)
        updates = [cast_like(rate, each) * each for each in gradients]
        return updates, DogState(tf.constant(False), state.start, distance, squares)

    return GradientTransform(init, update)


class DowgState(NamedTuple):
    """The start, the largest squared distance, the weighted squared norms."""

    start: Tensors
    square_distance: tf.Tensor
    squares: tf.Tensor


def scale_by_dowg(
    init_estim_sq_dist: float | None = None, eps: float = 1e-4
) -> GradientTransform:
    """Distance over weighted gradients; `optax.contrib`'s rule.

    With `d` the largest squared distance from the start, at first `init_estim_sq_dist`
    or else `eps`: `d / (sqrt(sum d * |g|^2) + eps)` (Khaled and others, 2023).

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def init(variables: Variables) -> DowgState:
        start = values_of(variables or ())
        zero = tf.zeros_like(global_norm(start))
        first = eps if init_estim_sq_dist is None else init_estim_sq_dist
        return DowgState(start, cast_like(first, zero), zero)

    def update(
        gradients: Tensors,
        state: DowgState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, DowgState]:
        moved = tf.square(moved_from(state.start, variables))
        distance = tf.maximum(state.square_distance, moved)
        squares = state.squares + distance * tf.square(global_norm(gradients))
        rate = distance / (tf.sqrt(squares) + cast_like(eps, squares))
        updates = [cast_like(rate, each) * each for each in gradients]
        return updates, DowgState(state.start, distance, squares)

    return GradientTransform(init, update)


class LayerDogState(NamedTuple):
    """For each variable its start, the largest distance, the squared norms."""

    start: Tensors
    max_distance: Tensors
    squares: Tensors


def scale_by_distance_over_gradients(
    reps_rel: float = 1e-6, eps: float = 1e-8, global_scale: float = 1.0
) -> GradientTransform:
    """DoG for each variable by itself; `optax.scale_by_distance_over_gradients`.

    The distance starts at `reps_rel * (1 + |x0|)`.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def init(variables: Variables) -> LayerDogState:
        start = values_of(variables or ())
        distances = [
            cast_like(reps_rel, each) * (1.0 + l2_norm(each)) for each in start
        ]
        return LayerDogState(start, distances, [tf.zeros_like(d) for d in distances])

    def update(
        gradients: Tensors,
        state: LayerDogState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, LayerDogState]:
        present = values_of(require_variables(variables))
        distances = [
            tf.maximum(largest, l2_norm(variable - start))
            for largest, variable, start in zip(
                state.max_distance, present, state.start, strict=True
            )
        ]
        squares = [
            before + tf.reduce_sum(tf.square(each))
            for before, each in zip(state.squares, gradients, strict=True)
        ]
        updates = [
            cast_like(global_scale, each)
            * (distance / tf.sqrt(square + cast_like(eps, each)))
            * each
            for each, distance, square in zip(
                gradients, distances, squares, strict=True
            )
        ]
        return updates, LayerDogState(state.start, distances, squares)

    return GradientTransform(init, update)


def moved_from(start: Tensors, variables: Variables) -> tf.Tensor:
    """Return the joint L2 distance of the variables from `start`."""
    present = values_of(require_variables(variables))
    return global_norm(
        [variable - before for variable, before in zip(present, start, strict=True)]
    )
