"""Transforms that measure the Hessian's diagonal: Hutchinson, Sophia, AdaHessian."""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.random import random_uniform_int
from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import AdamState, init_adam
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correct_bias,
    in_dtype,
    moving_average,
    needed,
    new_count,
    values_at,
    zeros_like_each,
)

HessianVector = Callable[[Tensors], Tensors]


def hutchinson_estimator_diag_hessian(site: str = "hutchinson") -> GradientTransform:
    """Emit `z * (Hessian z)` for random signs `z`; `optax.contrib`'s estimator.

    Its mean is the diagonal of the Hessian. `hessian_vector`, a function of a list of
    tensors, has to be given to `update`; the signs are the draws of `site` in the
    current step.

    Raises (from `update`):
        ValueError: `hessian_vector` was not given.
        RunError: it is called outside a step.
    """

    def update(
        gradients: Tensors,
        state: tuple[()],
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, tuple[()]]:
        return hessian_diagonal(gradients, needed(extra, "hessian_vector"), site), ()

    return GradientTransform(lambda variables: (), update)


def hessian_diagonal(
    gradients: Tensors, hessian_vector: HessianVector, site: str
) -> Tensors:
    """Return Hutchinson's estimate from one draw of signs."""
    signs = [
        cast_like(2 * random_uniform_int(each.shape, site, 0, 2) - 1, each)
        for each in gradients
    ]
    products = hessian_vector(signs)
    return [sign * each for sign, each in zip(signs, products, strict=True)]


class SophiaState(NamedTuple):
    """A counter, the averaged gradients, the averaged diagonal of the Hessian."""

    count: tf.Tensor
    mu: Tensors
    hessian: Tensors


def scale_by_sophia(
    b1: ScheduleLike = 0.965,
    b2: ScheduleLike = 0.99,
    eps: ScheduleLike = 1e-8,
    gamma: ScheduleLike = 0.01,
    clip_threshold: float | None = 1.0,
    update_interval: int = 10,
    site: str = "sophia",
) -> GradientTransform:
    """Divide the momentum by the Hessian's diagonal and clip; optax' Sophia-H.

    `clip(mu_hat / max(gamma * h, eps), +- clip_threshold)` with the diagonal `h`
    known before; every `update_interval` updates, from the first on, `h` averages a
    new estimate of Hutchinson's (Liu and others, 2023).

    Raises (from `update`):
        ValueError: `hessian_vector` was not given.
        RunError: it is called outside a step.
    """

    def init(variables: Variables) -> SophiaState:
        zeros = [zeros_like_each(variables or ()) for _ in range(2)]
        return SophiaState(new_count(True), *zeros)

    def update(
        gradients: Tensors,
        state: SophiaState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, SophiaState]:
        first, second, small, share = values_at(state.count, b1, b2, eps, gamma)
        count = state.count + 1
        mu = moving_average(gradients, state.mu, first)
        updates = [
            mean / tf.maximum(cast_like(share, mean) * diagonal, cast_like(small, mean))
            for mean, diagonal in zip(
                correct_bias(mu, first, count), state.hessian, strict=True
            )
        ]
        if clip_threshold is not None:
            bound = clip_threshold
            updates = [
                tf.clip_by_value(each, cast_like(-bound, each), cast_like(bound, each))
                for each in updates
            ]

        def measure() -> Tensors:
            found = hessian_diagonal(gradients, needed(extra, "hessian_vector"), site)
            return moving_average(found, state.hessian, second)

        due = state.count % update_interval == 0
        hessian = tf.cond(due, measure, lambda: state.hessian) if gradients else []
        return updates, SophiaState(count, mu, hessian)

    return GradientTransform(init, update)


def scale_by_adahessian(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    hessian_power: float = 1.0,
    site: str = "adahessian",
) -> GradientTransform:
    """Adam whose second moment is that of the Hessian's diagonal.

    `mu_hat / (nu_hat ** (hessian_power / 2) + eps)`, `nu` averaging squares of a new
    estimate of Hutchinson's at every update, without averaging over kernels (Yao and
    others, 2021).

    Raises (from `update`):
        ValueError: `hessian_vector` was not given.
        RunError: it is called outside a step.
    """

    def update(
        gradients: Tensors,
        state: AdamState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState]:
        first, second, small = values_at(state.count, b1, b2, eps)
        count = state.count + 1
        found = hessian_diagonal(gradients, needed(extra, "hessian_vector"), site)
        mu = moving_average(gradients, state.mu, first)
        nu = moving_average(found, state.nu, second, order=2)
        updates = [
            mean
            / (
                tf.pow(square, in_dtype(hessian_power / 2.0, mean.dtype))
                + cast_like(small, mean)
            )
            for mean, square in zip(
                correct_bias(mu, first, count),
                correct_bias(nu, second, count),
                strict=True,
            )
        ]
        return updates, AdamState(count, mu, nu)

    return GradientTransform(init_adam, update)
