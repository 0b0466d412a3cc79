"""Weights of several objectives from their values alone: one backward pass."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.random import random_normal
from loopc_runtime.transforms.base import GradientTransform, State, Tensors, needed
from loopc_runtime.transforms.conditions import chosen
from loopc_runtime.transforms.hooks import Hooks
from loopc_runtime.transforms.named_adam import adam
from loopc_runtime.transforms.task_base import by_weights

TINY = 1e-8


def equal(tasks: int, weights: Sequence[float] | None = None) -> GradientTransform:
    """Minimize the sum of the objectives, each times its weight, by default 1."""
    given = [1.0] * tasks if weights is None else list(weights)
    if len(given) != tasks:
        raise ValueError(f"There are {tasks} objectives and {len(given)} weights.")
    return by_weights(lambda values, state: tf.constant(given, tf.float32))


def rlw(tasks: int) -> GradientTransform:
    """Weigh at random: the softmax of normal numbers, new at every step.

    Lin and others, 2022.
    """
    return by_weights(
        lambda values, state: tf.nn.softmax(random_normal([tasks], "rlw"))
    )


def gls(tasks: int) -> GradientTransform:
    """Minimize the geometric mean of the objectives, which have to be positive.

    Chennupati and others, 2019.
    """

    def weigh(values: tf.Tensor, state: State) -> tf.Tensor:
        safe = tf.maximum(values, TINY)
        return tf.exp(tf.reduce_mean(tf.math.log(safe))) / (tasks * safe)

    return by_weights(weigh)


def log_transform(tasks: int) -> GradientTransform:
    """Minimize the sum of `log(1 + objective)`."""
    return by_weights(lambda values, state: 1.0 / (1.0 + values))


def pareto(
    tasks: int,
    preference: Sequence[float] | None = None,
    tchebycheff_weight: float = 0.5,
) -> GradientTransform:
    """Minimize a mix of the preferred sum and the worst preferred objective.

    `(1 - t) sum(p_i L_i) + t max(p_i L_i)`; the preference, by default even, is scaled
    to sum to 1.
    """
    wished = [1.0] * tasks if preference is None else list(preference)
    if len(wished) != tasks:
        raise ValueError(f"There are {tasks} objectives and {len(wished)} wishes.")
    shares = [each / sum(wished) for each in wished]

    def weigh(values: tf.Tensor, state: State) -> tf.Tensor:
        prefer = tf.constant(shares, tf.float32)
        worst = tf.one_hot(tf.argmax(prefer * values), tasks)
        return prefer * (1.0 - tchebycheff_weight + tchebycheff_weight * worst)

    return by_weights(weigh)


class DwaState(NamedTuple):
    """Sums of the open window, its steps, the means of the last two, and how many."""

    sums: tf.Tensor
    steps: tf.Tensor
    last: tf.Tensor
    before: tf.Tensor
    windows: tf.Tensor


def dwa(tasks: int, temperature: float = 2.0, window: int = 1) -> GradientTransform:
    """Weigh by how slowly each objective fell between the last two windows.

    Dynamic weight average (Liu and others, 2019): `tasks * softmax(r / temperature)`,
    r the ratio of the means over the last two windows of `window` steps; 1 until there
    are two.
    """

    def init(variables: Sequence[tf.Variable]) -> DwaState:
        none, zero = tf.zeros([tasks], tf.float32), tf.zeros([], tf.int32)
        return DwaState(none, zero, none + 1.0, none + 1.0, zero)

    def weigh(values: tf.Tensor, state: DwaState) -> tf.Tensor:
        ratio = state.last / tf.maximum(state.before, TINY)
        weights = tasks * tf.nn.softmax(ratio / temperature)
        return tf.where(state.windows >= 2, weights, tf.ones_like(weights))

    def advance(state: DwaState, values: tf.Tensor) -> DwaState:
        more = state._replace(sums=state.sums + values, steps=state.steps + 1)
        full = DwaState(
            sums=tf.zeros_like(values),
            steps=tf.zeros([], tf.int32),
            last=more.sums / window,
            before=state.last,
            windows=state.windows + 1,
        )
        return chosen(tf.equal(more.steps, window), full, more)

    return by_weights(weigh, init, advance)


class StchState(NamedTuple):
    """Steps so far, and the mean of the objectives while warming up."""

    count: tf.Tensor
    nadir: tf.Tensor


def stch(tasks: int, mu: float = 1.0, warmup_steps: int = 100) -> GradientTransform:
    """Minimize a smooth maximum of the objectives, each in units of where it began.

    Smooth Tchebycheff scalarization (Lin and others, 2024): `mu * log(sum(exp(log(L /
    nadir) / mu)))`. For `warmup_steps`, over which the nadir is the mean, the sum of
    the logarithms.
    """

    def init(variables: Sequence[tf.Variable]) -> StchState:
        return StchState(tf.zeros([], tf.int32), tf.zeros([tasks], tf.float32))

    def weigh(values: tf.Tensor, state: StchState) -> tf.Tensor:
        safe = tf.maximum(values, TINY)
        heights = tf.math.log(safe / tf.maximum(state.nadir, TINY))
        smooth = tf.nn.softmax(heights / mu) / safe
        return tf.where(state.count >= warmup_steps, smooth, 1.0 / safe)

    def advance(state: StchState, values: tf.Tensor) -> StchState:
        warming = state.count < warmup_steps
        share = values / max(warmup_steps, 1)
        return StchState(
            state.count + 1, tf.where(warming, state.nadir + share, state.nadir)
        )

    return by_weights(weigh, init, advance)


class LearnedWeights(NamedTuple):
    """What the weights are made of, the logarithms before the step, the learner's."""

    raw: tf.Tensor
    before: tf.Tensor
    learner: State


