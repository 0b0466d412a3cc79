"""Schedules made of another: warmed up, moved, repeated, held, bounded, with noise."""

import tensorflow as tf

from loopc_runtime.schedules import (
    Schedule,
    ScheduleLike,
    as_schedule,
    check_period,
    check_steps,
    whole_periods,
)


def warmup(
    schedule: ScheduleLike,
    steps: float,
    *,
    start: float = 0.0,
    power: float = 1.0,
    shift: bool = True,
) -> Schedule:
    """Rise from `start` along a power of time for `steps` counts, then go on.

    With `shift` the schedule begins after the warm-up, as in optax and Keras; without,
    its clock runs from count 0, and the warm-up meets it, as in TensorFlow's Model
    Garden.

    Raises:
        RunError: `steps` is negative, so the run is too short.
    """
    check_steps("warmup", steps)
    inner = as_schedule(schedule)
    moved = steps if shift else 0.0

    def value(count: tf.Tensor) -> tf.Tensor:
        target = inner(tf.constant(steps - moved, tf.float32))
        share = tf.clip_by_value(count / max(steps, 1e-6), 0.0, 1.0)
        ramp = start + (target - start) * tf.pow(share, power)
        return tf.where(count < steps, ramp, inner(tf.maximum(count - moved, 0.0)))

    return Schedule(value)


def offset(schedule: ScheduleLike, steps: float) -> Schedule:
    """Begin `schedule` after `steps` counts; until then it is at its first value.

    optax's `transition_begin`.

    Raises:
        RunError: `steps` is negative, so the run is too short.
    """
    check_steps("offset", steps)
    inner = as_schedule(schedule)
    return Schedule(lambda count: inner(tf.maximum(count - steps, 0.0)))


def cycle(schedule: ScheduleLike, steps: float, *, decay: float = 1.0) -> Schedule:
    """Begin `schedule` again after every `steps` counts, times `decay` each time.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("cycle", steps)
    inner = as_schedule(schedule)

    def value(count: tf.Tensor) -> tf.Tensor:
        times = whole_periods(count, steps)
        repeated = inner(count - times * steps)
        return repeated if decay == 1.0 else repeated * tf.pow(decay, times)

    return Schedule(value)


def hold(schedule: ScheduleLike, steps: float) -> Schedule:
    """Read `schedule` at every `steps`-th count, and keep its value in between.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("hold", steps)
    inner = as_schedule(schedule)
    return Schedule(lambda count: inner(whole_periods(count, steps) * steps))


def clamp(
    schedule: ScheduleLike, *, low: float | None = None, high: float | None = None
) -> Schedule:
    """Keep `schedule` from falling below `low` and from rising above `high`."""
    inner = as_schedule(schedule)

    def value(count: tf.Tensor) -> tf.Tensor:
        bounded = inner(count)
        bounded = bounded if low is None else tf.maximum(bounded, low)
        return bounded if high is None else tf.minimum(bounded, high)

    return Schedule(value)


def noise(
    schedule: ScheduleLike, amount: float, steps: float, *, seed: int = 0
) -> Schedule:
    """Multiply by `1 + u`, u uniform in [-amount, amount), drawn anew each `steps`.

    The draw is Philox on (seed, number of the period), so that it is equal in every
    run, after every resume, and in plots.

    Raises:
        RunError: there is no positive number of steps.
    """
    check_period("noise", steps)
    inner = as_schedule(schedule)

    def value(count: tf.Tensor) -> tf.Tensor:
        period = tf.cast(whole_periods(count, steps), tf.int64)
        key = tf.stack([tf.constant(seed, tf.int64), period])
        bits = tf.random.stateless_uniform(
            [], key, minval=None, maxval=None, dtype=tf.uint32, alg="philox"
        )
        high = tf.cast(bits // tf.constant(2**8, tf.uint32), tf.int32)
        unit = tf.cast(high, tf.float32) * 2.0**-24
        return inner(count) * (1.0 + amount * (2.0 * unit - 1.0))

    return Schedule(value)
