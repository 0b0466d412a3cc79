"""Train and eval steps as Python: statements, tapes, gradients, updates, reports."""

from collections.abc import Iterator
from dataclasses import field

from loopc.codegen.bodies import BodyPrinter, LayerPrinter
from loopc.codegen.literals import string
from loopc.codegen.statics import Code
from loopc.diagnostics.model import CompilerBug
from loopc.planning import plan
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary import stateful_metrics


@dataclass(frozen=True, slots=True)
class UpdateContext:
    """The lines that turn a taped objective into an update."""

    variables: str
    variables_value: str
    gradients: str
    tape: str
    objective: str
    optimizer: str


@dataclass(frozen=True, slots=True)
class PartContext:
    """One part of a step: lines, under `tapes` if there are any, or an update."""

    lines: tuple[str, ...] = ()
    tapes: str = ""
    update: UpdateContext | None = None


@dataclass(frozen=True, slots=True)
class StepContext:
    make: str
    function: str
    parameters: str
    arguments: str
    fields: str
    setup: tuple[str, ...]
    parts: tuple[PartContext, ...]
    report_lines: tuple[str, ...]
    report: str
    returns: str
    summarize: str
    summary: str


@dataclass(slots=True)
class SummaryPrinter(LayerPrinter):
    """Arithmetic on window values: locals are entries of `means`."""

    def code(self, node: checked.CheckedExpression) -> Code:
        if isinstance(node, checked.Local):
            return Code(f"means[{string(node.name)}]")
        return LayerPrinter.code(self, node)


@dataclass(slots=True)
class StepPrinter:
    """Prints one step. `single` names: one update in the step needs no prefix."""

    printer: LayerPrinter
    step: plan.StepPlan
    contains: dict[str, frozenset[str]]
    metric_names: dict[str, str] = field(default_factory=dict)

    def name(self, site: str, what: str) -> str:
        """`tape` for the only update of a step, `critic_tape` for one of several."""
        single = len(self.step.updates) == 1
        return what if single else self.printer.names.of("site", f"{site}_{what}")

    def parts(self) -> Iterator[PartContext]:
        for part in self.step.parts:
            match part:
                case plan.TapeBlock():
                    block = self.tape_block(part)
                    if block.lines:
                        yield block
                case plan.UpdatePlan():
                    yield PartContext(update=self.update(part))
                case _:
                    yield PartContext(lines=self.statement_lines((part,)))

    def statement_lines(
        self, statements: tuple[checked.CheckedStatement, ...]
    ) -> tuple[str, ...]:
        body = BodyPrinter(self.printer)
        body.body(statements)
        return tuple(body.lines)

    def tape_block(self, block: plan.TapeBlock) -> PartContext:
        lines = list(self.statement_lines(block.statements))
        for update in block.objectives:
            if self.objective_line(update):
                lines.append(self.objective_line(update))
        tapes = [self.entered(site, site in block.opened) for site in block.tapes]
        self.printer.imports.notice("tf.GradientTape")
        return PartContext(lines=tuple(lines), tapes=", ".join(tapes))

    def entered(self, site: str, new: bool) -> str:
        name = self.name(site, "tape")
        return f"tf.GradientTape() as {name}" if new else name

    def objective(self, update: plan.UpdatePlan) -> str:
        if isinstance(update.objective, checked.Local) and not update.maximize:
            return self.printer.code(update.objective).text
        return self.name(update.site, "objective")

    def objective_line(self, update: plan.UpdatePlan) -> str:
        name = self.objective(update)
        code = self.printer.code(update.objective)
        if code.text == name:
            return ""
        text = f"-{code.within(50)}" if update.maximize else code.text
        return self.printer.imports.notice(f"{name} = {text}")

    def update(self, update: plan.UpdatePlan) -> UpdateContext:
        return UpdateContext(
            variables=self.name(update.site, "variables"),
            variables_value=variables_text(update.trained, self.contains, self.printer),
            gradients=self.name(update.site, "gradients"),
            tape=self.name(update.site, "tape"),
            objective=self.objective(update),
            optimizer=self.name(update.site, "optimizer"),
        )

    # ---------------------------------------------------------------- report

    def setup(self) -> Iterator[str]:
        """Metrics with state are made once, outside the step."""
        for leaf in self.step.report.leaves:
            if leaf.metric is not None:
                name = self.printer.names.of("metric", f"{leaf.name}_metric")
                self.metric_names[leaf.name] = name
                yield self.printer.imports.notice(f"{name} = {self.metric(leaf)}")

    def metric(self, leaf: plan.Leaf) -> str:
        if leaf.metric is None:
            raise CompilerBug("a leaf without a metric")
        entry = stateful_metrics()[leaf.metric.name]
        options = [
            f"{n}={self.printer.option(v)}"
            for n, v in leaf.metric.options.items()
            if n in leaf.metric.explicit
        ]
        return f"{entry.python}({', '.join([*options, f'name={string(leaf.name)}'])})"

    def report_lines(self) -> Iterator[str]:
        for leaf in self.step.report.leaves:
            if leaf.metric is not None:
                given = [self.printer.text(a) for a in leaf.metric.arguments]
                name = self.metric_names[leaf.name]
                yield f"{name}.update_state({', '.join(given)})"

    def report(self) -> str:
        pairs = [
            f"{string(leaf.name)}: {self.leaf_value(leaf)}"
            for leaf in self.step.report.leaves
        ]
        return f"{{{', '.join(pairs)}}}"

    def leaf_value(self, leaf: plan.Leaf) -> str:
        if leaf.metric is not None:
            return self.metric_names[leaf.name]
        self.printer.imports.need("Mean")
        given = [self.printer.text(leaf.value)]
        if isinstance(leaf.value, checked.Static):
            given = [f"tf.constant({given[0]}, tf.float32)"]
        if leaf.weight is not None:
            given.append(f"weight={self.printer.text(leaf.weight)}")
        return f"Mean({', '.join(given)})"

    def summary(self) -> str:
        printer = SummaryPrinter(
            place="summary", names=self.printer.names, imports=self.printer.imports
        )
        pairs = [f"{string(n)}: {printer.text(v)}" for n, v in self.step.report.summary]
        return f"{{{', '.join(pairs)}}}"


def variables_text(
    models: tuple[str, ...], contains: dict[str, frozenset[str]], printer: LayerPrinter
) -> str:
    """The trainable variables of `models`, each once."""
    outer = [m for m in models if not any(m in contains[o] and m != o for o in models)]
    names = [printer.models[m] for m in outer]
    seen: set[str] = set()
    for model in outer:
        if contains[model] & seen:
            printer.imports.need("unique_variables")
            return f"unique_variables({', '.join(names)})"
        seen |= contains[model]
    return " + ".join(f"{n}.trainable_variables" for n in names)
