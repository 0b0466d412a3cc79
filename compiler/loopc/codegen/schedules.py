"""Schedules as Python: pieces and their lengths in steps, joined at boundaries."""

from dataclasses import field

from loopc.codegen.expressions import ExpressionPrinter
from loopc.codegen.literals import literal
from loopc.codegen.names import Names
from loopc.codegen.paces import ONE_A_STEP, Pace
from loopc.codegen.statics import SUM, Code
from loopc.diagnostics.model import CompilerBug
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked import Duration
from loopc.semantics.checked.schedule_lengths import (
    begins_after,
    lengths_of,
    reads_rest,
)
from loopc.vocabulary import schedules
from loopc.vocabulary.entry import REQUIRED

TOTAL = "clock.total_steps"
PER_EPOCH = "clock.steps_per_epoch"
LATE = ("warmup", "decay", "power")  # required, but clearer by name

ARITHMETIC = {
    "add": ("+", 40), "subtract": ("-", 40), "multiply": ("*", 50), "divide": ("/", 50),
    "power": ("**", 60),
}  # fmt: skip


@dataclass(slots=True)
class SchedulePrinter:
    """Prints schedule bodies; `formulas` collects those that need a function of their
    own.
    """

    printer: ExpressionPrinter
    formulas: list[tuple[str, str]]
    declared: dict[str, checked.CheckedSchedule]
    uses_clock: bool = False
    total: str = TOTAL  # the steps of the run, or of the stage it is set in
    plateaus: list[str] = field(default_factory=list)
    pace: Pace = ONE_A_STEP  # of the site that it is written for

    def code(self, body: checked.ScheduleBody, before: Code | None = None) -> Code:
        """`before`: steps of the run that earlier pieces take, for `rest`."""
        match body:
            case checked.SchedulePiece():
                return self.piece(body, before)
            case checked.ScheduleSequence():
                return self.sequence(body, before)
            case checked.ScheduleArithmetic():
                return self.arithmetic(body, before)
            case checked.ScheduleFormula():
                return self.formula(body)
            case checked.ScheduleNumber():
                return self.printer.statics.value(body.value)
            case checked.ScheduleName():
                return self.named(body, before)

    def named(self, body: checked.ScheduleName, before: Code | None) -> Code:
        """A schedule by its name; written out where its `rest` begins later."""
        if before is not None and reads_rest(body, self.declared):
            return self.code(self.declared[body.name].body, before)
        return Code(self.printer.names.of("schedule", body.name))

    def piece(self, piece: checked.SchedulePiece, before: Code | None) -> Code:
        if piece.watches is not None:
            self.plateaus.append(plateau_name(self.printer.names, piece))
            return Code(self.plateaus[-1])
        entry = schedules()[piece.kind]
        self.printer.imports.need(entry.python)
        given = [] if piece.inner is None else [self.inner(piece, before)]
        required = [o.name for o in entry.options if o.default is REQUIRED]
        given += [self.option(piece, n) for n in required if n not in LATE]
        if piece.duration is not None and entry.time in ("lasts", "period"):
            given.append(self.length(piece, before).text)
        for option in entry.options:
            written = piece.numbers.get(option.name)
            default = written is not None and written.value == option.default
            if not default and (option.name not in required or option.name in LATE):
                given.append(f"{option.name}={self.option(piece, option.name)}")
        return Code(f"{entry.python}({', '.join(given)})")

    def inner(self, piece: checked.SchedulePiece, before: Code | None) -> str:
        if piece.inner is None:
            raise CompilerBug(f"{piece.kind} without a schedule")
        if begins_after(piece):
            before = _after(before, self.length(piece, before))
        return self.code(piece.inner, before).text

    def option(self, piece: checked.SchedulePiece, name: str) -> str:
        option = schedules()[piece.kind].option(name)
        if option is None:
            raise CompilerBug(f"{piece.kind} has no option {name}")
        if name not in piece.times:
            number = piece.numbers[name]
            return self.number(number) if option.kind == "float" else self.plain(number)
        texts = [self.time(t) for t in piece.times[name]]
        return texts[0] if option.kind == "duration" else f"[{', '.join(texts)}]"

    def time(self, time: checked.Static) -> str:
        if isinstance(time.value, Duration):
            return self.steps(time.value, time).text
        return self.plain(time)

    def plain(self, value: checked.Static) -> str:
        if value.expression is None and isinstance(value.value, tuple):
            return f"[{', '.join(literal(item) for item in value.value)}]"
        return self.printer.statics.value(value).text

    def number(self, value: checked.Static) -> str:
        plain = value.expression is None and isinstance(value.value, int)
        if plain and not isinstance(value.value, bool):
            return repr(float(str(value.value)))
        return self.plain(value)

    def length(self, piece: checked.SchedulePiece, before: Code | None) -> Code:
        if piece.duration is None:
            raise CompilerBug("the length of a piece that lasts for ever")
        return self.steps(piece.duration, piece.duration_value, before)

    def steps(
        self,
        duration: Duration,
        value: checked.Static | None,
        before: Code | None = None,
    ) -> Code:
        """A duration in steps."""
        amount = _amount(duration)
        if value is not None and value.expression is not None:
            amount = self.printer.statics.expression(value.expression)
        if duration.unit == "updates" and self.pace != ONE_A_STEP:
            return Code(self.pace.in_steps(amount.within(50)), 50)
        if duration.unit in ("steps", "updates"):
            return amount
        self.uses_clock = True
        if duration.unit == "epochs":
            if amount.text == "1":
                return Code(PER_EPOCH)
            return Code(f"{amount.within(50)} * {PER_EPOCH}", 50)
        if duration.unit == "percent":
            return Code(f"{duration.amount / 100!r} * {self.total}", 50)
        if duration.unit == "rest":
            if before is None:
                return Code(self.total)
            return Code(f"{self.total} - {before.within(SUM)}", SUM)
        raise CompilerBug(f"a schedule cannot last {duration.unit}")

    def sequence(self, sequence: checked.ScheduleSequence, before: Code | None) -> Code:
        self.printer.imports.need("join")
        pieces: list[str] = []
        boundaries: list[str] = []
        passed: Code | None = None
        for body in sequence.pieces:
            begun = before if passed is None else _after(before, passed)
            pieces.append(self.code(body, begun).text)
            if len(pieces) == len(sequence.pieces):
                break
            passed = _after(passed, self.steps_of(body, begun))
            boundaries.append(passed.text)
        return Code(
            f"join([{', '.join(pieces)}], boundaries=[{', '.join(boundaries)}])"
        )

    def steps_of(self, body: checked.ScheduleBody, before: Code | None) -> Code:
        lengths = lengths_of(body, self.declared)
        if not lengths:
            raise CompilerBug("a piece before the last of a sequence needs a length")
        total: Code | None = None
        for length in lengths:
            begun = before if total is None else _after(before, total)
            total = _after(total, self.steps(length.duration, length.value, begun))
        if total is None:
            raise CompilerBug("a length of nothing")
        return total

    def arithmetic(self, node: checked.ScheduleArithmetic, before: Code | None) -> Code:
        operands = [self.code(o, before) for o in node.operands]
        if node.operator == "negate":
            return Code(f"-{operands[0].within(55)}", 55)
        sign, precedence = ARITHMETIC[node.operator]
        left = operands[0].within(precedence - 1)
        return Code(f"{left} {sign} {operands[1].within(precedence)}", precedence)

    def formula(self, node: checked.ScheduleFormula) -> Code:
        self.printer.imports.need("scheduled")
        text = self.printer.text(node.value).replace(TOTAL, self.total)
        self.uses_clock = self.uses_clock or "clock." in text
        name = self.printer.names.fresh("formula")
        self.formulas.append((name, text))
        return Code(name)


def _amount(duration: Duration) -> Code:
    return Code(literal(duration.amount))


def _after(before: Code | None, length: Code) -> Code:
    return length if before is None else _sum(before, length)


def _sum(left: Code, right: Code) -> Code:
    if left.text.isdigit() and right.text.isdigit():
        return Code(str(int(left.text) + int(right.text)))
    return Code(f"{left.text} + {right.within(SUM)}", SUM)


def plateau_name(names: Names, piece: checked.SchedulePiece) -> str:
    """The Python name of a plateau: that of what it watches."""
    if piece.watches is None:
        raise CompilerBug(f"{piece.kind} watches nothing")
    numbers = sorted((n, str(v.value)) for n, v in piece.numbers.items())
    key = f"{piece.watches.text} {numbers}"
    wanted = f"plateau_{piece.watches.eval}_{piece.watches.metric}"
    return names.of("plateau", key, wanted)
