"""L-BFGS with the arithmetic of torch: several iterations make one update."""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    needed,
    new_count,
    require_variables,
    values_at,
)
from loopc_runtime.transforms.conditions import chosen, either, moved
from loopc_runtime.transforms.quasi_newton import as_vector, cut_like
from loopc_runtime.transforms.strong_wolfe import Probe, strong_wolfe

# The objective and its gradients, an offset away from the variables.
Look = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class LbfgsMemory(NamedTuple):
    """What one iteration hands to the next, besides where it is.

    Iterations so far, direction and size of the last step, its gradient; steps and
    changes of the gradient that were kept, inverse products and how many; the multiple
    of the identity to start from.
    """

    iterations: tf.Tensor
    direction: tf.Tensor
    size: tf.Tensor
    gradient: tf.Tensor
    steps: tf.Tensor
    changes: tf.Tensor
    weights: tf.Tensor
    stored: tf.Tensor
    guess: tf.Tensor


class LbfgsTorchState(NamedTuple):
    """The number of updates, for schedules, and the memory of the iterations."""

    count: tf.Tensor
    memory: LbfgsMemory


class Place(NamedTuple):
    """Where an update is: how far from its start, value and gradient, what is over."""

    moved: tf.Tensor
    value: tf.Tensor
    gradient: tf.Tensor
    iteration: tf.Tensor
    looks: tf.Tensor
    over: tf.Tensor
    memory: LbfgsMemory


class Iteration(NamedTuple):
    """The rate of an update, and what its iterations are bounded by."""

    rate: tf.Tensor
    max_iter: int
    tolerance_grad: float
    tolerance_change: float
    search: bool


