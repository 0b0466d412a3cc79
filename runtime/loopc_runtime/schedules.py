"""Schedules: composable functions of a 0-based float32 count of updates or steps."""

import math
import operator
from collections.abc import Callable, Sequence

import tensorflow as tf

from loopc_runtime.errors import RunError


class Schedule:
    """A float32 scalar that depends on a 0-based count; sums, products, powers too.

    Calling it takes a Python number, a scalar tensor or a scalar variable of any
    real dtype (a float32 count is exact up to 2^24) and returns a float32 scalar
    tensor. Operators combine it with numbers, schedules and plain callables, value
    by value at the same count.
    """

    def __init__(self, function: Callable[[tf.Tensor], tf.Tensor]) -> None:
        """Wrap `function`, which maps a float32 scalar tensor to a scalar."""
        self.function = function

    def __call__(self, count: tf.Tensor | float) -> tf.Tensor:
        return tf.cast(self.function(tf.cast(count, tf.float32)), tf.float32)

    def __add__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.add, self, other)

    def __radd__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.add, other, self)

    def __sub__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.sub, self, other)

    def __rsub__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.sub, other, self)

    def __mul__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.mul, self, other)

    def __rmul__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.mul, other, self)

    def __truediv__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.truediv, self, other)

    def __rtruediv__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.truediv, other, self)

    def __pow__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.pow, self, other)

    def __rpow__(self, other: "ScheduleLike") -> "Schedule":
        return combine_schedules(operator.pow, other, self)

    def __neg__(self) -> "Schedule":
        return Schedule(lambda count: -self(count))


ScheduleLike = float | Callable[[tf.Tensor], tf.Tensor]


def combine_schedules(
    combine: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
    left: ScheduleLike,
    right: ScheduleLike,
) -> Schedule:
    """Return the schedule whose value is `combine(left, right)` at every count."""
    first, second = as_schedule(left), as_schedule(right)
    return Schedule(lambda count: combine(first(count), second(count)))


def as_schedule(value: ScheduleLike) -> Schedule:
    """Return `value` itself if it is a schedule, else wrap the number or callable."""
    if isinstance(value, Schedule):
        return value
    return scheduled(value) if callable(value) else constant(value)


def scheduled(function: Callable[[tf.Tensor], tf.Tensor]) -> Schedule:
    """Turn a formula of the count into a schedule.

    `function` receives a float32 scalar tensor and returns a scalar; it must be
    traceable, e.g. `scheduled(lambda step: tf.exp(-step / 1_000.0))`.
    """
    return Schedule(function)


def constant(value: float) -> Schedule:
    """Return the schedule that is `value` at every count."""
    return Schedule(lambda count: tf.constant(value, tf.float32))


def linear(start: float, end: float, steps: float) -> Schedule:
    """Go from `start` at count 0 to `end` at count `steps`, then stay.

    The arithmetic is that of `optax.linear_schedule`, except that a ramp of zero
    steps is `end` from the first count on (optax stays at `start` for ever).

    Raises:
        RunError: `steps` is negative, so the run is too short.
    """
    return decay_polynomially("linear", start, end, steps, 1.0)


def polynomial(
    start: float,
    end: float,
    steps: float,
    power: float,
    *,
    cycle: bool = False,
    k_decay: float = 1.0,
) -> Schedule:
    """Go from `start` to `end` as `(1 - count / steps) ** power` falls from 1 to 0.

    The arithmetic is that of `optax.polynomial_schedule`; zero steps mean `end`. With
    `cycle` it goes on from where a path of twice, three times ... the steps would be,
    as Keras' PolynomialDecay. `k_decay` is timm's: the share of time to that power.

    Raises:
        RunError: `steps` is negative, so the run is too short.
    """
    if not cycle or steps == 0:
        return decay_polynomially("polynomial", start, end, steps, power, k_decay)
    check_steps("polynomial", steps)

    def value(count: tf.Tensor) -> tf.Tensor:
        times = whole_periods(count, steps)
        times = tf.where(times * steps < count, times + 1.0, times)
        whole = steps * tf.maximum(times, 1.0)
        share = tf.clip_by_value(count / whole, 0.0, 1.0)
        return (start - end) * tf.pow(1.0 - tf.pow(share, k_decay), power) + end

    return Schedule(value)


def decay_polynomially(
    name: str, start: float, end: float, steps: float, power: float, k: float = 1.0
) -> Schedule:
    """Return the polynomial from `start` to `end`; errors speak of `name`."""

    def remaining(count: tf.Tensor) -> tf.Tensor:
        passed = count / steps
        left = 1.0 - (passed if k == 1.0 else passed**k)
        return left if power == 1.0 else left**power

    return decay_between(name, start, end, steps, remaining)


def cosine(
    start: float,
    end: float,
    steps: float,
    exponent: float = 1.0,
    *,
    k_decay: float = 1.0,
) -> Schedule:
    """Go from `start` to `end` along half a cosine wave, then stay.

    With a = end / start this is `optax.cosine_decay_schedule(start, steps, a,
    exponent)`, written so that `start` may be 0; zero steps mean `end`. `k_decay` is
    timm's: the share of time to that power.

    Raises:
        RunError: `steps` is negative, so the run is too short.
    """

    def remaining(count: tf.Tensor) -> tf.Tensor:
        passed = count / steps
        passed = passed if k_decay == 1.0 else passed**k_decay
        left = 0.5 * (1.0 + tf.cos(math.pi * passed))
        return left if exponent == 1.0 else left**exponent

    return decay_between("cosine", start, end, steps, remaining)


