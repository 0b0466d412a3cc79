"""Rules that need no learning rate because they bet: COCOB."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    full_like_each,
    require_variables,
    zeros_like_each,
)
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.factored import unzipped


class CocobState(NamedTuple):
    """Start, sum of negative gradients, scale, sum of magnitudes, reward."""

    start: Tensors
    bets: Tensors
    scale: Tensors
    magnitudes: Tensors
    reward: Tensors


def scale_by_cocob(alpha: float = 100.0, eps: float = 1e-8) -> GradientTransform:
    """Bet on each element's gradient; `optax.contrib.scale_by_cocob`.

    With `L` the largest magnitude so far (`eps` at first), `G` the sum of magnitudes,
    `C` the sum of negative gradients and `R = max(R - gradient (x - x0), 0)`:
    `x = x0 + C (L + R) / (L max(G + L, alpha L))` (Orabona and Tommasi, 2017). The
    update is what moves the variable there.

    Raises (from `update`):
        ValueError: no variables were given.
    """

    def init(variables: Variables) -> CocobState:
        present = variables or ()
        zeros = [zeros_like_each(present) for _ in range(3)]
        bets, magnitudes, reward = zeros
        scale = full_like_each(present, eps)
        return CocobState(values_of(present), bets, scale, magnitudes, reward)

    def update(
        gradients: Tensors,
        state: CocobState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, CocobState]:
        present = values_of(require_variables(variables))
        results = [
            bet_on_variable(each, variable, alpha, slots)
            for each, variable, *slots in zip(gradients, present, *state, strict=True)
        ]
        updates, *after = unzipped(results, 5)
        return updates, CocobState(state.start, *after)

    return GradientTransform(init, update)


def bet_on_variable(
    gradient: tf.Tensor,
    variable: tf.Tensor,
    alpha: float,
    slots: Tensors,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return COCOB's update of one variable, and its `slots` but for the start."""
    start, bets, scale, magnitudes, reward = slots
    scale = tf.maximum(scale, tf.abs(gradient))
    magnitudes = magnitudes + tf.abs(gradient)
    reward = tf.nn.relu(reward - gradient * (variable - start))
    bets = bets - gradient
    divisor = scale * tf.maximum(magnitudes + scale, cast_like(alpha, scale) * scale)
    target = start + bets / divisor * (scale + reward)
    return target - variable, bets, scale, magnitudes, reward
