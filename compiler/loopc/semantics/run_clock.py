"""Schedules and cadences against the run: what outlasts it, what has no clock."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from loopc.records import dataclass
from loopc.semantics.checked import (
    Cadence,
    CheckedEval,
    CheckedNode,
    CheckedSchedule,
    CheckedStatement,
    ClockValue,
    Duration,
    ScheduleArithmetic,
    ScheduleBody,
    ScheduleName,
    SchedulePiece,
    ScheduleSequence,
)
from loopc.semantics.checked.schedule_lengths import Lengths, lengths_of
from loopc.semantics.context import Context
from loopc.semantics.durations import shown
from loopc.semantics.errors import schedules as errors
from loopc.semantics.walk import walk
from loopc.source import Span


@dataclass(frozen=True, slots=True)
class RunClock:
    """How long a run lasts, where that is said, and whether it counts epochs."""

    duration: Duration
    span: Span
    has_epochs: bool

    @property
    def counted(self) -> bool:
        return self.duration.unit != "seconds"

    @property
    def shown(self) -> str:
        return shown(self.duration)


def verify_cadence(context: Context, clock: RunClock, cadence: Cadence) -> None:
    if cadence.duration.unit == "epochs" and not clock.has_epochs:
        context.add(errors.epochs_without_stream(cadence.span))


def verify_clocks(
    context: Context,
    clock: RunClock,
    statements: Sequence[CheckedStatement],
    evals: Sequence[CheckedEval],
) -> None:
    """Check every schedule that the loop reads, and every clock."""
    seen: set[Span] = set()
    models = (model for model in context.models.values() if model is not None)
    origins = tuple(model.origin for model in models)
    roots = (tuple(statements), tuple(item.body for item in evals), origins)
    for node in walk(roots):
        if isinstance(node, CheckedSchedule):
            _verify_once(context, clock, node, seen)
        elif isinstance(node, ClockValue):
            _verify_clock(context, clock, node)
        elif isinstance(node, Cadence):
            verify_cadence(context, clock, node)


def _verify_once(
    context: Context, clock: RunClock, node: CheckedSchedule, seen: set[Span]
) -> None:
    if node.span not in seen:
        seen.add(node.span)
        verify_body(context, clock, node.body, seen)


def _verify_clock(context: Context, clock: RunClock, node: ClockValue) -> None:
    if node.clock == "epoch" and not clock.has_epochs:
        context.add(errors.epochs_without_stream(node.span))
    if node.clock == "progress" and not clock.counted:
        context.add(errors.percent_without_end(node.span, clock.span))


def verify_body(
    context: Context, clock: RunClock, body: ScheduleBody, seen: set[Span]
) -> None:
    """Check one schedule, and those it names."""
    match body:
        case SchedulePiece() | ScheduleSequence():
            if _has_clocks(context, clock, body) and _ends_in_order(context, body):
                _compare(context, clock, body)
        case ScheduleArithmetic():
            for operand in body.operands:
                verify_body(context, clock, operand, seen)
        case ScheduleName():
            named = context.schedules.get(body.name)
            if named is not None:
                _verify_once(context, clock, named, seen)


def _parts(body: ScheduleBody) -> Sequence[ScheduleBody]:
    match body:
        case SchedulePiece():
            return () if body.inner is None else (body.inner,)
        case ScheduleSequence():
            return body.pieces
        case ScheduleArithmetic():
            return body.operands
        case _:
            return ()


def _has_clocks(context: Context, clock: RunClock, body: ScheduleBody) -> bool:
    """Whether every duration of a schedule can be counted in this run."""
    own = _durations(body) if isinstance(body, SchedulePiece) else ()
    sound = [_has_clock(context, clock, node, duration) for node, duration in own]
    sound += [_has_clocks(context, clock, part) for part in _parts(body)]
    return all(sound)


def _durations(piece: SchedulePiece) -> Iterator[tuple[CheckedNode, Duration]]:
    if piece.duration is not None:
        place = piece if piece.duration_value is None else piece.duration_value
        yield place, piece.duration
    for times in piece.times.values():
        for time in times:
            if isinstance(time.value, Duration):
                yield time, time.value


def _has_clock(
    context: Context, clock: RunClock, node: CheckedNode, duration: Duration
) -> bool:
    if duration.unit == "rest" and not clock.counted:
        context.add(errors.rest_without_end(node.span, clock.span))
        return False
    if duration.unit == "percent" and not clock.counted:
        context.add(errors.percent_without_end(node.span, clock.span))
        return False
    if duration.unit == "epochs" and not clock.has_epochs:
        context.add(errors.epochs_without_stream(node.span))
        return False
    return True


def _ends_in_order(context: Context, body: ScheduleBody) -> bool:
    """Whether only the last piece of each sequence is open-ended."""
    pieces = body.pieces if isinstance(body, ScheduleSequence) else ()
    for piece, after in pairwise(pieces):
        lengths = _lengths(context, piece)
        if lengths is None:
            context.add(errors.lasts_for_ever(piece.span, after.span))
            return False
        rest = next((n for n in lengths if n.duration.unit == "rest"), None)
        if rest is not None:
            context.add(errors.rest_not_last(rest.span, after.span))
            return False
        if not _agrees(context, piece):
            return False
    return all([_ends_in_order(context, part) for part in _parts(body)])


def _lengths(context: Context, body: ScheduleBody) -> Lengths | None:
    named = {n: s for n, s in context.schedules.items() if s is not None}
    return lengths_of(body, named)


def _agrees(context: Context, body: ScheduleBody) -> bool:
    """Whether the operands of arithmetic before `then` are of one length."""
    if not isinstance(body, ScheduleArithmetic):
        return True
    found = (_lengths(context, operand) for operand in body.operands)
    known = [lengths for lengths in found if lengths is not None]
    texts = [" + ".join(shown(n.duration) for n in lengths) for lengths in known]
    different = next((text for text in texts if text != texts[0]), None)
    if different is not None:
        context.add(errors.lengths_differ(texts[0], different, body.span))
    return different is None


def _compare(context: Context, clock: RunClock, body: ScheduleBody) -> None:
    pieces = body.pieces if isinstance(body, ScheduleSequence) else (body,)
    found = [_lengths(context, piece) for piece in pieces]
    lengths = [n for known in found if known is not None for n in known]
    run = clock.duration
    counted = [
        _in_units_of(run, n.duration) for n in lengths if n.duration.unit != "rest"
    ]
    if any(amount is None for amount in counted) or not lengths:
        return
    total = sum(amount for amount in counted if amount is not None)
    length = shown(Duration(_plain(total), run.unit))
    whole = pieces[0].span.to(pieces[-1].span)
    if lengths[-1].duration.unit == "rest":
        if total >= run.amount:
            span = lengths[-1].span
            context.add(errors.exceeds_run(length, clock.shown, span, clock.span))
    elif total > run.amount:
        context.add(errors.outlasts_run(length, clock.shown, whole, clock.span))
    elif total < run.amount and found[-1] is not None and not _goes_on(pieces[-1]):
        context.add(errors.falls_short(length, clock.shown, whole, clock.span))


def _goes_on(body: ScheduleBody) -> bool:
    """Whether what ends goes on by itself: `polynomial(..., cycle: true)`."""
    cycle = body.numbers.get("cycle") if isinstance(body, SchedulePiece) else None
    return cycle is not None and cycle.value is True


def _in_units_of(run: Duration, duration: Duration) -> float | None:
    """A duration counted as the run is; None where that needs the size of the data."""
    if duration.unit == run.unit:
        return float(duration.amount)
    if duration.unit == "percent" and run.unit != "seconds":
        return run.amount * duration.amount / 100
    return None


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else round(number, 3)