def uncertainty(
    tasks: int, learner: GradientTransform | None = None
) -> GradientTransform:
    """Weigh by learned noise: `L_i / (2 exp(s_i)) + s_i / 2`.

    Kendall and others, 2018. Every s begins at -0.5 and is learned by `learner`, by
    default `adam(1e-3)`.
    """
    learn = adam(1e-3) if learner is None else learner

    def init(variables: Sequence[tf.Variable]) -> LearnedWeights:
        raw = tf.fill([tasks], -0.5)
        return LearnedWeights(raw, tf.zeros([tasks]), learn.init([raw]))

    def weigh(values: tf.Tensor, state: LearnedWeights) -> tf.Tensor:
        return 0.5 * tf.exp(-state.raw)

    def advance(state: LearnedWeights, values: tf.Tensor) -> LearnedWeights:
        slope = 0.5 - 0.5 * values * tf.exp(-state.raw)
        return learned(learn, state, slope)

    return by_weights(weigh, init, advance)


def famo(
    tasks: int, learning_rate: float = 0.025, gamma: float = 1e-3
) -> GradientTransform:
    """Let all objectives fall at the same relative rate.

    Liu and others, 2023: minimizes `sum(z_i log L_i)`, scaled, with z the softmax of
    weights that follow, by Adam, how much each logarithm fell in the step. That takes a
    second forward pass behind each step. `gamma` pulls the weights to 0.
    """
    learn = adam(learning_rate, weight_decay=gamma, flavor="torch")

    def init(variables: Sequence[tf.Variable]) -> LearnedWeights:
        raw = tf.zeros([tasks], tf.float32)
        return LearnedWeights(raw, raw, learn.init([raw]))

    def weigh(values: tf.Tensor, state: LearnedWeights) -> tf.Tensor:
        shares = tf.nn.softmax(state.raw) / (values + TINY)
        return shares / tf.reduce_sum(shares)

    def update(
        gradients: Tensors,
        state: LearnedWeights,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, LearnedWeights]:
        values = tf.cast(needed(extra, "value"), tf.float32)
        return gradients, state._replace(before=tf.math.log(values + TINY))

    def observe(state: LearnedWeights, values: tf.Tensor) -> LearnedWeights:
        fall = state.before - tf.math.log(tf.cast(values, tf.float32) + TINY)
        shares = tf.nn.softmax(state.raw)
        slope = shares * (fall - tf.reduce_sum(shares * fall))
        return learned(learn, state, slope)

    return GradientTransform(init, update, Hooks(weigh=weigh, observe=observe))


def learned(
    learner: GradientTransform, state: LearnedWeights, slope: tf.Tensor
) -> LearnedWeights:
    """Return the state after one step of the learner along `slope`."""
    (step,), after = learner.update([slope], state.learner, [state.raw])
    return state._replace(raw=state.raw + step, learner=after)
