"""Schedules that rise and fall: one cycle, triangles, cosine restarts."""

import math
from typing import Literal

import tensorflow as tf

from loopc_runtime.decays import interpolate
from loopc_runtime.schedules import (
    Schedule,
    check_period,
    check_steps,
    whole_periods,
)


def one_cycle(
    peak: float,
    steps: float,
    *,
    pct_start: float = 0.3,
    pct_final: float = 0.85,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    shape: Literal["cosine", "linear"] = "cosine",
    three_phase: bool = False,
    flavor: Literal["optax", "torch"] = "optax",
) -> Schedule:
    """Rise from `peak / div_factor` to `peak`, then fall far below (Smith, 2018).

    It ends at `peak / (div_factor * final_div_factor)`. With `three_phase` it first
    falls back to where it began: at `pct_final` of the steps with flavor "optax", as
    far from the peak as the beginning with "torch". optax peaks at count
    `int(pct_start * steps)` and ends at `steps`, torch one count earlier.

    Raises:
        RunError: `steps` is negative, so the run is too short.
    """
    check_steps("one_cycle", steps)
    low = peak / div_factor
    last = low / final_div_factor
    if flavor == "torch":
        edges = [pct_start * steps - 1, 2 * pct_start * steps - 2, steps - 1]
    else:
        edges = [int(pct_start * steps), int(pct_final * steps), steps]
    edges = [max(float(edge), 0.0) for edge in edges]
    if three_phase:
        return interpolate([low, peak, low, last], edges, shape)
    return interpolate([low, peak, last], [edges[0], edges[2]], shape)


def cyclic(
    start: float,
    end: float,
    steps: float,
    *,
    down: float | None = None,
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
    gamma: float = 1.0,
) -> Schedule:
    """Rise from `start` to `end` in `steps` counts, fall back in `down`, and so on.

    torch's CyclicLR: `down` is as long as the rise if None; mode "triangular2" halves
    the height at each cycle, "exp_range" multiplies it by `gamma ** count`.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("cyclic", steps)
    fall = steps if down is None else down
    check_period("cyclic", fall)

    def value(count: tf.Tensor) -> tf.Tensor:
        cycles = whole_periods(count, steps + fall)
        within = count - cycles * (steps + fall)
        height = tf.where(
            within <= steps, within / steps, (steps + fall - within) / fall
        )
        if mode == "triangular2":
            height *= tf.pow(0.5, cycles)
        elif mode == "exp_range":
            height *= tf.pow(tf.constant(gamma, tf.float32), count)
        return start + (end - start) * height

    return Schedule(value)


def restarts(
    start: float, end: float, steps: float, *, t_mul: float = 2.0, m_mul: float = 1.0
) -> Schedule:
    """Fall from `start` to `end` along half a cosine wave, and begin again.

    SGDR (Loshchilov and Hutter, 2017): the first cycle has `steps` counts, each later
    one `t_mul` times as many as the one before and `m_mul` times its height. Keras'
    CosineDecayRestarts, with its defaults; torch's CosineAnnealingWarmRestarts has
    `t_mul` 1.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("restarts", steps)

    def begins(cycle: tf.Tensor) -> tf.Tensor:
        if t_mul == 1.0:
            return cycle * steps
        return steps * (tf.pow(t_mul, cycle) - 1.0) / (t_mul - 1.0)

    def value(count: tf.Tensor) -> tf.Tensor:
        count = tf.maximum(count, 0.0)
        cycle = count / steps
        if t_mul != 1.0:
            cycle = tf.math.log1p(cycle * (t_mul - 1.0)) / math.log(t_mul)
        # Logarithms miss whole numbers; the beginnings of cycles do not.
        cycle = tf.floor(cycle)
        cycle = tf.where(begins(cycle + 1.0) <= count, cycle + 1.0, cycle)
        cycle = tf.where(begins(cycle) > count, cycle - 1.0, cycle)
        passed = (count - begins(cycle)) / (steps * tf.pow(t_mul, cycle))
        height = 0.5 * tf.pow(m_mul, cycle) * (1.0 + tf.cos(math.pi * passed))
        return end + (start - end) * height

    return Schedule(value)
