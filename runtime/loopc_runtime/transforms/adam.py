"""Adam and its relatives with the arithmetic of optax."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    cast_like,
    correct_bias,
    correction,
    moving_average,
    new_count,
    next_count,
    values_at,
    zeros_like_each,
)


class AdamState(NamedTuple):
    """A counter of updates, the first and the second moment."""

    count: tf.Tensor
    mu: Tensors
    nu: Tensors


def init_adam(variables: Sequence[tf.Variable]) -> AdamState:
    """Return Adam's first state: everything zero."""
    return AdamState(
        new_count(True), zeros_like_each(variables), zeros_like_each(variables)
    )


def scale_by_adam(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
    *,
    nesterov: bool = False,
) -> GradientTransform:
    """Divide the averaged gradient by its root mean square; `optax.scale_by_adam`.

    `mu_hat / (sqrt(nu_hat + eps_root) + eps)` with both moments corrected for their
    start at 0. `nesterov` looks ahead with a constant `b1` (Keras' and torch's Nadam
    follow another schedule: `scale_by_nadam`).
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small, root = values_at(state.count, b1, b2, eps, eps_root)
        after = next_moments(gradients, state, (first, second))
        if not nesterov:
            return corrected_ratio(after, (first, second), small, root), after
        ahead = correct_bias(after.mu, first, after.count + 1)
        own = correct_bias(gradients, first, after.count)
        mu_hat = moving_average(own, ahead, first)
        nu_hat = correct_bias(after.nu, second, after.count)
        return divide_by_root(mu_hat, nu_hat, small, root), after

    return GradientTransform(init_adam, update)


def next_moments(
    gradients: Tensors, state: "AdamState | AmsgradState", decays: tuple[Any, Any]
) -> AdamState:
    """Return Adam's state after `gradients`."""
    squares = [tf.square(each) for each in gradients]
    mu = moved_average(gradients, state.mu, decays[0])
    nu = moved_average(squares, state.nu, decays[1])
    return AdamState(next_count(state.count), mu, nu)


def moved_average(values: Tensors, averages: Tensors, decay: Any) -> Tensors:
    """Return `average + (1 - decay) * (value - average)`, Keras' moving average.

    In a graph it takes one new tensor and not two. Not so where digits would be lost:
    of a value beside an average that a small decay lets go, or of `1 - decay` where
    the decay is a tensor.
    """
    if not isinstance(decay, (int, float)) or decay < 0.5:
        return moving_average(values, averages, decay)
    return [
        average + cast_like(1.0 - decay, value) * (value - average)
        for value, average in zip(values, averages, strict=True)
    ]


def corrected_ratio(
    moments: AdamState,
    decays: tuple[Any, Any],
    eps: Any,
    eps_root: Any = 0.0,
    *,
    short: bool = False,
) -> Tensors:
    """Return `mu_hat / (sqrt(nu_hat + eps_root) + eps)` for each pair of moments.

    `mu_hat` and `nu_hat` are corrected for their start at 0. `nu`'s correction is taken
    out of the root, so that both are one factor, and no tensors of their own. In the
    `short` form, that of Keras, `eps` is added after that.
    """
    rooted = not (isinstance(eps_root, (int, float)) and eps_root == 0)
    updates = []
    for mu, nu in zip(moments.mu, moments.nu, strict=True):
        first, second = (correction(each, moments.count, mu) for each in decays)
        scale = tf.sqrt(second)
        within = nu + cast_like(eps_root, mu) * second if rooted else nu
        added = cast_like(eps, mu) if short else cast_like(eps, mu) * scale
        updates.append(scale / first * mu / (tf.sqrt(within) + added))
    return updates


class AmsgradState(NamedTuple):
    """Adam's state and the largest second moment so far."""

    count: tf.Tensor
    mu: Tensors
    nu: Tensors
    nu_max: Tensors


def init_amsgrad(variables: Sequence[tf.Variable]) -> AmsgradState:
    """Return AMSGrad's first state: everything zero."""
    return AmsgradState(*init_adam(variables), zeros_like_each(variables))


def scale_by_amsgrad(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
    *,
    bias_correction_mu: bool = True,
    bias_correction_nu: bool = True,
) -> GradientTransform:
    """Divide by the root of the largest corrected moment; `optax.scale_by_amsgrad`.

    optax takes the maximum after the bias correction, Keras and torch before it. A
    moment whose correction is turned off stays as it is.
    """

    def update(
        gradients: Tensors,
        state: AmsgradState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, AmsgradState]:
        first, second, small, root = values_at(state.count, b1, b2, eps, eps_root)
        count = next_count(state.count)
        mu = moving_average(gradients, state.mu, first)
        nu = moving_average(gradients, state.nu, second, order=2)
        nu_hat = correct_bias(nu, second, count) if bias_correction_nu else nu
        mu_hat = correct_bias(mu, first, count) if bias_correction_mu else mu
        nu_max = larger_of_each(state.nu_max, nu_hat)
        updates = divide_by_root(mu_hat, nu_max, small, root)
        return updates, AmsgradState(count, mu, nu, nu_max)

    return GradientTransform(init_amsgrad, update)


class AdamaxState(NamedTuple):
    """A counter of updates, the first moment and the decayed maximum."""

    count: tf.Tensor
    mu: Tensors
    norm: Tensors


def scale_by_adamax(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    *,
    eps_in_max: bool = True,
) -> GradientTransform:
    """Divide the averaged gradient by a decayed maximum; `optax.scale_by_adamax`.

    `eps` is added to the gradient's magnitude inside the maximum, as in optax and
    torch; with `eps_in_max=False` to the maximum itself, as in Keras.
    """

    def init(variables: Sequence[tf.Variable]) -> AdamaxState:
        return AdamaxState(*init_adam(variables))

    def update(
        gradients: Tensors,
        state: AdamaxState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamaxState]:
        first, second, small = values_at(state.count, b1, b2, eps)
        count = next_count(state.count)
        mu = moving_average(gradients, state.mu, first)
        inside, outside = (small, 0.0) if eps_in_max else (0.0, small)
        norm = [
            tf.maximum(
                cast_like(second, each) * before,
                tf.abs(each) + cast_like(inside, each),
            )
            for each, before in zip(gradients, state.norm, strict=True)
        ]
        updates = [
            each / (largest + cast_like(outside, each))
            for each, largest in zip(correct_bias(mu, first, count), norm, strict=True)
        ]
        return updates, AdamaxState(count, mu, norm)

    return GradientTransform(init, update)


def divide_by_root(
    numerators: Tensors, squares: Tensors, eps: Any, eps_root: Any = 0.0
) -> Tensors:
    """Return `numerator / (sqrt(square + eps_root) + eps)` for each pair."""
    return [
        each / (tf.sqrt(square + cast_like(eps_root, each)) + cast_like(eps, each))
        for each, square in zip(numerators, squares, strict=True)
    ]


def larger_of_each(left: Tensors, right: Tensors) -> Tensors:
    """Return the elementwise maximum of each pair."""
    return [tf.maximum(one, other) for one, other in zip(left, right, strict=True)]
