"""L-BFGS: the inverse Hessian from the latest steps and changes of the gradient."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    new_count,
    require_variables,
)
from loopc_runtime.transforms.flat import concatenated


class LbfgsState(NamedTuple):
    """A counter, last variables and gradients, steps, changes, inverse products."""

    count: tf.Tensor
    variables: tf.Tensor
    gradients: tf.Tensor
    steps: tf.Tensor
    changes: tf.Tensor
    weights: tf.Tensor


def scale_by_lbfgs(
    memory_size: int = 10, scale_init_precond: bool = True
) -> GradientTransform:
    """Multiply by the inverse Hessian of the last `memory_size` steps; `optax`'.

    The two loops of Nocedal (1980) over all variables as one vector. The first guess
    is the identity, scaled by `<change, step> / |change|^2` or at the first update by
    `min(1, 1 / |gradient|)`. It needs gradients of one function: batches that differ
    spoil the changes.

    Raises:
        ValueError: `memory_size` is less than 1; from `init` and `update`: there are
            no variables, or they are not all of one dtype.
    """
    if memory_size < 1:
        raise ValueError(f"L-BFGS remembers at least one step; found {memory_size}.")

    def init(variables: Variables) -> LbfgsState:
        vector = as_vector(require_variables(variables))
        zeros = tf.zeros_like(vector)
        memory = tf.zeros([memory_size, vector.shape[0]], vector.dtype)
        weights = tf.zeros([memory_size], vector.dtype)
        return LbfgsState(new_count(True), zeros, zeros, memory, memory, weights)

    def update(
        gradients: Tensors,
        state: LbfgsState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, LbfgsState]:
        present, gradient = as_vector(require_variables(variables)), as_vector(
            gradients
        )
        begun = state.count > 0
        step = tf.where(begun, present - state.variables, 0.0)
        change = tf.where(begun, gradient - state.gradients, 0.0)
        product = tf.reduce_sum(step * change)
        weight = tf.math.divide_no_nan(tf.ones_like(product), product)
        places = tf.range(memory_size, dtype=tf.int64)
        newest = places == (state.count - 1) % memory_size
        steps = tf.where(newest[:, None], step, state.steps)
        changes = tf.where(newest[:, None], change, state.changes)
        weights = tf.where(newest, weight, state.weights)
        order = (state.count + places) % memory_size
        vector = two_loops(
            gradient,
            tf.gather(steps, order),
            tf.gather(changes, order),
            tf.gather(weights, order),
            (
                first_guess(gradient, product, change, begun)
                if scale_init_precond
                else 1.0
            ),
        )
        after = LbfgsState(state.count + 1, present, gradient, steps, changes, weights)
        return cut_like(vector, gradients), after

    return GradientTransform(init, update)


def first_guess(
    gradient: tf.Tensor, product: tf.Tensor, change: tf.Tensor, begun: tf.Tensor
) -> tf.Tensor:
    """Return the multiple of the identity that the loops start from."""
    square = tf.reduce_sum(tf.square(change))
    measured = tf.where(square > 0, tf.math.divide_no_nan(product, square), 1.0)
    length = tf.sqrt(tf.reduce_sum(tf.square(gradient)))
    return tf.where(begun, measured, tf.minimum(1.0 / length, 1.0))


def two_loops(
    vector: tf.Tensor,
    steps: tf.Tensor,
    changes: tf.Tensor,
    weights: tf.Tensor,
    guess: Any,
) -> tf.Tensor:
    """Return the inverse Hessian of the memory, oldest first, times `vector`."""
    memory_size = steps.shape[0]
    shares = {}
    for index in reversed(range(memory_size)):
        shares[index] = weights[index] * tf.reduce_sum(steps[index] * vector)
        vector = vector - shares[index] * changes[index]
    vector = guess * vector
    for index in range(memory_size):
        back = weights[index] * tf.reduce_sum(changes[index] * vector)
        vector = vector + (shares[index] - back) * steps[index]
    return vector


def as_vector(tensors: Any) -> tf.Tensor:
    """Return all elements as one vector; no tensors are an empty float32 vector."""
    return concatenated(tensors) if len(tensors) else tf.zeros([0])


def cut_like(vector: tf.Tensor, tensors: Tensors) -> Tensors:
    """Cut a vector into the shapes of `tensors`."""
    if not tensors:
        return []
    parts = tf.split(vector, [each.shape.num_elements() for each in tensors])
    return [
        tf.reshape(part, each.shape) for part, each in zip(parts, tensors, strict=True)
    ]
