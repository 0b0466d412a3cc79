"""Optimizers that stop where a model of the loss does: Momo and Momo-Adam."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correct_bias,
    correction,
    in_dtype,
    moving_average,
    needed,
    new_count,
    require_variables,
    values_at,
    zeros_like_each,
)
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.projections import inner_product


class MomoState(NamedTuple):
    """A counter, moments (the second only with Adam), the model, the lower bound."""

    count: tf.Tensor
    mu: Tensors
    nu: Tensors
    loss: tf.Tensor
    gamma: tf.Tensor
    bound: tf.Tensor


def momo(
    learning_rate: ScheduleLike = 1.0,
    beta: float = 0.9,
    lower_bound: float = 0.0,
    weight_decay: float = 0.0,
    adapt_lower_bound: bool = False,
) -> GradientTransform:
    """Momentum with a step that the loss allows; `optax.contrib.momo`.

    With averages of the loss, the gradient `m` and `<gradient, x>`, the step is
    `min(learning_rate, (loss - bound - gamma + <m, x>)+ / |m|^2)` along `-m`
    (Schaipp and others, 2023). `value`, the objective, has to be given to `update`.

    Raises (from `update`):
        ValueError: no variables or no value were given.
    """

    def update(
        gradients: Tensors,
        state: MomoState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, MomoState]:
        present = values_of(require_variables(variables))
        begun = tf.cast(state.count > 0, state.loss.dtype)
        kept = begun * in_dtype(beta, begun.dtype)
        mu = moving_average(gradients, state.mu, kept)
        model = averaged_model(state, gradients, present, extra, kept)
        (alpha,) = values_at(state.count, learning_rate)
        step, bound = model_step(
            (*model, inner_product(mu, mu), inner_product(mu, present)),
            state.bound,
            in_dtype(alpha, begun.dtype),
            tf.ones([], begun.dtype),
            (lower_bound, weight_decay, adapt_lower_bound),
        )
        updates = shrunk_steps(mu, present, step, alpha, weight_decay)
        return updates, MomoState(state.count + 1, mu, [], *model, bound)

    return GradientTransform(lambda v: init_momo(v or (), lower_bound, False), update)


def momo_adam(
    learning_rate: ScheduleLike = 1e-2,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    lower_bound: float = 0.0,
    weight_decay: float = 0.0,
    adapt_lower_bound: bool = False,
) -> GradientTransform:
    """Momo in Adam's metric; `optax.contrib.momo_adam`.

    As `momo` with `|m|^2` taken as `<m, m / (sqrt(nu_hat) + eps)>`, the lower bound
    corrected by `1 - b1^t` and steps along `-m / (sqrt(nu_hat) + eps)`.

    Raises (from `update`):
        ValueError: no variables or no value were given.
    """

    def update(
        gradients: Tensors,
        state: MomoState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, MomoState]:
        present = values_of(require_variables(variables))
        count = state.count + 1
        mu = moving_average(gradients, state.mu, b1)
        nu = moving_average(gradients, state.nu, b2, order=2)
        directions = [
            mean / (cast_like(eps, mean) + tf.sqrt(square))
            for mean, square in zip(mu, correct_bias(nu, b2, count), strict=True)
        ]
        model = averaged_model(state, gradients, present, extra, b1)
        (alpha,) = values_at(state.count, learning_rate)
        step, bound = model_step(
            (*model, inner_product(mu, directions), inner_product(mu, present)),
            state.bound,
            in_dtype(alpha, state.loss.dtype),
            correction(b1, count, state.loss),
            (lower_bound, weight_decay, adapt_lower_bound),
        )
        updates = shrunk_steps(directions, present, step, alpha, weight_decay)
        return updates, MomoState(count, mu, nu, *model, bound)

    return GradientTransform(lambda v: init_momo(v or (), lower_bound, True), update)


def init_momo(variables: Any, lower_bound: float, with_square: bool) -> MomoState:
    """Return the first state: everything zero but the lower bound."""
    mu = zeros_like_each(variables)
    nu = zeros_like_each(variables) if with_square else []
    zero = tf.zeros_like(inner_product(mu, mu))
    return MomoState(new_count(True), mu, nu, zero, zero, cast_like(lower_bound, zero))


def averaged_model(
    state: MomoState,
    gradients: Tensors,
    variables: Tensors,
    extra: dict[str, Any],
    kept: Any,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the averages of the loss and of `<gradient, variable>`."""
    value = tf.cast(needed(extra, "value"), state.loss.dtype)
    product = inner_product(gradients, variables)
    loss, gamma = moving_average([value, product], [state.loss, state.gamma], kept)
    return loss, gamma


def model_step(
    model: tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
    bound: tf.Tensor,
    alpha: tf.Tensor,
    bias: tf.Tensor,
    options: tuple[float, float, bool],
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the step size, and the lower bound afterwards.

    `model` holds loss, gamma, the squared norm and the product with the variables;
    `bias` is what the averages are short of.
    """
    loss, gamma, square, product = model
    least, weight_decay, adapts = options
    growth = 1.0 + alpha * in_dtype(weight_decay, alpha.dtype)
    if adapts:
        cap = growth * (loss - gamma) + product
        lower = tf.maximum(cap / (2.0 * bias * growth), in_dtype(least, cap.dtype))
        bound = tf.where(cap < growth * bias * bound, lower, bound)
    gap = growth * (loss - bias * bound - gamma) + product
    tiny = 2.0**-52 if square.dtype == tf.float64 else 2.0**-23
    allowed = tf.where(square <= tiny, tf.zeros_like(gap), tf.nn.relu(gap) / square)
    step = tf.minimum(alpha / bias, allowed)
    if adapts:
        after = (loss + product - gamma - 0.5 * step * square) / bias
        bound = tf.maximum(after, in_dtype(least, after.dtype))
    return step, bound


def shrunk_steps(
    directions: Tensors, variables: Tensors, step: tf.Tensor, alpha: Any, decay: float
) -> Tensors:
    """Return steps against `directions`, with the proximal form of weight decay."""
    growth = in_dtype(alpha, step.dtype) * in_dtype(decay, step.dtype)
    shrink = growth / (1.0 + growth)
    return [
        -cast_like(shrink, each) * variable - cast_like(step, each) * each
        for each, variable in zip(directions, variables, strict=True)
    ]
