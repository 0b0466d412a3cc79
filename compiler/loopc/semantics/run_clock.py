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
    roots = (tuple(statements), tuple(item.body for item in evals))
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
        case SchedulePiece():
            _verify_sequence(context, clock, [body])
        case ScheduleSequence():
            _verify_sequence(context, clock, body.pieces)
        case ScheduleArithmetic():
            for operand in body.operands:
                verify_body(context, clock, operand, seen)
        case ScheduleName():
            named = context.schedules.get(body.name)
            if named is not None:
                _verify_once(context, clock, named, seen)


def _verify_sequence(
    context: Context, clock: RunClock, pieces: Sequence[ScheduleBody]
) -> None:
    durations = list(_durations(pieces))
    if not all([_has_clock(context, clock, node, d) for node, d in durations]):
        return
    if not _ends_in_order(context, pieces):
        return
    _compare(context, clock, pieces, [d for _, d in durations])


def _durations(
    pieces: Sequence[ScheduleBody],
) -> Iterator[tuple[CheckedNode, Duration]]:
    for piece in pieces:
        if isinstance(piece, SchedulePiece) and piece.duration is not None:
            yield _place(piece), piece.duration


def _place(piece: SchedulePiece) -> CheckedNode:
    return piece if piece.duration_value is None else piece.duration_value


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


def _ends_in_order(context: Context, pieces: Sequence[ScheduleBody]) -> bool:
    """Whether only the last piece is open-ended."""
    for piece, after in pairwise(pieces):
        duration = piece.duration if isinstance(piece, SchedulePiece) else None
        if duration is None:
            context.add(errors.lasts_for_ever(piece.span, after.span))
            return False
        if duration.unit == "rest":
            context.add(errors.rest_not_last(_place_span(piece), after.span))
            return False
    return True


def _place_span(piece: ScheduleBody) -> Span:
    return _place(piece).span if isinstance(piece, SchedulePiece) else piece.span


def _compare(
    context: Context,
    clock: RunClock,
    pieces: Sequence[ScheduleBody],
    durations: Sequence[Duration],
) -> None:
    run = clock.duration
    counted = [_in_units_of(run, d) for d in durations if d.unit != "rest"]
    if any(amount is None for amount in counted) or not durations:
        return
    total = sum(amount for amount in counted if amount is not None)
    length = shown(Duration(_plain(total), run.unit))
    whole = pieces[0].span.to(pieces[-1].span)
    if durations[-1].unit == "rest":
        if total >= run.amount:
            span = _place_span(pieces[-1])
            context.add(errors.exceeds_run(length, clock.shown, span, clock.span))
    elif total > run.amount:
        context.add(errors.outlasts_run(length, clock.shown, whole, clock.span))
    elif total < run.amount and len(durations) == len(pieces):
        context.add(errors.falls_short(length, clock.shown, whole, clock.span))


def _in_units_of(run: Duration, duration: Duration) -> float | None:
    """A duration counted as the run is; None where that needs the size of the data."""
    if duration.unit == run.unit:
        return float(duration.amount)
    if duration.unit == "percent" and run.unit != "seconds":
        return run.amount * duration.amount / 100
    return None


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else round(number, 3)
