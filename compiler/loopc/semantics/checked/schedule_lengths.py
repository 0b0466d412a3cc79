"""How long a schedule lasts: the durations that follow each other in it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedNode, Duration
from loopc.semantics.checked.schedules import (
    CheckedSchedule,
    ScheduleArithmetic,
    ScheduleBody,
    ScheduleFormula,
    ScheduleName,
    SchedulePiece,
    ScheduleSequence,
)
from loopc.semantics.checked.statics import Static
from loopc.vocabulary import schedules

Named: TypeAlias = Mapping[str, CheckedSchedule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length(CheckedNode):
    """One duration of a schedule, as it was written."""

    duration: Duration
    value: Static | None


Lengths: TypeAlias = tuple[Length, ...]


def lengths_of(body: ScheduleBody, named: Named) -> Lengths | None:
    """The durations that add up to the length of `body`; None where it has no end.

    Of arithmetic it is the length of the first operand that has one.
    """
    match body:
        case SchedulePiece():
            return _of_piece(body, named)
        case ScheduleSequence():
            return _of_sequence(body, named)
        case ScheduleArithmetic():
            found = (lengths_of(o, named) for o in body.operands)
            return next((lengths for lengths in found if lengths is not None), None)
        case ScheduleName():
            lengths = lengths_of(named[body.name].body, named)
            return lengths and tuple(replace(n, span=body.span) for n in lengths)
        case _:
            return None


def _of_piece(piece: SchedulePiece, named: Named) -> Lengths | None:
    entry = schedules()[piece.kind]
    own: Lengths = ()
    if piece.duration is not None and entry.time in ("lasts", "may"):
        value = piece.duration_value
        span = piece.span if value is None else value.span
        own = (Length(span=span, duration=piece.duration, value=value),)
    if piece.inner is None:
        return own or None
    inner = lengths_of(piece.inner, named)
    if inner is None or entry.inner == "again":
        return None
    return own + inner if begins_after(piece) else inner


def begins_after(piece: SchedulePiece) -> bool:
    """Whether the schedule in a wrapper begins when its duration is over."""
    shift = piece.numbers.get("shift")
    after = schedules()[piece.kind].inner == "after"
    return after and (shift is None or shift.value is True)


def _of_sequence(sequence: ScheduleSequence, named: Named) -> Lengths | None:
    total: Lengths = ()
    for body in sequence.pieces:
        lengths = lengths_of(body, named)
        if lengths is None:
            return None
        total += lengths
    return total


def reads_rest(body: ScheduleBody, named: Named) -> bool:
    """Whether some duration in `body` is `rest`, so that it depends on its place."""
    match body:
        case SchedulePiece():
            rest = body.duration is not None and body.duration.unit == "rest"
            return rest or (body.inner is not None and reads_rest(body.inner, named))
        case ScheduleSequence():
            return any(reads_rest(piece, named) for piece in body.pieces)
        case ScheduleArithmetic():
            return any(reads_rest(operand, named) for operand in body.operands)
        case ScheduleName():
            return reads_rest(named[body.name].body, named)
        case _:
            return False


def names_read(
    body: ScheduleBody, named: Named, begun: bool = False
) -> Iterator[tuple[str, bool]]:
    """Schedules that `body` names, and whether each has to be written out in place.

    That is where one with `rest` begins later than the run (`begun`): how long its rest
    is depends on the place.
    """
    match body:
        case SchedulePiece():
            if body.inner is not None:
                later = begun or begins_after(body)
                yield from names_read(body.inner, named, later)
        case ScheduleSequence():
            for number, piece in enumerate(body.pieces):
                yield from names_read(piece, named, begun or number > 0)
        case ScheduleArithmetic():
            for operand in body.operands:
                yield from names_read(operand, named, begun)
        case ScheduleName():
            written_out = begun and reads_rest(body, named)
            yield body.name, written_out
            if written_out:
                yield from names_read(named[body.name].body, named, begun)
        case _:
            return


def units_of(body: ScheduleBody, named: Named) -> Iterator[str]:
    """The units that the durations in a schedule are written in; formulas and what
    watches a report go by steps.
    """
    match body:
        case ScheduleName():
            yield from units_of(named[body.name].body, named)
        case ScheduleFormula():
            yield "steps"
        case ScheduleSequence():
            for piece in body.pieces:
                yield from units_of(piece, named)
        case ScheduleArithmetic():
            for operand in body.operands:
                yield from units_of(operand, named)
        case SchedulePiece():
            yield from _units_of_piece(body, named)


def _units_of_piece(piece: SchedulePiece, named: Named) -> Iterator[str]:
    if piece.duration is not None:
        yield piece.duration.unit
    times = (time.value for given in piece.times.values() for time in given)
    yield from (time.unit for time in times if isinstance(time, Duration))
    if piece.watches is not None:
        yield "steps"
    if piece.inner is not None:
        yield from units_of(piece.inner, named)
