"""Optimizers that estimate their own step size: D-Adaptation and Prodigy."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correction,
    moving_average,
    new_count,
    require_variables,
    values_at,
    zeros_like_each,
)
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.momentum import add_scaled
from loopc_runtime.transforms.projections import inner_product


class DadaptState(NamedTuple):
    """A counter, moments, sum of gradients, estimated rate, weighted numerator."""

    count: tf.Tensor
    mu: Tensors
    nu: Tensors
    sums: Tensors
    estimate: tf.Tensor
    numerator: tf.Tensor


def dadapt_adamw(
    learning_rate: ScheduleLike = 1.0,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    estim_lr0: float = 1e-6,
    weight_decay: float = 0.0,
) -> GradientTransform:
    """AdamW that adapts to its distance; `optax.contrib.dadapt_adamw`.

    With `d` the estimate and `r = d * learning_rate * sqrt(1 - b2^t) / (1 - b1^t)`,
    the moments take `r g` and `g^2`, the sum `s = sqrt(b2) s + (1 - sqrt(b2)) r g`, and
    `d` grows to the numerator over `(1 - sqrt(b2)) |s|_1` (Defazio and Mishchenko,
    2023). `learning_rate` stays 1 or follows a schedule around it.

    Raises (from `update`):
        ValueError: no variables were given.
    """
    root = b2**0.5

    def init(variables: Variables) -> DadaptState:
        present = variables or ()
        mu, nu, sums = (zeros_like_each(present) for _ in range(3))
        numerator = tf.zeros_like(inner_product(mu, mu))
        estimate = cast_like(estim_lr0, numerator)
        return DadaptState(new_count(True), mu, nu, sums, estimate, numerator)

    def update(
        gradients: Tensors,
        state: DadaptState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, DadaptState]:
        present = values_of(require_variables(variables))
        rate = adapted_rate(state.estimate, learning_rate, state.count, b1, b2)
        weighted = [
            total / (tf.sqrt(square) + cast_like(eps, total))
            for total, square in zip(state.sums, state.nu, strict=True)
        ]
        product = inner_product(gradients, weighted)
        stepped = scaled(gradients, rate)
        mu = moving_average(stepped, state.mu, b1)
        nu = moving_average(gradients, state.nu, b2, order=2)
        sums = moving_average(stepped, state.sums, root)
        numerator = moving_average([rate * product], [state.numerator], root)[0]
        guess = numerator / (cast_like(1.0 - root, numerator) * l1_norm(sums))
        estimate = tf.maximum(state.estimate, guess)
        updates = free_steps(mu, nu, present, weight_decay * rate, eps)
        after = DadaptState(state.count + 1, mu, nu, sums, estimate, numerator)
        return updates, after

    return GradientTransform(init, update)


class ProdigyState(NamedTuple):
    """D-Adaptation's state, and the start."""

    count: tf.Tensor
    mu: Tensors
    nu: Tensors
    sums: Tensors
    start: Tensors
    estimate: tf.Tensor
    numerator: tf.Tensor


def prodigy(
    learning_rate: ScheduleLike = 1.0,
    b1: float = 0.9,
    b2: float = 0.999,
    b3: float | None = None,
    eps: float = 1e-8,
    estim_lr0: float = 1e-6,
    estim_lr_coef: float = 1.0,
    weight_decay: float = 0.0,
    safeguard_warmup: bool = False,
) -> GradientTransform:
    """D-Adaptation that grows faster; `optax.contrib.prodigy`.

    The moments take `d g`; the numerator takes `d / d0 * r * <g, x0 - x>` and the sums
    `r d g / d0` (`d^2 g / d0` with `safeguard_warmup`), both decayed by `b3`, which is
    `sqrt(b2)` unless given (Mishchenko and Defazio, 2023).

    Raises (from `update`):
        ValueError: no variables were given.
    """
    kept = b2**0.5 if b3 is None else b3

    def init(variables: Variables) -> ProdigyState:
        present = variables or ()
        mu, nu, sums = (zeros_like_each(present) for _ in range(3))
        numerator = tf.zeros_like(inner_product(mu, mu))
        estimate = cast_like(estim_lr0, numerator)
        start = values_of(present)
        return ProdigyState(new_count(True), mu, nu, sums, start, estimate, numerator)

    def update(
        gradients: Tensors,
        state: ProdigyState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, ProdigyState]:
        present = values_of(require_variables(variables))
        known = state.estimate
        rate = adapted_rate(known, learning_rate, state.count, b1, b2)
        stepped = scaled(gradients, known)
        mu = moving_average(stepped, state.mu, b1)
        nu = moving_average(stepped, state.nu, b2, order=2)
        moved = [one - other for one, other in zip(state.start, present, strict=True)]
        share = (known if safeguard_warmup else rate) / estim_lr0
        sums = add_scaled(scaled(stepped, share), kept, state.sums)
        gained = known / estim_lr0 * rate * inner_product(gradients, moved)
        numerator = kept * state.numerator + gained
        guess = estim_lr_coef * numerator / l1_norm(sums)
        estimate = tf.maximum(known, guess)
        steps = free_steps(mu, nu, present, weight_decay, estimate * eps)
        slots = (mu, nu, sums, state.start, estimate, numerator)
        return scaled(steps, rate), ProdigyState(state.count + 1, *slots)

    return GradientTransform(init, update)


def adapted_rate(
    estimate: tf.Tensor, learning_rate: ScheduleLike, count: tf.Tensor, b1: Any, b2: Any
) -> tf.Tensor:
    """Return the estimate times the schedule and Adam's correction of both moments."""
    (rate,) = values_at(count, learning_rate)
    corrected = tf.sqrt(correction(b2, count + 1, estimate))
    corrected = corrected / correction(b1, count + 1, estimate)
    return estimate * cast_like(rate, estimate) * corrected


def free_steps(
    mu: Tensors, nu: Tensors, variables: Tensors, decay: Any, eps: Any
) -> Tensors:
    """Return `-decay * variable - mu / (sqrt(nu) + eps)` for each variable."""
    return [
        -cast_like(decay, mean) * variable
        - mean / (tf.sqrt(square) + cast_like(eps, mean))
        for mean, square, variable in zip(mu, nu, variables, strict=True)
    ]


def scaled(tensors: Tensors, factor: Any) -> Tensors:
    """Return `factor * tensor` for each tensor."""
    return [cast_like(factor, each) * each for each in tensors]


def l1_norm(tensors: Tensors) -> tf.Tensor:
    """Return the sum of all magnitudes, in float32 at least."""
    return inner_product(
        [tf.abs(each) for each in tensors], [tf.ones_like(each) for each in tensors]
    )
