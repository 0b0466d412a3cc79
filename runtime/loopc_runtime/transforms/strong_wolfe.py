"""The line search of torch's L-BFGS: a step that keeps both of Wolfe's conditions."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.conditions import chosen

FALL, CURVE = 1e-4, 0.9


class Probe(NamedTuple):
    """A step size; the objective, its gradient and its slope there."""

    size: tf.Tensor
    value: tf.Tensor
    gradient: tf.Tensor
    slope: tf.Tensor


class Bracket(NamedTuple):
    """How far a search is: looks taken, the last two outwards, then an interval.

    `closed` tells whether `low` and `high`, the better one first, bound a good step;
    `slow` that the last look was close to one of them.
    """

    looks: tf.Tensor
    before: Probe
    latest: Probe
    low: Probe
    high: Probe
    closed: tf.Tensor
    done: tf.Tensor
    slow: tf.Tensor


def strong_wolfe(
    look: Callable[[tf.Tensor], Probe],
    start: Probe,
    size: tf.Tensor,
    longest: tf.Tensor,
    most: tf.Tensor,
    tolerance: float,
) -> tuple[Probe, tf.Tensor]:
    """Return the step that a search from `size` ends with, and how often it looked.

    As `torch.optim.LBFGS` searches: outwards by cubics until an interval holds a good
    step, then inwards by cubics, for at most `most` looks after the first, or until
    the interval times `longest`, the largest element of the direction, is below
    `tolerance`. Good is a value of at most `start`'s and 1e-4 of the promised fall,
    and a slope of at most 0.9 of the first one.
    """
    no = tf.constant(False)

    def goes_on(*leaves: tf.Tensor) -> tf.Tensor:
        now: Bracket = tf.nest.pack_sequence_as(first, leaves)
        narrow = tf.abs(now.high.size - now.low.size) * longest < tolerance
        return ~now.done & (now.looks < most) & ~(now.closed & narrow)

    def proceed(*leaves: tf.Tensor) -> list[tf.Tensor]:
        now: Bracket = tf.nest.pack_sequence_as(first, leaves)
        inner, slow = inwards(now)
        seen = look(tf.where(now.closed, inner, outwards(now)))
        now = now._replace(looks=now.looks + 1)
        further = now._replace(before=now.latest, latest=seen)
        after = chosen(
            now.closed,
            narrowed(now._replace(slow=slow), seen, start),
            examined(further, start, most),
        )
        return tf.nest.flatten(after)

    begun = Bracket(
        tf.constant(0), start, look(size), start, start, no, no, no
    )  # fmt: skip
    first = examined(begun, start, most)
    leaves = tf.while_loop(goes_on, proceed, tf.nest.flatten(first))
    last: Bracket = tf.nest.pack_sequence_as(first, leaves)
    falls = last.latest.value < start.value
    unclosed = chosen(falls, last.latest, start)
    best = chosen(last.closed | last.done, last.low, unclosed)
    return best, last.looks + 1


def examined(now: Bracket, start: Probe, most: tf.Tensor) -> Bracket:
    """Return the search after a look outwards: it may be closed, or done."""
    latest, before, counts = now.latest, now.before, now.looks < most
    rises = (now.looks > 1) & (latest.value >= before.value)
    ends = (latest.value > allowed(start, latest.size)) | rises
    good = (tf.abs(latest.slope) <= -CURVE * start.slope) & ~ends
    closed = counts & (ends | (latest.slope >= 0))
    first_better = before.value <= latest.value
    low = chosen(first_better & ~good, before, latest)
    high = chosen(first_better & ~good, latest, before)
    return now._replace(
        low=low,
        high=chosen(good, latest, high),
        closed=closed & ~good,
        done=counts & good,
    )


def narrowed(now: Bracket, seen: Probe, start: Probe) -> Bracket:
    """Return the search after a look inwards: the interval ends there."""
    low, high = now.low, now.high
    worse = (seen.value > allowed(start, seen.size)) | (seen.value >= low.value)
    swaps = worse & (seen.value < low.value)
    good = tf.abs(seen.slope) <= -CURVE * start.slope
    turns = (seen.slope * (high.size - low.size) >= 0) & ~good
    return now._replace(
        low=chosen(worse & ~swaps, low, seen),
        high=chosen(worse, chosen(swaps, low, seen), chosen(turns, low, high)),
        done=good & ~worse,
    )


def allowed(start: Probe, size: tf.Tensor) -> tf.Tensor:
    """Return the largest value that a step of `size` may lead to."""
    return start.value + tf.cast(FALL, size.dtype) * size * start.slope


def outwards(now: Bracket) -> tf.Tensor:
    """Return the next size while no interval is known: 1.01 to 10 times as far."""
    latest, before = now.latest, now.before
    least = latest.size + 0.01 * (latest.size - before.size)
    return least_of_cubic(before, latest, least, 10.0 * latest.size)


def inwards(now: Bracket) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the next size in the interval, and whether it is close to an end.

    Twice in a row close to an end, or at it, it moves a tenth of the interval inwards.
    """
    low, high = now.low.size, now.high.size
    left, right = tf.minimum(low, high), tf.maximum(low, high)
    size = least_of_cubic(now.low, now.high, left, right)
    margin = 0.1 * (right - left)
    close = tf.minimum(right - size, size - left) < margin
    forced = close & (now.slow | (size >= right) | (size <= left))
    inside = tf.where(right - size < size - left, right - margin, left + margin)
    return tf.where(forced, inside, size), close & ~forced


def least_of_cubic(
    one: Probe, other: Probe, least: tf.Tensor, most: tf.Tensor
) -> tf.Tensor:
    """Return where the cubic through two looks and their slopes is least, in bounds.

    The middle of the bounds where it has no minimum.
    """
    swap = one.size > other.size
    left, right = chosen(swap, other, one), chosen(swap, one, other)
    width = right.size - left.size
    slope = (right.value - left.value) / width
    first = left.slope + right.slope - 3.0 * slope
    square = tf.square(first) - left.slope * right.slope
    second = tf.sqrt(tf.maximum(square, 0.0))
    share = (right.slope + second - first) / (right.slope - left.slope + 2.0 * second)
    size = tf.clip_by_value(right.size - width * share, least, most)
    return tf.where(square >= 0, size, (least + most) / 2.0)
