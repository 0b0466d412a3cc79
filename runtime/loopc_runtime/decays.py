"""Schedules that fall: by factors, by powers of time, along tables of values."""

import math
from collections.abc import Sequence
from typing import Literal

import tensorflow as tf

from loopc_runtime.schedules import (
    Schedule,
    check_boundaries,
    check_period,
    check_steps,
    constant,
    decay_between,
    exponential,
    join,
    linear,
    whole_periods,
)

Shape = Literal["constant", "linear", "cosine"]


def tanh_decay(
    start: float, end: float, steps: float, low: float = -7.0, high: float = 3.0
) -> Schedule:
    """Go from `start` to `end` along `(1 - tanh(x)) / 2`, x from `low` to `high`.

    timm's TanhLRScheduler, but both ends are exact.

    Raises:
        RunError: `steps` is negative, so the run is too short.
    """

    def remaining(count: tf.Tensor) -> tf.Tensor:
        passed = count / steps
        return 0.5 * (1.0 - tf.tanh(low * (1.0 - passed) + high * passed))

    return decay_between("tanh_decay", start, end, steps, remaining)


def exponential_decay(
    start: float,
    rate: float,
    steps: float,
    *,
    staircase: bool = False,
    end: float | None = None,
) -> Schedule:
    """Return `start * rate ** (count / steps)`, never past `end`.

    optax.exponential_decay, Keras' ExponentialDecay, torch's ExponentialLR (steps 1).
    """
    return exponential(start, end, steps, rate=rate, staircase=staircase)


def step_decay(start: float, steps: float, *, factor: float = 0.1) -> Schedule:
    """Multiply by `factor` after every `steps` counts: torch's StepLR.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("step_decay", steps)

    def value(count: tf.Tensor) -> tf.Tensor:
        times = whole_periods(tf.maximum(count, 0.0), steps)
        return start * tf.pow(tf.constant(factor, tf.float32), times)

    return Schedule(value)


def multistep(
    start: float, boundaries: Sequence[float], *, factor: float = 0.1
) -> Schedule:
    """Multiply by `factor` at each of `boundaries`, on the count itself: MultiStepLR.

    Raises:
        ValueError: the boundaries fall back.
    """
    values = [start * factor**times for times in range(len(boundaries) + 1)]
    return piecewise(values, boundaries)


def inverse_time(
    start: float, rate: float, steps: float, *, staircase: bool = False
) -> Schedule:
    """Return `start / (1 + rate * count / steps)`: Keras' InverseTimeDecay.

    `staircase` rounds `count / steps` down.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("inverse_time", steps)

    def value(count: tf.Tensor) -> tf.Tensor:
        within = tf.maximum(count, 0.0)
        passed = whole_periods(within, steps) if staircase else within / steps
        return start / (1.0 + rate * passed)

    return Schedule(value)


def inverse_power(start: float, steps: float, *, power: float) -> Schedule:
    """Return `start * (1 + count / steps) ** -power`.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("inverse_power", steps)

    def value(count: tf.Tensor) -> tf.Tensor:
        passed = tf.maximum(count, 0.0) / steps
        return start * tf.pow(1.0 + passed, -power)

    return Schedule(value)


def inverse_sqrt(start: float, steps: float) -> Schedule:
    """Return `start / sqrt(1 + count / steps)`.

    After a linear warm-up of `steps` counts this is the rule of the Transformer, and
    Hugging Face's `inverse_sqrt`.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("inverse_sqrt", steps)
    return Schedule(
        lambda count: start * tf.math.rsqrt(1.0 + tf.maximum(count, 0.0) / steps)
    )


def piecewise(
    values: Sequence[float],
    boundaries: Sequence[float],
    *,
    shape: Shape = "constant",
    late: bool = False,
) -> Schedule:
    """Return `values[i]` from count `boundaries[i - 1]` on, until `boundaries[i]`.

    As in optax and torch the value changes at the boundary itself; `late` changes it
    one count after, as Keras' `PiecewiseConstantDecay`. With shape "linear" or "cosine"
    it goes from `values[i]` to `values[i + 1]` on the way to `boundaries[i]` instead,
    as `optax.piecewise_interpolate_schedule`.

    Raises:
        ValueError: there is not exactly one value more than boundaries, or the
            boundaries do not increase.
    """
    check_boundaries("piecewise", len(values), boundaries)
    edges = [float(boundary) for boundary in boundaries]
    if shape != "constant":
        return interpolate([float(value) for value in values], edges, shape)
    table = tuple(float(value) for value in values)

    def value(count: tf.Tensor) -> tf.Tensor:
        limits = tf.constant(edges, tf.float32)
        passed = tf.cast(count > limits if late else count >= limits, tf.int32)
        return tf.gather(tf.constant(table, tf.float32), tf.reduce_sum(passed))

    return Schedule(value)


def interpolate(
    values: Sequence[float], edges: Sequence[float], shape: Shape
) -> Schedule:
    """Go from `values[0]` at count 0 through `values[i + 1]` at `edges[i]`, then stay.

    Between them runs a straight line, or half a cosine wave.
    """
    starts = [0.0, *edges[:-1]]
    lengths = [max(end - start, 1e-6) for start, end in zip(starts, edges, strict=True)]

    def value(count: tf.Tensor) -> tf.Tensor:
        passed = tf.cast(count >= tf.constant(edges, tf.float32), tf.int32)
        part = tf.minimum(tf.reduce_sum(passed), len(edges) - 1)
        begun, length, low, high = (
            tf.gather(tf.constant(column, tf.float32), part)
            for column in (starts, lengths, values[:-1], values[1:])
        )
        share = tf.clip_by_value((count - begun) / length, 0.0, 1.0)
        if shape == "cosine":
            share = 0.5 * (1.0 - tf.cos(math.pi * share))
        between = low + (high - low) * share
        return tf.where(
            count >= edges[-1], tf.constant(values[-1], tf.float32), between
        )

    return Schedule(value)


def wsd(
    peak: float,
    steps: float,
    *,
    warmup: float,
    decay: float,
    start: float = 0.0,
    end: float = 0.0,
    shape: Literal["linear", "cosine", "sqrt"] = "linear",
) -> Schedule:
    """Warm up, stay, decay: `warmup` counts to `peak`, the last `decay` ones to `end`.

    Shape "sqrt" decays as `1 - sqrt(t)` (Hägele and others, 2024).

    Raises:
        RunError: warm-up and decay are longer than `steps` together.
    """
    check_steps("wsd", steps - warmup - decay)
    falls: dict[str, Schedule] = {
        "linear": linear(peak, end, decay),
        "cosine": interpolate([peak, end], [max(decay, 1e-6)], "cosine"),
        "sqrt": decay_between(
            "wsd", peak, end, decay, lambda count: 1.0 - tf.sqrt(count / decay)
        ),
    }
    parts = [linear(start, peak, warmup), constant(peak), falls[shape]]
    return join(parts, boundaries=[warmup, steps - decay])
