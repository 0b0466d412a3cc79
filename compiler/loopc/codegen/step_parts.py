"""Parts of a step or function as lines: tapes, what they record, loops."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field

from loopc.codegen.bodies import INDENT, BodyPrinter, LayerPrinter
from loopc.codegen.nested_tapes import nested
from loopc.planning import plan
from loopc.planning.recording import GRADIENT
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(slots=True)
class PartPrinter:
    """Prints parts one after another; steps know more kinds of them."""

    printer: LayerPrinter
    written: list[str] = field(default_factory=list, kw_only=True)
    results: tuple[str, ...] = field(default=(), kw_only=True)
    depth: int = field(default=0, kw_only=True)

    def name(self, site: str, what: str) -> str:
        """`x_tape` for the gradient with respect to x."""
        site = site.removeprefix(GRADIENT)
        return self.printer.names.of("gradient", site, f"{site}_{what}")

    def line(self, text: str) -> None:
        self.printer.imports.notice(text)
        self.written.append(INDENT * self.depth + text)

    @contextmanager
    def indented(self) -> Iterator[None]:
        self.depth += 1
        yield
        self.depth -= 1

    def parts(self, parts: tuple[plan.StepPart, ...]) -> None:
        for part in nested(parts):
            self.part(part)

    def part(self, part: plan.StepPart) -> None:
        match part:
            case plan.TapeOpening():
                tape = self.new_tape(part.persistent)
                self.line(f"{self.name(part.site, 'tape')} = {tape}")
            case plan.TapeBlock():
                self.tape_block(part)
            case plan.RepeatPlan():
                self.repeat(part)
            case _:
                self.special(part)

    def special(self, part: plan.StepPart) -> None:
        """Kinds that only one place knows; the others are statements."""
        assert isinstance(part, checked.CheckedNode)
        self.statements((part,))

    def statements(self, statements: tuple[checked.CheckedStatement, ...]) -> None:
        body = BodyPrinter(self.printer, depth=self.depth)
        body.body(statements)
        self.written.extend(body.lines)
        self.results = body.results or self.results

    def repeat(self, part: plan.RepeatPlan) -> None:
        head = BodyPrinter(self.printer).repeat_head(part.statement)
        self.line(head)
        with self.indented():
            self.parts(part.parts)

    def tape_block(self, block: plan.TapeBlock) -> None:
        objectives = [t for u in block.objectives for t in self.objective_lines(u)]
        if not block.statements and not objectives:
            return
        tapes = ", ".join(self.entered(site, block) for site in block.tapes)
        self.line(f"with {tapes}:")
        with self.indented():
            for site, variables in block.watched:
                watched = [self.printer.watched(variable) for variable in variables]
                given = watched[0] if len(watched) == 1 else f"[{', '.join(watched)}]"
                self.line(f"{self.name(site, 'tape')}.watch({given})")
            self.parts(block.statements)
            for text in objectives:
                self.line(text)

    def objective_lines(self, update: plan.UpdatePlan) -> Iterator[str]:
        """What the tape of an update ends with."""
        yield from ()

    def entered(self, site: str, block: plan.TapeBlock) -> str:
        name = self.name(site, "tape")
        if site not in block.opened:
            return name
        return f"{self.new_tape(site in block.persistent)} as {name}"

    def new_tape(self, persistent: bool) -> str:
        return f"tf.GradientTape({'persistent=True' if persistent else ''})"
