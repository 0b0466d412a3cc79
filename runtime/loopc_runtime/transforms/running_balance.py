"""Combining the gradients of several objectives by what they were before."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    cast_like,
    needed,
    require_variables,
)
from loopc_runtime.transforms.named_momentum import sgd
from loopc_runtime.transforms.task_base import (
    by_products,
    even,
    inner_products,
    is_shared,
    lengths,
    on_simplex,
    weighted_sum,
)


class GradnormState(NamedTuple):
    """Steps so far, the weights, the first objectives, and the learner's state."""

    count: tf.Tensor
    weights: tf.Tensor
    first: tf.Tensor
    learner: State


def gradnorm(
    tasks: int, alpha: float = 1.5, learner: GradientTransform | None = None
) -> GradientTransform:
    """Let the weighted gradients grow as long as their objectives lag behind.

    Chen and others, 2018: the weights follow `sum(| w_i |g_i| - mean norm * r_i **
    alpha |)`, r the relative inverse rate of training, by `learner` (`sgd(0.025)` by
    default), and are scaled to sum to the number of objectives. That slope is in closed
    form, so no second derivative is taken. Norms are over the shared variables.
    """
    learn = sgd(0.025) if learner is None else learner

    def init(variables: Sequence[tf.Variable]) -> GradnormState:
        ones = tf.ones([tasks], tf.float32)
        return GradnormState(tf.zeros([], tf.int64), ones, ones, learn.init([ones]))

    def find(
        products: tf.Tensor, values: tf.Tensor, state: GradnormState
    ) -> tuple[tf.Tensor, GradnormState]:
        first = tf.where(tf.equal(state.count, 0), values, state.first)
        norms = lengths(products)
        grown = state.weights * norms
        lag = values / tf.maximum(first, 1e-12)
        lag /= tf.maximum(tf.reduce_mean(lag), 1e-12)
        target = tf.reduce_mean(grown) * tf.pow(lag, alpha)
        slope = tf.sign(grown - target) * norms
        (step,), after = learn.update([slope], state.learner, [state.weights])
        moved = tf.maximum(state.weights + step, 1e-4)
        weights = tasks * moved / tf.reduce_sum(moved)
        state_after = GradnormState(state.count + 1, weights, first, after)
        return state.weights, state_after

    return by_products(find, init)


class TrackedState(NamedTuple):
    """Steps so far, weights, and one tensor `[objectives, *shape]` per variable."""

    count: tf.Tensor
    weights: tf.Tensor
    tracked: Tensors


def tracked_zeros(tasks: int, variables: Sequence[tf.Variable]) -> TrackedState:
    """Begin with even weights and nothing tracked."""
    zeros = [tf.zeros([tasks, *each.shape], each.dtype) for each in variables]
    return TrackedState(tf.zeros([], tf.float32), even(tasks), zeros)


def scaled_tasks(gradient: tf.Tensor, factors: tf.Tensor) -> tf.Tensor:
    """Multiply the gradient of each objective by its factor."""
    shape = [gradient.shape[0], *[1] * (len(gradient.shape) - 1)]
    return gradient * tf.cast(tf.reshape(factors, shape), gradient.dtype)


def following(
    gradients: Tensors,
    tracked: Tensors,
    variables: Sequence[tf.Variable],
    share: tf.Tensor,
) -> Tensors:
    """Move what is tracked by `share` of the way to the gradients."""
    return [
        old + cast_like(share, old) * (new - old) if is_shared(new, variable) else old
        for old, new, variable in zip(tracked, gradients, variables, strict=True)
    ]


def scale_shared(
    gradients: Tensors, factors: tf.Tensor, variables: Sequence[tf.Variable]
) -> Tensors:
    """Scale the gradients of shared variables by objective."""
    return [
        scaled_tasks(each, factors) if is_shared(each, variable) else each
        for each, variable in zip(gradients, variables, strict=True)
    ]


def only_shared(
    tracked: Tensors, gradients: Tensors, variables: Sequence[tf.Variable]
) -> Tensors:
    """Put what is tracked in place of the gradients of shared variables."""
    return [
        old if is_shared(new, variable) else new
        for old, new, variable in zip(tracked, gradients, variables, strict=True)
    ]