def decay_between(
    name: str,
    start: float,
    end: float,
    steps: float,
    remaining: Callable[[tf.Tensor], tf.Tensor],
) -> Schedule:
    """Return `(start - end) * remaining(count) + end` between count 0 and `steps`.

    Before it is `start`, from `steps` on `end`, both exactly: XLA turns the division by
    `steps` into a product that rounds otherwise, and a step size must not end below 0.

    Raises:
        RunError: `steps` is negative; the message names `name`.
    """
    check_steps(name, steps)
    if steps == 0:
        return constant(end)

    def value(count: tf.Tensor) -> tf.Tensor:
        within = tf.clip_by_value(count, 0.0, steps)
        between = (start - end) * remaining(within) + end
        begun = tf.where(count > 0.0, between, tf.cast(start, tf.float32))
        return tf.where(count < steps, begun, tf.cast(end, tf.float32))

    return Schedule(value)


def check_steps(name: str, steps: float) -> None:
    """Verify that a schedule is left with a number of steps.

    Raises:
        RunError: it is negative or not a number: the length of the run, which may
            depend on the data, does not leave room for what comes before.
    """
    if not steps >= 0.0:
        raise RunError(
            f"The schedule `{name}` is left with {steps:g} steps, because the pieces "
            "before it are longer than the run. Shorten them or train for longer."
        )


def whole_periods(count: tf.Tensor, steps: float) -> tf.Tensor:
    """Return how many whole periods of `steps` counts are in `count`, exactly.

    XLA divides by multiplying with a reciprocal, so that a quotient that is whole may
    come out below: what was rounded down too far is moved up again, and back.
    """
    times = tf.floor(count / steps)
    times = tf.where((times + 1.0) * steps <= count, times + 1.0, times)
    return tf.where(times * steps > count, times - 1.0, times)


def check_period(name: str, steps: float) -> None:
    """Verify that a period lasts for a positive number of steps.

    Raises:
        RunError: it does not.
    """
    if not steps > 0.0:
        raise RunError(
            f"The schedule `{name}` has a period of {steps:g} steps; give it a "
            "positive number of steps or epochs."
        )


def exponential(
    start: float,
    end: float | None,
    steps: float,
    *,
    rate: float | None = None,
    staircase: bool = False,
) -> Schedule:
    """Multiply by a fixed factor every `steps` counts, starting from `start`.

    With `rate` this is `optax.exponential_decay(start, steps, rate, staircase=...,
    end_value=end)`: `start * rate ** (count / steps)`, never going past `end` unless
    `end` is None. Without `rate` the factor is `end / start`, so that `end` is reached
    at count `steps` and kept; zero steps mean `end`. `staircase` rounds `count / steps`
    down.

    Raises:
        RunError: `steps` is negative, so the run is too short.
        ValueError: `rate` is not positive, or `rate` is left out and `end / start` is
            not a positive number, or `rate` alone acts over 0 steps.
    """
    check_steps("exponential", steps)
    factor = exponential_factor(start, end, rate)
    if steps == 0 and end is not None:
        return constant(end)
    if steps == 0:
        raise ValueError("`exponential` cannot multiply by a rate every 0 steps.")
    bound = tf.maximum if factor < 1.0 else tf.minimum
    if start < 0.0:
        bound = tf.minimum if factor < 1.0 else tf.maximum

    def value(count: tf.Tensor) -> tf.Tensor:
        within = tf.maximum(count, 0.0)
        periods = whole_periods(within, steps) if staircase else within / steps
        decayed = start * tf.pow(tf.constant(factor, tf.float32), periods)
        return decayed if end is None else bound(decayed, end)

    return Schedule(value)


def exponential_factor(start: float, end: float | None, rate: float | None) -> float:
    """Return `rate`, or `end / start` if it is None.

    Raises:
        ValueError: the result does not exist or is not positive.
    """
    if rate is not None and rate > 0.0:
        return rate
    if rate is None and end is not None and start != 0.0 and end / start > 0.0:
        return end / start
    raise ValueError(
        "`exponential` multiplies by a positive factor: give a positive rate, or a "
        f"start and an end of the same sign; found start={start}, end={end}, "
        f"rate={rate}."
    )


def join(schedules: Sequence[ScheduleLike], boundaries: Sequence[float]) -> Schedule:
    """Run `schedules` one after the other, each on its own clock.

    Schedule i starts at `boundaries[i - 1]` and is called with the count since then,
    as in `optax.join_schedules`.

    Raises:
        ValueError: there is not exactly one schedule more than boundaries, or the
            boundaries fall back.
    """
    check_boundaries("join", len(schedules), boundaries)
    parts = [as_schedule(schedule) for schedule in schedules]

    def value(count: tf.Tensor) -> tf.Tensor:
        output = parts[0](count)
        for boundary, part in zip(boundaries, parts[1:], strict=True):
            output = tf.where(count < boundary, output, part(count - boundary))
        return output

    return Schedule(value)


def check_boundaries(name: str, parts: int, boundaries: Sequence[float]) -> None:
    """Verify that `parts` pieces fit between `boundaries`.

    Raises:
        ValueError: the numbers do not fit, or a boundary lies before the one before.
    """
    if parts != len(boundaries) + 1:
        raise ValueError(
            f"`{name}` needs one piece more than boundaries; found {parts} pieces and "
            f"{len(boundaries)} boundaries."
        )
    if list(boundaries) != sorted(boundaries):
        raise ValueError(
            f"`{name}` needs boundaries that do not fall back; "
            f"found {list(boundaries)}."
        )
