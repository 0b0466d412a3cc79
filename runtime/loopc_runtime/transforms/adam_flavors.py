"""Adam and Nadam with the arithmetic of Keras and of torch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.adam import (
    AdamState,
    AmsgradState,
    corrected_ratio,
    divide_by_root,
    init_adam,
    init_amsgrad,
    larger_of_each,
    next_moments,
)
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    cast_like,
    correct_bias,
    in_dtype,
    moving_average,
    next_count,
    values_at,
)


def scale_by_adam_keras(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-7,
    *,
    amsgrad: bool = False,
) -> GradientTransform:
    """Scale as `keras.optimizers.Adam` does, with the epsilon of the short form.

    `mu * sqrt(1 - b2^t) / (1 - b1^t) / (sqrt(nu) + eps)`: the effective epsilon is
    `eps / sqrt(1 - b2^t)`, about 30 times larger at the first update than in optax.
    `amsgrad` puts the largest raw `nu` so far in the place of `nu`.
    """
    return raw_adam(b1, b2, eps, amsgrad, short=True)


def scale_by_adam_torch(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-8,
    *,
    amsgrad: bool = False,
) -> GradientTransform:
    """Scale as `torch.optim.Adam` does.

    `mu / (1 - b1^t) / (sqrt(nu) / sqrt(1 - b2^t) + eps)`; without `amsgrad` this is
    optax's Adam. `amsgrad` puts the largest raw `nu` so far in the place of `nu`.
    """
    return raw_adam(b1, b2, eps, amsgrad, short=False)


def raw_adam(
    b1: ScheduleLike, b2: ScheduleLike, eps: ScheduleLike, amsgrad: bool, *, short: bool
) -> GradientTransform:
    """Keep Adam's moments and return their ratio, corrected in the `short` form or not.

    With `amsgrad`, `nu` is the elementwise largest so far, before bias correction.
    """

    def update(
        gradients: Tensors,
        state: AdamState | AmsgradState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, AdamState | AmsgradState]:
        first, second, small = values_at(state.count, b1, b2, eps)
        decays = (first, second)
        after = next_moments(gradients, state, decays)
        if not isinstance(state, AmsgradState):
            return corrected_ratio(after, decays, small, short=short), after
        nu_max = larger_of_each(state.nu_max, after.nu)
        largest = after._replace(nu=nu_max)
        updates = corrected_ratio(largest, decays, small, short=short)
        return updates, AmsgradState(*after, nu_max)

    return GradientTransform(init_amsgrad if amsgrad else init_adam, update)


class NadamState(NamedTuple):
    """Adam's state and the product of all momenta so far."""

    count: tf.Tensor
    mu: Tensors
    nu: Tensors
    product: tf.Tensor


def scale_by_nadam(
    b1: ScheduleLike = 0.9,
    b2: ScheduleLike = 0.999,
    eps: ScheduleLike = 1e-7,
    *,
    momentum_decay: float = 1.0,
) -> GradientTransform:
    """Scale as `keras.optimizers.Nadam` and `torch.optim.NAdam` do.

    The momentum of update t is `b1 * (1 - 0.96 ** (t * momentum_decay) / 2)`; Keras
    fixes `momentum_decay` at 1, torch's default is 0.004. The momenta and their product
    are float64 scalars.
    """

    def momentum_at(rate: Any, count: tf.Tensor) -> tf.Tensor:
        exponent = tf.cast(count, tf.float64) * momentum_decay
        power = tf.pow(in_dtype(0.96, tf.float64), exponent)
        return in_dtype(rate, tf.float64) * (1.0 - 0.5 * power)

    def init(variables: Sequence[tf.Variable]) -> NadamState:
        return NadamState(*init_adam(variables), tf.ones([], tf.float64))

    def update(
        gradients: Tensors,
        state: NadamState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, NadamState]:
        first, second, small = values_at(state.count, b1, b2, eps)
        count = next_count(state.count)
        mu = moving_average(gradients, state.mu, first)
        nu = moving_average(gradients, state.nu, second, order=2)
        now, following = momentum_at(first, count), momentum_at(first, count + 1)
        product = state.product * now
        of_mu = following / (1.0 - product * following)
        of_gradient = (1.0 - now) / (1.0 - product)
        ahead = [
            cast_like(of_mu, each) * average + cast_like(of_gradient, each) * each
            for each, average in zip(gradients, mu, strict=True)
        ]
        updates = divide_by_root(ahead, correct_bias(nu, second, count), small)
        return updates, NadamState(count, mu, nu, product)

    return GradientTransform(init, update)
