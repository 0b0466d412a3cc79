"""Transforms that divide by a running root mean square, and Lion's sign."""

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
    correct_bias,
    full_like_each,
    moving_average,
    new_count,
    next_count,
    values_at,
    zeros_like_each,
)


class RmsState(NamedTuple):
    """A counter (only where it is needed) and the mean square of the gradients."""

    count: State
    nu: Tensors


def scale_by_rms(
    decay: ScheduleLike = 0.9,
    eps: ScheduleLike = 1e-8,
    initial_scale: float = 0.0,
    eps_in_sqrt: bool = True,
    bias_correction: bool = False,
) -> GradientTransform:
    """Divide by the root of the mean square, `sqrt(nu + eps)`; `optax.scale_by_rms`.

    `nu` starts at `initial_scale`. With `eps_in_sqrt=False` the divisor is `sqrt(nu) +
    eps`, as in torch.
    """

    def init(variables: Sequence[tf.Variable]) -> RmsState:
        count = new_count(bias_correction or any_scheduled(decay, eps))
        return RmsState(count, full_like_each(variables, initial_scale))

    def update(
        gradients: Tensors,
        state: RmsState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, RmsState]:
        rate, small = values_at(state.count, decay, eps)
        count = next_count(state.count)
        nu = moving_average(gradients, state.nu, rate, order=2)
        nu_hat = correct_bias(nu, rate, count) if bias_correction else nu
        updates = divide_by_rms(gradients, nu_hat, small, eps_in_sqrt)
        return updates, RmsState(count, nu)

    return GradientTransform(init, update)


class StddevState(NamedTuple):
    """A counter (only where it is needed), the mean and the mean square."""

    count: State
    mu: Tensors
    nu: Tensors


def scale_by_stddev(
    decay: ScheduleLike = 0.9,
    eps: ScheduleLike = 1e-8,
    initial_scale: float = 0.0,
    eps_in_sqrt: bool = True,
    bias_correction: bool = False,
) -> GradientTransform:
    """Divide by the running standard deviation; `optax.scale_by_stddev`.

    The divisor is `sqrt(nu - mu^2 + eps)`, or `sqrt(nu - mu^2) + eps` with
    `eps_in_sqrt=False`, as in torch.
    """

    def init(variables: Sequence[tf.Variable]) -> StddevState:
        count = new_count(bias_correction or any_scheduled(decay, eps))
        return StddevState(
            count, zeros_like_each(variables), full_like_each(variables, initial_scale)
        )

    def update(
        gradients: Tensors,
        state: StddevState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, StddevState]:
        rate, small = values_at(state.count, decay, eps)
        count = next_count(state.count)
        mu = moving_average(gradients, state.mu, rate)
        nu = moving_average(gradients, state.nu, rate, order=2)
        mu_hat = correct_bias(mu, rate, count) if bias_correction else mu
        nu_hat = correct_bias(nu, rate, count) if bias_correction else nu
        variances = [
            square - tf.square(mean)
            for square, mean in zip(nu_hat, mu_hat, strict=True)
        ]
        updates = divide_by_rms(gradients, variances, small, eps_in_sqrt)
        return updates, StddevState(count, mu, nu)

    return GradientTransform(init, update)


class RssState(NamedTuple):
    """A counter (only under a schedule) and the sum of squared gradients."""

    count: State
    sum_of_squares: Tensors


def scale_by_rss(
    initial_accumulator_value: float = 0.1,
    eps: ScheduleLike = 1e-7,
    *,
    eps_in_sqrt: bool = True,
) -> GradientTransform:
    """Divide by the root of the sum of squares; `optax.scale_by_rss`.

    The result is 0 where the sum is 0. With `eps_in_sqrt=False` the divisor is
    `sqrt(sum) + eps`, as in torch's Adagrad.
    """

    def init(variables: Sequence[tf.Variable]) -> RssState:
        count = new_count(any_scheduled(eps))
        return RssState(count, full_like_each(variables, initial_accumulator_value))

    def update(
        gradients: Tensors,
        state: RssState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, RssState]:
        (small,) = values_at(state.count, eps)
        sums = [
            tf.square(each) + before
            for each, before in zip(gradients, state.sum_of_squares, strict=True)
        ]
        safe = [tf.where(total > 0, total, tf.ones_like(total)) for total in sums]
        divided = divide_by_rms(gradients, safe, small, eps_in_sqrt)
        updates = [
            tf.where(total > 0, each, tf.zeros_like(each))
            for total, each in zip(sums, divided, strict=True)
        ]
        return updates, RssState(next_count(state.count), sums)

    return GradientTransform(init, update)


