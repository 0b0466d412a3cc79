"""Train and eval steps as Python: statements, tapes, gradients, updates, reports."""

from collections.abc import Iterator
from dataclasses import field

from loopc.codegen.batch_parts import print_passes
from loopc.codegen.derived import decay_text
from loopc.codegen.frozen import rests
from loopc.codegen.states import set_line
from loopc.codegen.step_parts import PartPrinter
from loopc.codegen.step_reports import ReportPrinter
from loopc.codegen.trained_variables import variables_text
from loopc.codegen.update_keywords import update_keywords
from loopc.planning import plan
from loopc.planning.again import AGAIN
from loopc.planning.derivation import followers, holds_back
from loopc.planning.recording import GRADIENT
from loopc.planning.walk import names_read
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True)
class StepContext:
    make: str
    function: str
    parameters: str
    arguments: str
    fields: str
    setup: tuple[str, ...]
    docstring: tuple[str, ...]
    lines: tuple[str, ...]
    report: str
    returns: str
    summarize: str
    summary: str


@dataclass(slots=True)
class StepPrinter(PartPrinter):
    """Prints one step, line by line."""

    step: plan.StepPlan
    contains: dict[str, frozenset[str]]
    models: tuple[checked.CheckedModel, ...]
    report: ReportPrinter
    stages: tuple[checked.CheckedStage, ...] = ()  # in which different weights train
    fields: tuple[str, ...] = ()  # what the step is given
    devices: str = ""  # how the devices are called that a batch is divided among
    occasional: dict[str, str] = field(default_factory=dict)  # reports, by block

    def name(self, site: str, what: str) -> str:
        """`tape` for the only update of a step, `critic_tape` for one of several."""
        if site.startswith(GRADIENT):
            return PartPrinter.name(self, site, what)
        single = len(self.step.updates) == 1
        return what if single else self.printer.names.of("site", f"{site}_{what}")

    def lines(self) -> tuple[str, ...]:
        """All lines of the step but the one that returns its report."""
        if self.step.pieces is not None:
            print_passes(self, self.step.pieces)
            return tuple(self.written)
        self.parts(self.step.parts)
        for text in self.report.lines():
            self.line(text)
        return tuple(self.written)

    def returned(self) -> str:
        """The report of the step, with those of its blocks, in the program's order."""
        return self.report.joined(self.occasional)

    def special(self, part: plan.StepPart) -> None:
        match part:
            case plan.UpdatePlan():
                self.update(part)
            case plan.EveryPlan():
                self.every(part)
            case checked.CheckedSet():
                self.line(set_line(part, self.printer))
            case _:
                PartPrinter.special(self, part)

    # ----------------------------------------------------------------- tapes

    def tape_block(self, block: plan.TapeBlock) -> None:
        if block.returned is not None:
            self.evaluated(block, block.returned)
        else:
            PartPrinter.tape_block(self, block)

    def evaluated(self, block: plan.TapeBlock, returned: tuple[str, ...]) -> None:
        """The objective as a function, which the optimizer may call again."""
        (update,) = block.objectives
        function = self.name(update.site, "evaluate")
        if "per_example" in update.chain.needs:
            self.per_example(update, block, returned)
            return
        self.printer.imports.need("repeatable")
        self.line("@repeatable")
        self.line(f"def {function}() -> {self.evaluated_type(update, returned)}:")
        others = [self.printer.names.of("local", name) for name in returned]
        with self.indented():
            self.parts(block.statements)
            values = ", ".join([self.objective_value(update), *others])
            self.line(f"return {values}")
        self.line("")
        tape = self.new_tape(update.site in block.persistent)
        self.line(f"with {tape} as {self.name(update.site, 'tape')}:")
        with self.indented():
            names = ", ".join([self.evaluated_name(update), *others])
            self.line(f"{names} = {function}()")

    def per_example(
        self, update: plan.UpdatePlan, block: plan.TapeBlock, returned: tuple[str, ...]
    ) -> None:
        """The objective of single examples, and its gradients for each of them."""
        function = self.name(update.site, "evaluate")
        read = names_read(block.statements) | names_read(update.objective)
        known = {self.printer.names.of("local", name) for name in read}
        fields = [field for field in self.fields if field in known]
        given = ", ".join(f"{field}: tf.Tensor" for field in fields)
        kind = self.evaluated_type(update, returned)
        self.line(f"def {function}({given}) -> {kind}:")
        others = [self.printer.names.of("local", name) for name in returned]
        with self.indented():
            self.parts(block.statements)
            self.line(f"return {', '.join([self.objective_value(update), *others])}")
        self.line("")
        variables, gradients = (
            self.name(update.site, what) for what in ("variables", "gradients")
        )
        self.line(f"{variables} = {self.trained(update)}")
        self.printer.imports.need("per_example_gradients")
        used = "value" in update.chain.needs
        objective = self.evaluated_name(update) if used else "_"
        names = ", ".join([gradients, objective, *others])
        passed = ", ".join([function, variables, *fields])
        self.line(f"{names} = per_example_gradients({passed})")

    def evaluated_name(self, update: plan.UpdatePlan) -> str:
        """What the objective of a function is called outside of it."""
        several = isinstance(update.objective, checked.TupleValue)
        return self.name(update.site, "objectives" if several else "objective")

    def evaluated_type(self, update: plan.UpdatePlan, returned: tuple[str, ...]) -> str:
        several = isinstance(update.objective, checked.TupleValue)
        first = "list[tf.Tensor]" if several else "tf.Tensor"
        others = ["tf.Tensor"] * len(returned)
        return f"tuple[{', '.join([first, *others])}]" if others else first

    def objective_value(self, update: plan.UpdatePlan) -> str:
        if isinstance(update.objective, checked.TupleValue):
            return f"[{', '.join(self.listed(update))}]"
        code = self.printer.code(update.objective)
        return f"-{code.within(50)}" if update.maximize else code.text

    def objective(self, update: plan.UpdatePlan) -> str:
        if update.chain.needs & AGAIN:
            return self.evaluated_name(update)
        if isinstance(update.objective, checked.TupleValue):
            return self.name(update.site, "objectives")
        if isinstance(update.objective, checked.Local) and not update.maximize:
            return self.printer.code(update.objective).text
        return self.name(update.site, "objective")

    def objective_line(self, update: plan.UpdatePlan) -> str:
        name = self.objective(update)
        if isinstance(update.objective, checked.TupleValue):
            return f"{name} = [{', '.join(self.listed(update))}]"
        code = self.printer.code(update.objective)
        if code.text == name:
            return ""
        text = f"-{code.within(50)}" if update.maximize else code.text
        return f"{name} = {text}"

    def listed(self, update: plan.UpdatePlan) -> Iterator[str]:
        """Each of several objectives, to be minimized."""
        assert isinstance(update.objective, checked.TupleValue)
        for item in update.objective.items:
            code = self.printer.code(item)
            yield f"-{code.within(50)}" if update.maximize else code.text

    def objective_lines(self, update: plan.UpdatePlan) -> Iterator[str]:
        """What an update's tape ends with: its objective, and that scaled."""
        objective = self.objective_line(update)
        if objective:
            yield objective
        if self.step.scaled:
            optimizer = self.name(update.site, "optimizer")
            scaled = self.name(update.site, "scaled_objective")
            yield f"{scaled} = {optimizer}.scaled({self.objective(update)})"

    # --------------------------------------------------------------- effects

    def update(self, update: plan.UpdatePlan) -> None:
        if self.step.pieces is not None:  # of one piece, that is a gradient
            gradients = self.name(update.site, "gradients")
            self.line(f"{gradients} = {self.gradients(update)}")
            return
        if update.every is None:
            self.update_lines(update)
            return
        name = self.printer.names.of("block", f"update_{update.site}")
        self.line(f"def {name}() -> None:")
        with self.indented():
            self.update_lines(update)
        self.line("")
        self.line(self.when_due(update.every, name))

    def update_lines(self, update: plan.UpdatePlan) -> None:
        """Pair gradients with variables, and apply them."""
        if "per_example" in update.chain.needs:
            self.apply(update)  # taken where the objective is computed
            return
        variables = self.name(update.site, "variables")
        self.line(f"{variables} = {self.trained(update)}")
        gradients = self.name(update.site, "gradients")
        self.line(f"{gradients} = {self.gradients(update)}")
        self.apply(update)

    def trained(self, update: plan.UpdatePlan) -> str:
        """The trained variables; which they are is the optimizer's to say in stages."""
        if self.stages:
            return f"{self.name(update.site, 'optimizer')}.trained"
        return variables_text(update, self.contains, self.printer)

    def gradients(self, update: plan.UpdatePlan) -> str:
        tape = self.name(update.site, "tape")
        variables = self.name(update.site, "variables")
        if self.step.scaled:
            scaled = self.name(update.site, "scaled_objective")
            optimizer = self.name(update.site, "optimizer")
            taken = f"{optimizer}.unscaled({tape}.gradient({scaled}, {variables}))"
        else:
            call = f"{tape}.gradient({self.objective(update)}, {variables}"
            taken = self.taken(update, call)
        if update.partial:
            self.printer.imports.need("zeros_where_none")
            taken = f"zeros_where_none({taken}, {variables})"
        return taken

    def apply(self, update: plan.UpdatePlan) -> None:
        """Hand the pairs to the optimizer; averages of the models follow."""
        gradients, variables, optimizer = (
            self.name(update.site, what)
            for what in ("gradients", "variables", "optimizer")
        )
        given = [f"zip({gradients}, {variables}, strict=True)"]
        given += update_keywords(self.printer, update, self.objective(update))
        if update.chain.needs & AGAIN - {"per_example"}:
            given.append(f"objective={self.name(update.site, 'evaluate')}")
        self.line(f"{optimizer}.apply_gradients({', '.join(given)})")
        for follower in followers(self.models, self.contains, update.trained):
            self.line(self.advance(follower, update))

    def taken(self, update: plan.UpdatePlan, call: str) -> str:
        """The gradients: of one objective, of a weighted sum, or of each of several."""
        if not isinstance(update.objective, checked.TupleValue):
            return f"{call})"
        objectives = self.objective(update)
        if "weigh" in update.chain.needs:
            optimizer = self.name(update.site, "optimizer")
            weights = f"{optimizer}.loss_weights({objectives})"
            return f"{call}, output_gradients={weights})"
        self.printer.imports.need("task_gradients")
        tape, variables = (self.name(update.site, n) for n in ("tape", "variables"))
        whole = ", stacked=True" if "stacked" in update.chain.needs else ""
        return f"task_gradients({tape}, {objectives}, {variables}{whole})"

    def advance(self, name: str, update: plan.UpdatePlan) -> str:
        """The line that moves an average or a snapshot after its model."""
        model = next(m for m in self.models if m.name == name)
        given = []
        if isinstance(model.origin, checked.AveragedByChain):
            given.append(self.name(update.site, "optimizer"))
        if isinstance(model.origin, checked.MovingAverage):
            given.append(decay_text(model, model.origin.decay, self.printer))
        optimizer = self.name(update.site, "optimizer")
        declared = {m.name: m for m in self.models}
        if model.source and rests(declared, self.stages, update, model.source):
            given.append(f"when={optimizer}.moved({self.printer.models[name]}.source)")
        elif self.step.scaled or holds_back(update.chain):
            given.append(f"when={optimizer}.stepped")
        return f"{self.printer.models[name]}.advance({', '.join(given)})"

    def every(self, part: plan.EveryPlan) -> None:
        """A block is a function of its own, which runs where its cadence is due."""
        name = self.printer.names.of("block", part.name)
        reports = bool(self.report.leaves(part.name))
        self.line(f"def {name}() -> {'Report' if reports else 'None'}:")
        with self.indented():
            self.parts(part.parts)
            for text in self.report.lines(part.name):
                self.line(text)
            if reports:
                self.line(f"return {self.report.returned(part.name)}")
        self.line("")
        call = self.when_due(part.cadence, name)
        if not reports:
            self.line(call)
            return
        report = self.printer.names.of("block", f"{part.name}_report")
        self.occasional[part.name] = report
        self.line(f"{report} = {call}")

    def when_due(self, cadence: checked.Cadence, function: str) -> str:
        self.printer.imports.need("Every", "when_due")
        amount = self.printer.statics.amount(cadence)
        every = f"Every({cadence.duration.unit}={amount})"
        return f"when_due(clock, {every}, {function})"