def scale_by_lbfgs_torch(
    learning_rate: ScheduleLike = 1.0,
    max_iter: int = 20,
    tolerance_grad: float = 1e-7,
    tolerance_change: float = 1e-9,
    memory_size: int = 100,
    search: bool = False,
) -> GradientTransform:
    """Take the steps of `torch.optim.LBFGS`; the updates are ready to be added.

    One update makes up to `max_iter` iterations on the same examples, looking at most
    `max_iter * 5 // 4` times. An iteration steps by `learning_rate`, which its
    `search` starts from (see `strong_wolfe`). It is over early where no gradient
    exceeds `tolerance_grad`, or step and objective change by less than
    `tolerance_change`. Needs `value` and `evaluate`.

    Raises (from `init` and `update`):
        ValueError: there are no variables, or they are not all of one dtype.
    """

    def init(variables: Variables) -> LbfgsTorchState:
        vector = as_vector(require_variables(variables))
        return LbfgsTorchState(new_count(True), empty_memory(memory_size, vector))

    def update(
        gradients: Tensors,
        state: LbfgsTorchState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, LbfgsTorchState]:
        present, gradient = require_variables(variables), as_vector(gradients)
        value = tf.cast(needed(extra, "value"), gradient.dtype)
        evaluate = needed(extra, "evaluate")
        (number,) = values_at(state.count, learning_rate)
        limits = (max_iter, tolerance_grad, tolerance_change, search)
        rule = Iteration(cast_like(number, gradient), *limits)

        def look(offset: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            found, there = evaluate(moved(present, cut_like(offset, gradients)))
            return tf.cast(found, gradient.dtype), as_vector(there)

        over = tf.reduce_max(tf.abs(gradient)) <= tolerance_grad
        numbers = (tf.constant(0), tf.constant(1), over)
        first = Place(
            tf.zeros_like(gradient), value, gradient, *numbers, state.memory
        )  # fmt: skip
        last = iterated_until_over(rule, look, first)
        after = LbfgsTorchState(state.count + 1, last.memory)
        return cut_like(last.moved, gradients), after

    return GradientTransform(init, update)


def empty_memory(size: int, vector: tf.Tensor) -> LbfgsMemory:
    """Return a memory of no steps for a vector of all variables."""
    zeros, number = tf.zeros_like(vector), tf.zeros([], vector.dtype)
    table = tf.zeros([size, vector.shape[0]], vector.dtype)
    return LbfgsMemory(
        *(new_count(True), zeros, number, zeros, table, table),
        *(tf.zeros([size], vector.dtype), new_count(True), number + 1.0),
    )


def iterated_until_over(rule: Iteration, look: Look, first: Place) -> Place:
    """Return the place where the iterations of an update end."""

    def iterate(*leaves: tf.Tensor) -> list[tf.Tensor]:
        now = tf.nest.pack_sequence_as(first, leaves)
        return tf.nest.flatten(iterated(rule, look, now))

    leaves = tf.while_loop(
        lambda *leaves: ~tf.nest.pack_sequence_as(first, leaves).over,
        iterate,
        tf.nest.flatten(first),
    )
    last: Place = tf.nest.pack_sequence_as(first, leaves)
    return last


def iterated(rule: Iteration, look: Look, now: Place) -> Place:
    """Return the place after an iteration; none is made along a flat direction."""
    memory = with_direction(now)
    whole = tf.minimum(1.0 / tf.reduce_sum(tf.abs(now.gradient)), 1.0)
    size = rule.rate * tf.where(memory.iterations == 1, whole, 1.0)
    slope = tf.reduce_sum(now.gradient * memory.direction)
    stays = now._replace(memory=memory._replace(size=size), over=tf.constant(True))
    return either(
        slope > -rule.tolerance_change,
        lambda: stays,
        lambda: stepped(rule, look, now, memory, (size, slope)),
    )


def stepped(
    rule: Iteration,
    look: Look,
    now: Place,
    memory: LbfgsMemory,
    along: tuple[tf.Tensor, tf.Tensor],
) -> Place:
    """Return the place after a step, by a search or of the size in `along`."""
    size, slope = along
    direction = memory.direction

    def at(size: tf.Tensor) -> Probe:
        found, there = look(now.moved + size * direction)
        return Probe(size, found, there, tf.reduce_sum(there * direction))

    start = Probe(tf.zeros_like(size), now.value, now.gradient, slope)
    if rule.search:
        longest = tf.reduce_max(tf.abs(direction))
        most = rule.max_iter * 5 // 4 - now.looks
        tolerance = rule.tolerance_change
        end, looks = strong_wolfe(at, start, size, longest, most, tolerance)
    else:
        # Nobody needs to know where the last iteration ends.
        last = now.iteration + 1 == rule.max_iter
        end = either(last, lambda: start._replace(size=size), lambda: at(size))
        looks = tf.where(last, 0, 1)
    place = Place(
        now.moved + end.size * direction,
        end.value,
        end.gradient,
        iteration=now.iteration + 1,
        looks=now.looks + looks,
        over=now.over,
        memory=memory._replace(size=end.size),
    )
    return place._replace(over=is_over(rule, now, place))


def is_over(rule: Iteration, before: Place, after: Place) -> tf.Tensor:
    """Tell whether an update ends: iterations or looks run out, or nothing changes."""
    step = tf.reduce_max(tf.abs(after.memory.direction * after.memory.size))
    return (
        (after.iteration == rule.max_iter)
        | (after.looks >= rule.max_iter * 5 // 4)
        | (tf.reduce_max(tf.abs(after.gradient)) <= rule.tolerance_grad)
        | (step <= rule.tolerance_change)
        | (tf.abs(after.value - before.value) < rule.tolerance_change)
    )


def with_direction(now: Place) -> LbfgsMemory:
    """Return the memory with the last step in it, and the direction that it gives."""
    memory, begun = now.memory, now.memory.iterations > 0
    change = now.gradient - memory.gradient
    step = memory.direction * memory.size
    product = tf.reduce_sum(change * step)
    keeps = begun & (product > 1e-10)
    size = memory.weights.shape[0]
    here = keeps & (tf.range(size, dtype=tf.int64) == memory.stored % size)
    ratio = product / tf.reduce_sum(tf.square(change))
    memory = memory._replace(
        iterations=memory.iterations + 1,
        gradient=now.gradient,
        steps=tf.where(here[:, None], step, memory.steps),
        changes=tf.where(here[:, None], change, memory.changes),
        weights=tf.where(here, 1.0 / product, memory.weights),
        stored=memory.stored + tf.cast(keeps, tf.int64),
        guess=tf.where(keeps, ratio, memory.guess),
    )
    direction = -now.gradient
    return memory._replace(
        direction=chosen(begun, looped(memory, direction), direction)
    )


def looped(memory: LbfgsMemory, vector: tf.Tensor) -> tf.Tensor:
    """Return the inverse Hessian of what is stored, oldest first, times `vector`."""
    size = memory.weights.shape[0]
    count = tf.minimum(memory.stored, size)

    def newer(index: tf.Tensor) -> tuple[tf.Tensor, ...]:
        place = (memory.stored - 1 - index) % size
        tables = (memory.steps, memory.changes, memory.weights)
        return (place, *(tf.gather(table, place) for table in tables))

    def down(index: tf.Tensor, vector: tf.Tensor, shares: tf.Tensor) -> Any:
        place, step, change, weight = newer(index)
        share = weight * tf.reduce_sum(step * vector)
        shares = tf.where(tf.range(size, dtype=tf.int64) == place, share, shares)
        return index + 1, vector - share * change, shares

    def up(index: tf.Tensor, vector: tf.Tensor) -> Any:
        place, step, change, weight = newer(index)
        back = weight * tf.reduce_sum(change * vector)
        return index - 1, vector + (tf.gather(shares, place) - back) * step

    zero = tf.constant(0, tf.int64)
    _, vector, shares = tf.while_loop(
        lambda index, *_: index < count,
        down,
        (zero, vector, tf.zeros_like(memory.weights)),
    )
    return tf.while_loop(
        lambda index, _: index >= 0, up, (count - 1, memory.guess * vector)
    )[1]
