"""Schedules as numbers: what they are at the counts that matter, without TensorFlow.

The arithmetic is that of the runtime's schedules, in float64.
"""

import math
from collections.abc import Callable

from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked import Duration

Number = int | float


class Unknown(Exception):
    """The value depends on what only the data tells."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """What is known of a run: its length and its epochs, in steps; None where it is
    not.
    """

    total_steps: int | None
    steps_per_epoch: int | None

    def steps(self, duration: Duration, before: float = 0.0) -> float:
        """A duration in steps. Raises Unknown."""
        match duration.unit:
            case "steps" | "updates":
                return duration.amount
            case "epochs" if self.steps_per_epoch is not None:
                return duration.amount * self.steps_per_epoch
            case "percent" if self.total_steps is not None:
                return duration.amount / 100 * self.total_steps
            case "rest" if self.total_steps is not None:
                return self.total_steps - before
        raise Unknown(f"the length of {duration.unit}")


ARITHMETIC: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "negate": lambda a: -a,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "cos": math.cos,
    "sin": math.sin,
    "minimum": min,
    "maximum": max,
    "min": min,
    "max": max,
    "floor": math.floor,
}


@dataclass(frozen=True, slots=True)
class ScheduleReader:
    """Evaluates schedules of one program."""

    horizon: Horizon
    named: dict[str, checked.CheckedSchedule]

    def value(self, body: checked.ScheduleBody, count: float) -> float:
        """The value at a 0-based count. Raises Unknown."""
        match body:
            case checked.ScheduleNumber():
                return _number(body.value)
            case checked.ScheduleName():
                return self.value(self.named[body.name].body, count)
            case checked.SchedulePiece():
                return self.piece(body, count, 0.0)
            case checked.ScheduleSequence():
                return self.sequence(body, count)
            case checked.ScheduleArithmetic():
                operands = [self.value(o, count) for o in body.operands]
                return ARITHMETIC[body.operator](*operands)
            case checked.ScheduleFormula():
                return self.formula(body.value, count)

    def piece(self, piece: checked.SchedulePiece, count: float, before: float) -> float:
        numbers = {n: v.value for n, v in piece.numbers.items()}
        if piece.kind == "constant":
            return _float(numbers["value"])
        if piece.kind == "piecewise":
            return _piecewise(numbers["values"], numbers["boundaries"], count)
        steps = self.length(piece, before)
        start, end = _float(numbers["start"]), _float(numbers["end"])
        passed = 1.0 if steps <= 0 else min(max(count / steps, 0.0), 1.0)
        if piece.kind == "exponential":
            passed = math.floor(passed) if numbers.get("staircase") else passed
            return float(start * (end / start) ** passed)
        left = 1.0 - passed
        if piece.kind == "cosine":
            left = (0.5 * (1 + math.cos(math.pi * passed))) ** _float(
                numbers.get("exponent", 1.0)
            )
        if piece.kind == "polynomial":
            left = left ** _float(numbers.get("power", 1.0))
        return end + (start - end) * left

    def length(self, piece: checked.SchedulePiece, before: float) -> float:
        if piece.duration is None:
            raise Unknown("a piece that lasts for ever")
        return self.horizon.steps(piece.duration, before)

    def sequence(self, sequence: checked.ScheduleSequence, count: float) -> float:
        before = 0.0
        for body in sequence.pieces[:-1]:
            length = self.body_length(body, before)
            if count < before + length:
                return self.local(body, count, before)
            before += length
        return self.local(sequence.pieces[-1], count, before)

    def local(self, body: checked.ScheduleBody, count: float, before: float) -> float:
        if isinstance(body, checked.SchedulePiece):
            return self.piece(body, count - before, before)
        return self.value(body, count - before)

    def body_length(self, body: checked.ScheduleBody, before: float) -> float:
        if isinstance(body, checked.SchedulePiece):
            return self.length(body, before)
        raise Unknown("the length of a formula")

    def boundaries(self, body: checked.ScheduleBody) -> list[float]:
        """Counts at which a new piece begins."""
        if isinstance(body, checked.ScheduleName):
            return self.boundaries(self.named[body.name].body)
        if isinstance(body, checked.ScheduleArithmetic):
            return sorted({b for o in body.operands for b in self.boundaries(o)})
        found: list[float] = []
        if isinstance(body, checked.ScheduleSequence):
            before = 0.0
            for piece in body.pieces[:-1]:
                before += self.body_length(piece, before)
                found.append(before)
        return found

    def formula(self, node: checked.CheckedExpression, count: float) -> float:
        match node:
            case checked.Static():
                return _number(node)
            case checked.ClockValue():
                return self.clock(node.clock, count)
            case checked.ScheduleValue():
                return self.value(node.schedule.body, count)
            case checked.Primitive() if node.name in ARITHMETIC:
                operands = [self.formula(a, count) for a in node.arguments]
                return ARITHMETIC[node.name](*operands)
        raise Unknown("a function that only the run computes")

    def clock(self, clock: str, count: float) -> float:
        if clock == "step":
            return count
        if clock == "epoch" and self.horizon.steps_per_epoch:
            return count // self.horizon.steps_per_epoch
        if clock == "progress" and self.horizon.total_steps:
            return count / self.horizon.total_steps
        raise Unknown(f"the {clock}")


def _number(value: checked.Static) -> float:
    return _float(value.value)


def _float(value: checked.StaticValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unknown("a value that is no number")
    return float(value)


def _piecewise(
    values: checked.StaticValue, boundaries: checked.StaticValue, count: float
) -> float:
    if not isinstance(values, tuple) or not isinstance(boundaries, tuple):
        raise Unknown("a table")
    index = sum(1 for b in boundaries if count >= _float(b))
    return _float(values[index])