class AdadeltaState(NamedTuple):
    """A counter (only under a schedule), mean squares of gradients and of updates."""

    count: State
    e_g: Tensors
    e_x: Tensors


def scale_by_adadelta(
    rho: ScheduleLike = 0.9, eps: ScheduleLike = 1e-6
) -> GradientTransform:
    """Scale by the ratio of past updates to past gradients; `optax.scale_by_adadelta`.

    `gradient * sqrt(e_x + eps) / sqrt(e_g + eps)`; both means start at 0.
    """

    def init(variables: Sequence[tf.Variable]) -> AdadeltaState:
        count = new_count(any_scheduled(rho, eps))
        return AdadeltaState(
            count, zeros_like_each(variables), zeros_like_each(variables)
        )

    def update(
        gradients: Tensors,
        state: AdadeltaState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, AdadeltaState]:
        rate, small = values_at(state.count, rho, eps)
        e_g = moving_average(gradients, state.e_g, rate, order=2)
        updates = [
            tf.sqrt(moved + cast_like(small, each))
            / tf.sqrt(seen + cast_like(small, each))
            * each
            for each, seen, moved in zip(gradients, e_g, state.e_x, strict=True)
        ]
        e_x = moving_average(updates, state.e_x, rate, order=2)
        return updates, AdadeltaState(next_count(state.count), e_g, e_x)

    return GradientTransform(init, update)


class LionState(NamedTuple):
    """A counter (only under a schedule) and the averaged gradient."""

    count: State
    mu: Tensors


def scale_by_lion(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.99,
    *,
    mode: str = "hard",
    smooth_beta: float = 1.0,
) -> GradientTransform:
    """Emit the sign of an average of momentum and gradient; `optax.scale_by_lion`.

    `sign((1 - b1) * gradient + b1 * mu)`, then `mu = (1 - b2) * gradient + b2 * mu`.
    `smooth` takes `tanh(smooth_beta * x)` for the sign, `refined` leaves elements
    between -1 and 1 as they are.

    Raises:
        ValueError: an unknown mode.
    """
    if mode not in ("hard", "smooth", "refined"):
        raise ValueError(f"Lion is hard, smooth or refined; found {mode!r}.")

    def init(variables: Sequence[tf.Variable]) -> LionState:
        return LionState(new_count(any_scheduled(b1, b2)), zeros_like_each(variables))

    def update(
        gradients: Tensors,
        state: LionState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, LionState]:
        first, second = values_at(state.count, b1, b2)
        mixed = moving_average(gradients, state.mu, first)
        mu = moving_average(gradients, state.mu, second)
        updates = [signed(each, mode, smooth_beta) for each in mixed]
        return updates, LionState(next_count(state.count), mu)

    return GradientTransform(init, update)


def signed(tensor: tf.Tensor, mode: str, smooth_beta: float) -> tf.Tensor:
    """Return the sign of each element, as hard as `mode` says."""
    if mode == "smooth":
        return tf.tanh(cast_like(smooth_beta, tensor) * tensor)
    if mode == "refined":
        return tf.clip_by_value(tensor, -1.0, 1.0)
    return tf.sign(tensor)


def divide_by_rms(
    gradients: Tensors, squares: Tensors, eps: Any, eps_in_sqrt: bool
) -> Tensors:
    """Return `gradient / sqrt(square + eps)`, or with `eps` beside the root."""
    if eps_in_sqrt:
        return [
            each * tf.math.rsqrt(square + cast_like(eps, each))
            for each, square in zip(gradients, squares, strict=True)
        ]
    return [
        each / (tf.sqrt(square) + cast_like(eps, each))
        for each, square in zip(gradients, squares, strict=True)
    ]
