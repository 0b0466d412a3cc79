"""Schedules as numbers: what they are at the counts that matter, without TensorFlow.

The arithmetic is that of the runtime's schedules, in float64.
"""

import math
from collections.abc import Callable

from loopc.planning.schedule_pieces import piece_value, wrapped_value
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked import Duration
from loopc.semantics.checked.schedule_lengths import begins_after, lengths_of

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

    def value(
        self, body: checked.ScheduleBody, count: float, before: float = 0.0
    ) -> float:
        """The value at a 0-based count, `before` steps into the run. Raises Unknown."""
        match body:
            case checked.ScheduleNumber():
                return _number(body.value)
            case checked.ScheduleName():
                return self.value(self.named[body.name].body, count, before)
            case checked.SchedulePiece():
                return self.piece(body, count, before)
            case checked.ScheduleSequence():
                return self.sequence(body, count, before)
            case checked.ScheduleArithmetic():
                operands = [self.value(o, count, before) for o in body.operands]
                return ARITHMETIC[body.operator](*operands)
            case checked.ScheduleFormula():
                return self.formula(body.value, count)

    def piece(self, piece: checked.SchedulePiece, count: float, before: float) -> float:
        if piece.watches is not None:
            raise Unknown(f"what `{piece.watches.text}` will be")
        numbers: dict[str, object] = {n: v.value for n, v in piece.numbers.items()}
        for name, times in piece.times.items():
            steps = tuple(self.time(t) for t in times)
            numbers[name] = steps if name == "boundaries" else steps[0]
        steps_of = self.duration(piece, before)
        if piece.inner is None:
            return piece_value(piece.kind, numbers, steps_of, count)
        inner, begun = piece.inner, before + self.moved(piece, before)
        return wrapped_value(
            piece.kind, numbers, steps_of, count, lambda c: self.value(inner, c, begun)
        )

    def time(self, time: checked.Static) -> float:
        if isinstance(time.value, Duration):
            return self.horizon.steps(time.value)
        return _number(time)

    def duration(self, piece: checked.SchedulePiece, before: float) -> float:
        if piece.duration is None or piece.kind == "constant":
            return 0.0
        return self.horizon.steps(piece.duration, before)

    def moved(self, piece: checked.SchedulePiece, before: float) -> float:
        """Steps after which the schedule in a wrapper begins."""
        return self.duration(piece, before) if begins_after(piece) else 0.0

    def length(self, body: checked.ScheduleBody, before: float) -> float:
        lengths = lengths_of(body, self.named)
        if lengths is None:
            raise Unknown("a piece that lasts for ever")
        total = 0.0
        for length in lengths:
            total += self.horizon.steps(length.duration, before + total)
        return total

    def sequence(
        self, sequence: checked.ScheduleSequence, count: float, before: float
    ) -> float:
        passed = 0.0
        for body in sequence.pieces[:-1]:
            length = self.length(body, before + passed)
            if count < passed + length:
                return self.value(body, count - passed, before + passed)
            passed += length
        return self.value(sequence.pieces[-1], count - passed, before + passed)

    def boundaries(
        self, body: checked.ScheduleBody, before: float = 0.0
    ) -> list[float]:
        """Counts at which a new piece begins."""
        match body:
            case checked.ScheduleName():
                return self.boundaries(self.named[body.name].body, before)
            case checked.ScheduleArithmetic():
                parts = (self.boundaries(o, before) for o in body.operands)
                return sorted({b for part in parts for b in part})
            case checked.SchedulePiece():
                return self.inner_boundaries(body, before)
            case checked.ScheduleSequence():
                return self.joints(body, before)
            case _:
                return []

    def joints(self, sequence: checked.ScheduleSequence, before: float) -> list[float]:
        found: list[float] = []
        passed = 0.0
        for number, piece in enumerate(sequence.pieces):
            if number:
                found.append(passed)
            found += [passed + b for b in self.boundaries(piece, before + passed)]
            if number + 1 < len(sequence.pieces):
                passed += self.length(piece, before + passed)
        return sorted(set(found))

    def inner_boundaries(
        self, piece: checked.SchedulePiece, before: float
    ) -> list[float]:
        found = [self.time(t) for t in piece.times.get("boundaries", ())]
        if "boundaries" in piece.numbers:
            edges = piece.numbers["boundaries"].value
            found += map(_float, edges if isinstance(edges, tuple) else (edges,))
        if piece.inner is None:
            return found
        moved = self.moved(piece, before)
        found += [moved] if piece.kind in ("warmup", "offset") else []
        inner = self.boundaries(piece.inner, before + moved)
        return sorted({*found, *(moved + b for b in inner)})

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
