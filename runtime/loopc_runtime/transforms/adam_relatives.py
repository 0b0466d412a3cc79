"""Relatives of Adam that change how moments are averaged: Adan, Yogi, RAdam."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import AdamState, divide_by_root, init_adam
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correct_bias,
    correction,
    full_like_each,
    in_dtype,
    moving_average,
    new_count,
    values_at,
    zeros_like_each,
)


class AdanState(NamedTuple):
    """A counter, moments of gradient, of its change and of both, the last gradient."""

    count: tf.Tensor
    mu: Tensors
    change: Tensors
    nu: Tensors
    previous: Tensors


def scale_by_adan(
    b1: ScheduleLike = 0.98,
    b2: ScheduleLike = 0.92,
    b3: ScheduleLike = 0.99,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
) -> GradientTransform:
    """Adan: Nesterov momentum by the change of the gradient; `optax.scale_by_adan`.

    With `d` the change since the last gradient, 0 at first:
    `(mu_hat + (1 - b2) * change_hat) / (sqrt(nu_hat + eps_root) + eps)`, where `nu`
    averages the square of `gradient + (1 - b2) * d` (Xie and others, 2022).
    """

    def init(variables: Variables) -> AdanState:
        zeros = [zeros_like_each(variables or ()) for _ in range(4)]
        return AdanState(new_count(True), *zeros)

    def update(
        gradients: Tensors,
        state: AdanState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdanState]:
        first, second, third, small, root = values_at(
            state.count, b1, b2, b3, eps, eps_root
        )
        count = state.count + 1
        changes = [
            tf.where(state.count == 0, tf.zeros_like(each), each - before)
            for each, before in zip(gradients, state.previous, strict=True)
        ]
        mu = moving_average(gradients, state.mu, first)
        change = moving_average(changes, state.change, second)
        ahead = extrapolated(gradients, second, changes)
        nu = moving_average(ahead, state.nu, third, order=2)
        updates = divide_by_root(
            extrapolated(
                correct_bias(mu, first, count),
                second,
                correct_bias(change, second, count),
            ),
            correct_bias(nu, third, count),
            small,
            root,
        )
        return updates, AdanState(count, mu, change, nu, gradients)

    return GradientTransform(init, update)


def extrapolated(values: Tensors, decay: Any, changes: Tensors) -> Tensors:
    """Return `value + (1 - decay) * change` for each pair."""
    return [
        value + cast_like(1.0 - decay, value) * change
        for value, change in zip(values, changes, strict=True)
    ]


def scale_by_yogi(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-3,
    eps_root: ScheduleLike = 0.0,
    initial_accumulator_value: float = 1e-6,
) -> GradientTransform:
    """Adam with a second moment that changes additively; `optax.scale_by_yogi`.

    `nu = nu - (1 - b2) * sign(nu - gradient^2) * gradient^2`; both moments start at
    `initial_accumulator_value` (Zaheer and others, 2018).
    """

    def init(variables: Variables) -> AdamState:
        start = [
            full_like_each(variables or (), initial_accumulator_value) for _ in range(2)
        ]
        return AdamState(new_count(True), *start)

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small, root = values_at(state.count, b1, b2, eps, eps_root)
        count = state.count + 1
        mu = moving_average(gradients, state.mu, first)
        nu = [
            before
            - cast_like(1.0 - second, each)
            * tf.sign(before - tf.square(each))
            * tf.square(each)
            for each, before in zip(gradients, state.nu, strict=True)
        ]
        mu_hat = correct_bias(mu, first, count)
        updates = divide_by_root(mu_hat, correct_bias(nu, second, count), small, root)
        return updates, AdamState(count, mu, nu)

    return GradientTransform(init, update)


def scale_by_radam(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    eps_root: ScheduleLike = 0.0,
    threshold: float = 5.0,
    *,
    nesterov: bool = False,
    eps_corrected: bool = True,
) -> GradientTransform:
    """Adam, rectified while the second moment is uncertain; `optax.scale_by_radam`.

    With `rho_inf = 2 / (1 - b2) - 1` and `rho = rho_inf - 2 t b2^t / (1 - b2^t)`, the
    step of Adam is multiplied by `sqrt((rho - 4)(rho - 2) rho_inf / ((rho_inf - 4)
    (rho_inf - 2) rho))` where rho reaches `threshold`; before, it is the corrected
    first moment alone (Liu and others, 2020). With `eps_corrected=False` epsilon is
    added before the bias is corrected, as in torch.
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small, root = values_at(state.count, b1, b2, eps, eps_root)
        count = state.count + 1
        mu = moving_average(gradients, state.mu, first)
        nu = moving_average(gradients, state.nu, second, order=2)
        mu_hat = correct_bias(mu, first, count)
        if nesterov:
            ahead = correct_bias(mu, first, count + 1)
            mu_hat = moving_average(correct_bias(gradients, first, count), ahead, first)
        if eps_corrected:
            adapted = divide_by_root(
                mu_hat, correct_bias(nu, second, count), small, root
            )
        else:
            adapted = [
                each * tf.sqrt(correction(second, count, each))
                for each in divide_by_root(mu_hat, nu, small, root)
            ]
        updates = [
            rectified(mean, each, second, count, threshold)
            for mean, each in zip(mu_hat, adapted, strict=True)
        ]
        return updates, AdamState(count, mu, nu)

    return GradientTransform(init_adam, update)


def rectified(
    mean: tf.Tensor, adapted: tf.Tensor, b2: Any, count: tf.Tensor, threshold: float
) -> tf.Tensor:
    """Return RAdam's factor times `adapted`, or `mean` below the threshold of rho.

    The factor is a float64: rho is a small difference of large numbers.
    """
    decay = in_dtype(b2, tf.float64)
    limit = 2.0 / (1.0 - decay) - 1.0
    steps = tf.cast(count, tf.float64)
    power = tf.pow(decay, steps)
    rho = limit - 2.0 * steps * power / (1.0 - power)
    reached = rho >= in_dtype(threshold, tf.float64)
    safe = tf.where(reached, rho, limit)
    square = (safe - 4.0) * (safe - 2.0) * limit
    square = square / ((limit - 4.0) * (limit - 2.0) * safe)
    return tf.where(reached, cast_like(tf.sqrt(square), mean) * adapted, mean)
