"""Schedules as Python: pieces and their lengths in steps, joined at boundaries."""

from loopc.codegen.expressions import ExpressionPrinter
from loopc.codegen.literals import literal
from loopc.codegen.statics import SUM, Code
from loopc.diagnostics.model import CompilerBug
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked import Duration
from loopc.vocabulary import schedules

TOTAL = "clock.total_steps"
PER_EPOCH = "clock.steps_per_epoch"

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
    uses_clock: bool = False

    def code(self, body: checked.ScheduleBody, before: Code | None = None) -> Code:
        """`before`: steps of the run that earlier pieces take, for `rest`."""
        match body:
            case checked.SchedulePiece():
                return self.piece(body, before)
            case checked.ScheduleSequence():
                return self.sequence(body)
            case checked.ScheduleArithmetic():
                return self.arithmetic(body)
            case checked.ScheduleFormula():
                return self.formula(body)
            case checked.ScheduleNumber():
                return self.printer.statics.value(body.value)
            case checked.ScheduleName():
                return Code(self.printer.names.of("schedule", body.name))

    def piece(self, piece: checked.SchedulePiece, before: Code | None) -> Code:
        entry = schedules()[piece.kind]
        self.printer.imports.need(entry.python)
        numbers = {n: self.number(v) for n, v in piece.numbers.items()}
        if piece.duration is not None and entry.lasts:
            numbers["steps"] = self.length(piece, before).text
        first = [n for n in ("start", "end", "steps") if n in numbers]
        positional = [numbers.pop(n) for n in first]
        if set(first) != {"start", "end", "steps"}:
            numbers = dict(zip(first, positional, strict=True)) | numbers
            positional = []
        for option in entry.options:
            written = piece.numbers.get(option.name)
            if written is not None and written.value == option.default:
                numbers.pop(option.name, None)
        keywords = [f"{n}={v}" for n, v in numbers.items()]
        return Code(f"{entry.python}({', '.join([*positional, *keywords])})")

    def number(self, value: checked.Static) -> str:
        plain = value.expression is None and isinstance(value.value, int)
        if plain and not isinstance(value.value, bool):
            return repr(float(str(value.value)))
        return self.printer.statics.value(value).text

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
        if duration.unit in ("steps", "updates"):
            return amount
        self.uses_clock = True
        if duration.unit == "epochs":
            return Code(f"{amount.within(50)} * {PER_EPOCH}", 50)
        if duration.unit == "percent":
            return Code(f"{duration.amount / 100!r} * {TOTAL}", 50)
        if duration.unit == "rest":
            if before is None:
                return Code(TOTAL)
            return Code(f"{TOTAL} - {before.within(SUM)}", SUM)
        raise CompilerBug(f"a schedule cannot last {duration.unit}")

    def sequence(self, sequence: checked.ScheduleSequence) -> Code:
        self.printer.imports.need("join")
        pieces: list[str] = []
        boundaries: list[str] = []
        before: Code | None = None
        for body in sequence.pieces:
            pieces.append(self.code(body, before).text)
            if len(pieces) == len(sequence.pieces):
                break
            length = self.steps_of(body, before)
            before = length if before is None else _sum(before, length)
            boundaries.append(before.text)
        return Code(
            f"join([{', '.join(pieces)}], boundaries=[{', '.join(boundaries)}])"
        )

    def steps_of(self, body: checked.ScheduleBody, before: Code | None) -> Code:
        if isinstance(body, checked.SchedulePiece):
            return self.length(body, before)
        raise CompilerBug("a piece before the last of a sequence needs a length")

    def arithmetic(self, node: checked.ScheduleArithmetic) -> Code:
        operands = [self.code(o) for o in node.operands]
        if node.operator == "negate":
            return Code(f"-{operands[0].within(55)}", 55)
        sign, precedence = ARITHMETIC[node.operator]
        left = operands[0].within(precedence - 1)
        return Code(f"{left} {sign} {operands[1].within(precedence)}", precedence)

    def formula(self, node: checked.ScheduleFormula) -> Code:
        self.printer.imports.need("scheduled")
        text = self.printer.text(node.value)
        self.uses_clock = self.uses_clock or "clock." in text
        name = self.printer.names.fresh("formula")
        self.formulas.append((name, text))
        return Code(name)


def _amount(duration: Duration) -> Code:
    return Code(literal(duration.amount))


def _sum(left: Code, right: Code) -> Code:
    if left.text.isdigit() and right.text.isdigit():
        return Code(str(int(left.text) + int(right.text)))
    return Code(f"{left.text} + {right.within(SUM)}", SUM)
