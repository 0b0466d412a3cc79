"""What transforms that combine several objectives share."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    InitFunction,
    State,
    Tensors,
    needed,
    require_variables,
)
from loopc_runtime.transforms.hooks import Hooks
from loopc_runtime.transforms.projections import onto_simplex

Weigh = Callable[[tf.Tensor, State], tf.Tensor]
NextState = Callable[[State, tf.Tensor], State]
# Takes the inner products of the gradients, the values and the state.
FindWeights = Callable[[tf.Tensor, tf.Tensor, State], tuple[tf.Tensor, State]]


def no_state(variables: Sequence[tf.Variable]) -> State:
    """Start with nothing to remember."""
    return ()


def same_state(state: State, values: tf.Tensor) -> State:
    """Remember what was remembered before."""
    return state


def by_weights(
    weigh: Weigh, init: InitFunction = no_state, advance: NextState = same_state
) -> GradientTransform:
    """Make a transform that gives every objective a weight, from its value.

    One backward pass through the weighted sum is enough: `weigh` is the hook that says
    by what, and what `update` is given are the gradients of that sum already.
    """

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        values = tf.cast(needed(extra, "value"), tf.float32)
        return gradients, advance(state, tf.stop_gradient(values))

    return GradientTransform(init, update, Hooks(weigh=weigh))


def by_products(find: FindWeights, init: InitFunction = no_state) -> GradientTransform:
    """Make a transform that adds up gradients by weights found from their products.

    `find(products, values, state)` is given the `[objectives, objectives]` inner
    products of the gradients of the shared variables, and returns a weight for each,
    with the next state. Variables of one objective alone keep their gradient.
    """

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        products = inner_products(gradients, require_variables(variables))
        values = tf.cast(needed(extra, "value"), tf.float32)
        weights, state = find(products, values, state)
        return weighted_sum(gradients, weights, require_variables(variables)), state

    return GradientTransform(init, update)


def is_shared(gradient: tf.Tensor, variable: tf.Variable) -> bool:
    """Tell whether a gradient has a leading axis of objectives."""
    return len(gradient.shape) == len(variable.shape) + 1


def shared_only(
    gradients: Tensors, variables: Sequence[tf.Variable]
) -> list[tf.Tensor]:
    """Return the gradients that have an axis of objectives."""
    pairs = zip(gradients, variables, strict=True)
    return [each for each, variable in pairs if is_shared(each, variable)]


def inner_products(gradients: Tensors, variables: Sequence[tf.Variable]) -> tf.Tensor:
    """Return the float32 `[objectives, objectives]` inner products of the gradients.

    Raises:
        ValueError: the objectives share no variable.
    """
    rows = [
        tf.reshape(tf.cast(each, tf.float32), [each.shape[0], -1])
        for each in shared_only(gradients, variables)
    ]
    if not rows:
        raise ValueError("The objectives share no variable: update them apart.")
    return tf.add_n([tf.matmul(row, row, transpose_b=True) for row in rows])


def weighted_sum(
    gradients: Tensors, weights: tf.Tensor, variables: Sequence[tf.Variable]
) -> Tensors:
    """Add up the gradients of shared variables by `weights`; others stay."""
    return [
        (
            tf.tensordot(tf.cast(weights, each.dtype), each, 1)
            if is_shared(each, variable)
            else each
        )
        for each, variable in zip(gradients, variables, strict=True)
    ]


def lengths(products: tf.Tensor) -> tf.Tensor:
    """Return the norms of the gradients, kept away from 0."""
    return tf.sqrt(tf.maximum(tf.linalg.diag_part(products), 1e-20))


def on_simplex(point: tf.Tensor) -> tf.Tensor:
    """Return the nearest point whose coordinates are at least 0 and sum to 1."""
    return onto_simplex(point, 1.0)


def descend(
    slope: Callable[[tf.Tensor], tf.Tensor],
    onto: Callable[[tf.Tensor], tf.Tensor],
    start: tf.Tensor,
    rate: Callable[[tf.Tensor], tf.Tensor],
    steps: int = 250,
) -> tf.Tensor:
    """Return where `steps` accelerated projected steps of gradient descent lead.

    `rate(point)` is the step size at a point, one over the curvature there. A momentum
    that points uphill is dropped.
    """

    def body(step: tf.Tensor, point: tf.Tensor, ahead: tf.Tensor) -> Any:
        after = onto(ahead - rate(ahead) * slope(ahead))
        uphill = tf.reduce_sum((ahead - after) * (after - point)) > 0
        momentum = tf.where(uphill, 0.0, step / (step + 3.0))
        return step + 1.0, after, after + momentum * (after - point)

    return tf.while_loop(
        lambda step, point, ahead: step < steps,
        body,
        (tf.constant(0.0), start, start),
    )[1]


def curvature(products: tf.Tensor) -> tf.Tensor:
    """Return an upper bound of the largest eigenvalue: the largest sum of a row."""
    return tf.maximum(tf.reduce_max(tf.reduce_sum(tf.abs(products), axis=1)), 1e-20)


def even(tasks: int) -> tf.Tensor:
    """Return equal weights that sum to 1."""
    return tf.fill([tasks], 1.0 / tasks)
