"""Line search for steps that fall enough and end on a gentle slope (strong Wolfe)."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    cast_like,
    needed,
    require_variables,
    wide_dtype,
)
from loopc_runtime.transforms.conditions import chosen, moved
from loopc_runtime.transforms.line_search import slope_along


class Trial(NamedTuple):
    """A step size, and the objective and its slope along the direction there."""

    size: tf.Tensor
    value: tf.Tensor
    slope: tf.Tensor


class Wolfe(NamedTuple):
    """What a step has to keep: how far it falls, and how steep it may end."""

    slope_rtol: float
    curv_rtol: float
    approx_dec_rtol: float | None
    tol: float


class Search(NamedTuple):
    """How far a search is: the latest trial, the interval, a step that is safe.

    `low` and `high` bound an interval that holds a step to take, the lower objective
    at `low`; `inside` tells whether there is one. `lost` says that the objective was
    not finite at the latest trial.
    """

    count: tf.Tensor
    trial: Trial
    low: Trial
    high: Trial
    reference: Trial
    safe: Trial
    inside: tf.Tensor
    done: tf.Tensor
    failed: tf.Tensor
    lost: tf.Tensor


class ZoomState(NamedTuple):
    """The step size that was taken last."""

    learning_rate: tf.Tensor


def scale_by_zoom_linesearch(
    max_linesearch_steps: int = 20,
    max_learning_rate: float | None = None,
    tol: float = 0.0,
    increase_factor: float = 2.0,
    slope_rtol: float = 1e-4,
    curv_rtol: float = 0.9,
    approx_dec_rtol: float | None = 1e-6,
    stepsize_precision: float = 1e-5,
    initial_guess_strategy: str = "keep",
) -> GradientTransform:
    """Scale the update so that the objective falls enough and flattens (Wolfe).

    `optax.scale_by_zoom_linesearch`, algorithms 3.5 and 3.6 of Nocedal and Wright: the
    size grows by `increase_factor` from 1, or from the last one (`keep`), until an
    interval must hold a good one, which is narrowed by cubic, quadratic or halving
    steps. Good is `f(w + s u) <= f(w) + slope_rtol s <u, g>` and `|<u, g(w + s u)>| <=
    curv_rtol |<u, g>|`; near a minimum the slopes alone decide (Hager and Zhang). If
    the tries run out, a step that falls enough is taken, and none where the objective
    is not finite. What comes in descends already, as from `sgd(1.0)`. Needs `value`,
    `gradient` and `evaluate`.

    Raises:
        ValueError: an unknown `initial_guess_strategy`.
    """
    if initial_guess_strategy not in ("keep", "one"):
        raise ValueError(
            f"A search begins at `one` or `keep`; found {initial_guess_strategy!r}."
        )
    rule = Wolfe(slope_rtol, curv_rtol, approx_dec_rtol, tol)
    growth = (increase_factor, max_learning_rate)
    limits = (max_linesearch_steps, stepsize_precision)

    def init(variables: Sequence[tf.Variable]) -> ZoomState:
        return ZoomState(tf.ones([], wide_dtype(variables)))

    def update(
        gradients: Tensors,
        state: ZoomState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, ZoomState]:
        dtype = state.learning_rate.dtype
        slope = slope_along(gradients, needed(extra, "gradient"), dtype)
        value = tf.cast(needed(extra, "value"), dtype)
        start = Trial(tf.zeros([], dtype), value, slope)
        look = line_through(needed(extra, "evaluate"), variables, gradients)
        keeps = initial_guess_strategy == "keep"
        guess = state.learning_rate if keeps else tf.ones([], dtype)
        size = searched(look, start, guess, rule, growth, limits)
        updates = [cast_like(size, each) * each for each in gradients]
        return updates, ZoomState(size)

    return GradientTransform(init, update)


def line_through(
    evaluate: Callable[..., Any],
    variables: Sequence[tf.Variable] | None,
    direction: Tensors,
) -> Callable[[tf.Tensor], Trial]:
    """Return what finds objective and slope a step size away from the variables."""
    present = require_variables(variables)

    def look(size: tf.Tensor) -> Trial:
        scaled = [cast_like(size, each) * each for each in direction]
        value, there = evaluate(moved(present, scaled))
        slope = slope_along(direction, there, size.dtype)
        return Trial(size, tf.cast(value, size.dtype), slope)

    return look


def searched(
    look: Callable[[tf.Tensor], Trial],
    start: Trial,
    guess: tf.Tensor,
    rule: Wolfe,
    growth: tuple[float, float | None],
    limits: tuple[int, float],
) -> tf.Tensor:
    """Return the size that a search from `guess` ends with, by one look a try."""
    no = tf.constant(False)
    tries, precision = limits

    def proceed(*leaves: tf.Tensor) -> list[tf.Tensor]:
        search = tf.nest.pack_sequence_as(first, leaves)
        larger = enlarged(search, guess, growth[0], growth[1])
        trial = look(tf.where(search.inside, between(search), larger))
        outer = bracketed(search, trial, start, rule, growth[1])
        after = chosen(search.inside, zoomed(search, trial, start, rule), outer)
        narrow = tf.abs(search.high.size - search.low.size) <= precision
        narrow = search.inside & narrow & (after.safe.size > 0)
        over = (after.count >= tries) | narrow
        return tf.nest.flatten(after._replace(failed=over & ~after.done))

    first = Search(
        tf.constant(0), start, start, start, start, start, no, no, no, no
    )  # fmt: skip
    leaves = tf.while_loop(
        lambda *leaves: ~tf.nest.pack_sequence_as(first, leaves).done
        & ~tf.nest.pack_sequence_as(first, leaves).failed,
        proceed,
        tf.nest.flatten(first),
    )
    last: Search = tf.nest.pack_sequence_as(first, leaves)
    falls_back = last.failed & ((last.safe.size > 0) | last.lost)
    return tf.where(falls_back, last.safe.size, last.trial.size)


def enlarged(
    search: Search, guess: tf.Tensor, factor: float, largest: float | None
) -> tf.Tensor:
    """Return the next size while there is no interval: the guess, then ever more."""
    size = tf.where(search.count == 0, guess, factor * search.trial.size)
    return size if largest is None else tf.minimum(size, largest)


def bracketed(
    search: Search, trial: Trial, start: Trial, rule: Wolfe, largest: float | None
) -> Search:
    """Return the search after a trial outwards: an interval may have been found."""
    fall, curve = missed_fall(rule, start, trial), missed_curve(rule, start, trial)
    good = tf.maximum(fall, curve) <= rule.tol
    rises = (trial.value >= search.trial.value) & (search.count > 0)
    ends = (fall > 0) | rises
    turns = (trial.slope >= 0) & ~ends
    low = chosen(turns, trial, search.trial)
    inside = ends | turns | good
    at_most = tf.constant(False) if largest is None else trial.size >= largest
    return search._replace(
        count=search.count + 1,
        trial=trial,
        low=low,
        high=chosen(turns, search.trial, trial),
        reference=low,
        safe=chosen(fall <= rule.tol, trial, search.safe),
        inside=inside,
        done=good | (at_most & ~inside),
        lost=tf.math.is_inf(fall),
    )


def zoomed(search: Search, trial: Trial, start: Trial, rule: Wolfe) -> Search:
    """Return the search after a trial within the interval, which is narrower then."""
    low, high = search.low, search.high
    fall, curve = missed_fall(rule, start, trial), missed_curve(rule, start, trial)
    ends = (fall > 0) | (trial.value >= low.value)
    crosses = (trial.slope * (high.size - low.size) >= 0) & ~ends
    safer = (fall <= rule.tol) & (trial.value < search.safe.value)
    return search._replace(
        count=search.count + 1,
        trial=trial,
        low=chosen(ends, low, trial),
        high=chosen(ends, trial, chosen(crosses, low, high)),
        reference=chosen(ends | crosses, high, low),
        safe=chosen(safer, trial, search.safe),
        done=tf.maximum(fall, curve) <= rule.tol,
        lost=tf.math.is_inf(fall),
    )


def missed_fall(rule: Wolfe, start: Trial, trial: Trial) -> tf.Tensor:
    """Return how much too little the objective fell; 0 is enough, NaN infinite."""
    missed = trial.value - start.value - rule.slope_rtol * trial.size * start.slope
    if rule.approx_dec_rtol is not None:
        by_slope = trial.slope - (2.0 * rule.slope_rtol - 1.0) * start.slope
        risen = trial.value - start.value - rule.approx_dec_rtol * tf.abs(start.value)
        missed = tf.minimum(tf.maximum(by_slope, risen), missed)
    return violation(missed)


def missed_curve(rule: Wolfe, start: Trial, trial: Trial) -> tf.Tensor:
    """Return how much too steep the objective is; 0 is gentle, NaN infinite."""
    return violation(tf.abs(trial.slope) - rule.curv_rtol * tf.abs(start.slope))


def violation(excess: tf.Tensor) -> tf.Tensor:
    """Return what is above 0 of `excess`, and infinity for NaN."""
    infinite = tf.constant(float("inf"), excess.dtype)
    return tf.where(tf.math.is_nan(excess), infinite, tf.maximum(excess, 0.0))


def between(search: Search) -> tf.Tensor:
    """Return a size in the interval: by a cubic, else a parabola, else its middle."""
    low, high = search.low, search.high
    width = tf.abs(high.size - low.size)
    left, right = tf.minimum(high.size, low.size), tf.maximum(high.size, low.size)

    def fits(size: tf.Tensor, margin: float) -> tf.Tensor:
        return (size > left + margin * width) & (size < right - margin * width)

    cubic = cubic_minimum(low, high, search.reference)
    parabola = parabola_minimum(low, high)
    middle = (low.size + high.size) / 2.0
    rest = tf.where(fits(parabola, 0.1), parabola, middle)
    return tf.where(fits(cubic, 0.2), cubic, rest)


def cubic_minimum(low: Trial, high: Trial, third: Trial) -> tf.Tensor:
    """Return where the cubic through three trials, sloped as the first, is least.

    It may be NaN.
    """
    to_high, to_third = high.size - low.size, third.size - low.size
    divisor = tf.square(to_high * to_third) * (to_high - to_third)
    high_rest = high.value - low.value - low.slope * to_high
    third_rest = third.value - low.value - low.slope * to_third
    cube = tf.square(to_third) * high_rest - tf.square(to_high) * third_rest
    square = to_high**3 * third_rest - to_third**3 * high_rest
    cube, square = cube / divisor, square / divisor
    root = tf.sqrt(square * square - 3.0 * cube * low.slope)
    return low.size + (root - square) / (3.0 * cube)


def parabola_minimum(low: Trial, high: Trial) -> tf.Tensor:
    """Return where the parabola through two trials, sloped as the first, is least."""
    width = high.size - low.size
    square = (high.value - low.value - low.slope * width) / tf.square(width)
    return low.size - low.slope / (2.0 * square)