def db_mtl(tasks: int, beta: float = 0.9, beta_sigma: float = 0.0) -> GradientTransform:
    """Balance logarithms of objectives, and averaged gradients by their length.

    Lin and others, 2023: gradients of `log L_i`, kept as moving averages with decay
    `beta / step ** beta_sigma`, are all scaled to the longest and added up.
    """

    def init(variables: Sequence[tf.Variable]) -> TrackedState:
        return tracked_zeros(tasks, variables)

    def update(
        gradients: Tensors,
        state: TrackedState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, TrackedState]:
        present = require_variables(variables)
        values = tf.cast(needed(extra, "value"), tf.float32)
        count = state.count + 1.0
        decay = beta / tf.pow(count, beta_sigma)
        logarithmic = scale_shared(gradients, 1.0 / (values + 1e-8), present)
        tracked = following(logarithmic, state.tracked, present, 1.0 - decay)
        averages = only_shared(tracked, gradients, present)
        norms = lengths(inner_products(averages, present))
        updates = weighted_sum(averages, tf.reduce_max(norms) / norms, present)
        return updates, TrackedState(count, state.weights, tracked)

    return GradientTransform(init, update)


def moco(
    tasks: int,
    beta: float = 0.5,
    beta_sigma: float = 0.5,
    gamma: float = 0.1,
    gamma_sigma: float = 0.5,
    rho: float = 0.0,
) -> GradientTransform:
    """Track gradients by momentum, and weights that make their sum short.

    Fernando and others, 2023: every gradient, scaled to the length of its objective's
    value, is tracked with share `beta / step ** beta_sigma`; the weights are the
    softmax of a step of `gamma / step ** gamma_sigma` down `|g_w|^2 + rho |w|^2`.
    """

    def init(variables: Sequence[tf.Variable]) -> TrackedState:
        return tracked_zeros(tasks, variables)

    def update(
        gradients: Tensors,
        state: TrackedState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, TrackedState]:
        present = require_variables(variables)
        values = tf.cast(needed(extra, "value"), tf.float32)
        count = state.count + 1.0
        factors = values / (lengths(inner_products(gradients, present)) + 1e-8)
        scaled = scale_shared(gradients, factors, present)
        share = beta / tf.pow(count, beta_sigma)
        tracked = following(scaled, state.tracked, present, share)
        averages = only_shared(tracked, gradients, present)
        products = inner_products(averages, present) + rho * tf.eye(tasks)
        slope = tf.linalg.matvec(products, state.weights)
        rate = gamma / tf.pow(count, gamma_sigma)
        weights = tf.nn.softmax(state.weights - rate * slope)
        updates = weighted_sum(averages, weights, present)
        return updates, TrackedState(count, weights, tracked)

    return GradientTransform(init, update)


def modo(tasks: int, gamma: float = 1e-3, rho: float = 0.1) -> GradientTransform:
    """Let weights on the simplex slowly follow those of `mgda`.

    Chen and others, 2023, on the gradients of the one batch: `w = projection of w -
    gamma * (products . w + rho w)`, then the sum by w.
    """

    def init(variables: Sequence[tf.Variable]) -> State:
        return even(tasks)

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        slope = tf.linalg.matvec(products, state) + rho * state
        weights = on_simplex(state - gamma * slope)
        return weights, weights

    return by_products(find, init)


def excess_mtl(tasks: int, robust_step_size: float = 1e-2) -> GradientTransform:
    """Weigh objectives by how far each still is from where it can come.

    He and others, 2024: the excess risk is estimated by `sum(g ** 2 / sqrt(sum of past
    g ** 2))`, relative to its first value above 0; weights grow by its exponential.
    """

    def init(variables: Sequence[tf.Variable]) -> tuple[TrackedState, tf.Tensor]:
        return tracked_zeros(tasks, variables), tf.zeros([tasks], tf.float32)

    def update(
        gradients: Tensors,
        state: tuple[TrackedState, tf.Tensor],
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        before, first = state
        present = require_variables(variables)
        squares = [
            old + tf.square(new) if is_shared(new, variable) else old
            for old, new, variable in zip(
                before.tracked, gradients, present, strict=True
            )
        ]
        excess = tf.add_n(
            [
                excess_of(new, total)
                for new, total, variable in zip(
                    gradients, squares, present, strict=True
                )
                if is_shared(new, variable)
            ]
        )
        # An objective whose gradient is 0 in the first step begins with its next one.
        first = tf.where(tf.equal(first, 0.0), excess, first)
        relative = tf.math.divide_no_nan(excess, first)
        grown = before.weights * tf.exp(robust_step_size * relative)
        weights = grown / tf.reduce_sum(grown)
        updates = weighted_sum(gradients, tasks * weights, present)
        return updates, (TrackedState(before.count + 1.0, weights, squares), first)

    return GradientTransform(init, update)


def excess_of(gradient: tf.Tensor, squares: tf.Tensor) -> tf.Tensor:
    """Return each objective's estimate of what it can still fall."""
    scaled = tf.square(gradient) / tf.sqrt(squares + cast_like(1e-7, squares))
    flat = tf.reshape(tf.cast(scaled, tf.float32), [gradient.shape[0], -1])
    return tf.reduce_sum(flat, axis=1)
