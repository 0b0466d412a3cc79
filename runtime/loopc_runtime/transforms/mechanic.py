"""Learning the scale of another transform's updates."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    cast_like,
    require_variables,
    wide_dtype,
)
from loopc_runtime.transforms.clipping import global_norm
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.hooks import lifted_hooks


class MechanicState(NamedTuple):
    """Per decay: reward, largest, second moment and scale; the start; the inner."""

    reward: tf.Tensor
    largest: tf.Tensor
    second: tf.Tensor
    scale: tf.Tensor
    start: Tensors
    inner: State


def mechanize(
    inner: GradientTransform,
    weight_decay: float = 1e-2,
    eps: float = 1e-8,
    s_init: float = 1e-6,
    num_betas: int = 6,
) -> GradientTransform:
    """Tune the scale of what `inner` does while training; `optax.contrib.mechanize`.

    Cutkosky and others, 2023. The variables are `start - sum(s) * delta`, where delta
    is the sum of the inner updates, and every `s` follows a coin-betting rule with the
    decay `1 - 0.1 ** i`.
    """

    def init(variables: Sequence[tf.Variable]) -> MechanicState:
        zeros = tf.zeros([num_betas], wide_dtype(variables))
        start = values_of(variables)
        return MechanicState(
            zeros, zeros, zeros, zeros + s_init, start, inner.init(variables)
        )

    def update(
        gradients: Tensors,
        state: MechanicState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, MechanicState]:
        now = values_of(require_variables(variables))
        steps, after = inner.update(gradients, state.inner, variables, **extra)
        total = tf.reduce_sum(state.scale)
        norm, size = (cast_like(global_norm(each), total) for each in (gradients, now))
        pull = weight_decay * total * norm / (size + eps)
        way = [
            (begin - here) / cast_like(total + eps, here)
            for begin, here in zip(state.start, now, strict=True)
        ]
        gains = [
            tf.reduce_sum(
                cast_like((each + cast_like(pull, each) * here) * gone, total)
            )
            for each, here, gone in zip(gradients, now, way, strict=True)
        ]
        gain = tf.add_n([tf.zeros_like(total), *gains])
        state = bet(state, gain, s_init, eps)
        scale = tf.reduce_sum(state.scale)
        updates = [
            begin - cast_like(scale, here) * (gone - step) - here
            for begin, here, gone, step in zip(
                state.start, now, way, steps, strict=True
            )
        ]
        return updates, state._replace(inner=after)

    return GradientTransform(init, update, lifted_hooks(inner.hooks))


def bet(
    state: MechanicState, gain: tf.Tensor, s_init: float, eps: float
) -> MechanicState:
    """Let every scale learn from the `gain` of the way gone so far."""
    count = state.scale.shape[0]
    decays = [1.0 - 0.1**power for power in range(1, count + 1)]
    decay = tf.constant(decays, gain.dtype)
    clipped = tf.maximum(tf.minimum(gain, state.largest), -state.largest)
    largest = tf.maximum(decay * state.largest, tf.abs(gain) + eps)
    second = tf.square(decay) * state.second + tf.square(gain)
    reward = decay * state.reward + clipped * state.scale
    wealth = s_init / count * largest + tf.maximum(reward, 0.0)
    scale = wealth / (tf.sqrt(second) + eps)
    return state._replace(reward=reward, largest=largest, second=second, scale=scale)
