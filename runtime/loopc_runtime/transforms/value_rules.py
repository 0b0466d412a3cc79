"""Step sizes that follow the value of the objective."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    any_scheduled,
    cast_like,
    in_dtype,
    needed,
    new_count,
    next_count,
    values_at,
    wide_dtype,
)
from loopc_runtime.transforms.conditions import chosen


class PlateauState(NamedTuple):
    """The best mean value, how long it has stood, the scale, and the open mean."""

    best: tf.Tensor
    waited: tf.Tensor
    scale: tf.Tensor
    cooldown: tf.Tensor
    count: tf.Tensor
    mean: tf.Tensor


def reduce_on_plateau(
    factor: float = 0.1,
    patience: int = 10,
    rtol: float = 1e-4,
    atol: float = 0.0,
    cooldown: int = 0,
    accumulation_size: int = 1,
    min_scale: float = 0.0,
) -> GradientTransform:
    """Scale updates by `factor` more whenever the objective has stopped falling.

    `optax.contrib.reduce_on_plateau`: the objective is averaged over
    `accumulation_size` steps; a mean that is not below `(1 - rtol) * best - atol`
    counts as a wait, and after `patience` waits in a row the scale is multiplied, down
    to `min_scale`. For `cooldown` means after that nothing counts. Needs `value`.
    """

    def init(variables: Sequence[tf.Variable]) -> PlateauState:
        zero, none = tf.zeros([], tf.int32), tf.zeros([], wide_dtype(variables))
        best = none + float("inf")
        return PlateauState(best, zero, none + 1.0, zero, zero, none)

    def judged(state: PlateauState) -> PlateauState:
        improved = state.mean < (1.0 - rtol) * state.best - atol
        waited = tf.where(improved, 0, state.waited + 1)
        cooling = state.cooldown > 0
        reduces = tf.equal(waited, patience) & ~cooling
        lower = tf.maximum(state.scale * factor, min_scale)
        counted = tf.where(cooling, state.cooldown - 1, 0)
        return PlateauState(
            best=tf.where(improved, state.mean, state.best),
            waited=tf.where(cooling | reduces, 0, waited),
            scale=tf.where(reduces, lower, state.scale),
            cooldown=tf.where(reduces, cooldown, counted),
            count=tf.zeros([], tf.int32),
            mean=tf.zeros_like(state.mean),
        )

    def update(
        gradients: Tensors,
        state: PlateauState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, PlateauState]:
        count = state.count + 1
        value = cast_like(needed(extra, "value"), state.mean)
        mean = state.mean + (value - state.mean) / cast_like(count, value)
        open_state = state._replace(count=count, mean=mean)
        full = tf.equal(count, accumulation_size)
        state = chosen(full, judged(open_state), open_state)
        return [cast_like(state.scale, each) * each for each in gradients], state

    return GradientTransform(init, update)


class PolyakState(NamedTuple):
    """A counter, only where what is multiplied is a schedule."""

    count: State


def scale_by_polyak(
    f_min: ScheduleLike = 0.0,
    max_learning_rate: ScheduleLike = 1.0,
    eps: ScheduleLike = 0.0,
    variant: str = "sps",
) -> GradientTransform:
    """Multiply by Polyak's step size; `optax.scale_by_polyak`.

    `min((value - f_min) / (norm ** 2 + eps), max_learning_rate)`, 0 where the norm
    vanishes; with variant `sps+` the gap is never negative. The sign is that of the
    gradient: what comes in is already flipped, as by `sgd(1.0)`. Needs `value`.

    Raises:
        ValueError: an unknown variant.
    """
    if variant not in ("sps", "sps+"):
        raise ValueError(f"Polyak's step has no variant {variant!r}: sps or sps+.")
    numbers = (f_min, max_learning_rate, eps)

    def init(variables: Sequence[tf.Variable]) -> PolyakState:
        return PolyakState(new_count(any_scheduled(*numbers)))

    def update(
        gradients: Tensors,
        state: PolyakState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, PolyakState]:
        least, largest, more = values_at(state.count, *numbers)
        dtype = wide_dtype(gradients)
        squares = [tf.reduce_sum(tf.square(tf.cast(g, dtype))) for g in gradients]
        divisor = tf.add_n([tf.zeros([], dtype), *squares]) + in_dtype(more, dtype)
        gap = tf.cast(needed(extra, "value"), dtype) - in_dtype(least, dtype)
        gap = tf.nn.relu(gap) if variant == "sps+" else gap
        vanishes = divisor <= 2.220446e-16  # the spacing of float64 at 1
        longest = in_dtype(largest, dtype)
        step = tf.minimum(
            gap / tf.where(vanishes, tf.ones_like(divisor), divisor), longest
        )
        step = tf.where(vanishes, tf.zeros_like(step), step)
        updates = [cast_like(step, each) * each for each in gradients]
        return updates, PolyakState(next_count(state.count))

    return GradientTransform(init, update)
