"""Stages as Python: what each freezes, its optimizers, its step, its schedules."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase

from loopc.codegen.context import ScriptPrinter
from loopc.codegen.factories import FactoryContext
from loopc.codegen.frozen import frozen_weights
from loopc.codegen.literals import string
from loopc.codegen.measuring import measured_chain
from loopc.codegen.schedule_names import schedules_made
from loopc.codegen.trained_variables import variables_text
from loopc.codegen.weight_groups import keras_path
from loopc.diagnostics.model import CompilerBug
from loopc.planning import plan
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked.weight_paths import (
    WeightPath,
    path_matches,
    weight_paths,
)


@dataclass(slots=True)
class StagePrinter:
    """Prints what a loop with stages makes; `optimizers` fills up as it prints."""

    script: ScriptPrinter
    optimizers: dict[str, str] = field(default_factory=dict)  # "stage/site": name

    @property
    def stages(self) -> tuple[checked.CheckedStage, ...]:
        return self.script.train.train.stages

    @property
    def updates(self) -> Sequence[plan.UpdatePlan]:
        return self.script.train.step.updates

    # ------------------------------------------------------------- factories

    def schedules(self) -> Iterator[FactoryContext]:
        """The schedules that stages set, each made by a function."""
        for stage in self.stages:
            for name, schedule in stage.schedules:
                if not schedule.name:
                    yield self.schedule(stage, name, schedule)

    def transforms(self) -> Iterator[FactoryContext]:
        """The chains that stages set, each made by a function."""
        for stage in self.stages:
            for name, chain in stage.chains:
                sites = [u for u in self.updates if u.chain.name == name]
                for update in sites if not chain.name else ():
                    key = self.key(stage, f"{name} {update.site}")
                    make = f"make_{self.script.own(stage.name)}_{name}"
                    yield self.script.factory_printer.chain(key, make, chain, update)

    def schedule(
        self, stage: checked.CheckedStage, name: str, schedule: checked.CheckedSchedule
    ) -> FactoryContext:
        printer = self.script.factory_printer.schedule_printer()
        printer.total = f"clock.stages[{string(stage.name)}].steps"
        value = self.script.imports.notice(printer.code(schedule.body).text)
        make = f"make_{self.script.own(stage.name)}_{name}"
        return self.script.factory_printer.factory(
            self.key(stage, name), make, schedule, printer, value
        )

    def key(self, stage: checked.CheckedStage, name: str) -> str:
        return f"stage {self.script.train.name} {stage.name} {name}"

    # ------------------------------------------------------------- schedules

    def in_stages(self, name: str, made: str) -> str:
        """A declared schedule, made by `made`, as it changes with the stages."""
        changed = self.changed(name, 0)
        if not changed:
            return made
        self.script.imports.need("in_stages")
        return f"in_stages(clock, {made}, {changed})"

    def changed(self, name: str, first: int) -> str:
        """The schedules that stages from number `first` on put in its place."""
        pairs = [
            f"{string(stage.name)}: {self.made(stage, name, schedule)}"
            for stage in self.stages[first:]
            for set_name, schedule in stage.schedules
            if set_name == name
        ]
        return f"{{{', '.join(pairs)}}}" if pairs else ""

    def made(
        self, stage: checked.CheckedStage, name: str, schedule: checked.CheckedSchedule
    ) -> str:
        if schedule.name:
            return self.declared(schedule.name)
        return self.call(self.script.factories[self.key(stage, name)])

    def declared(self, name: str) -> str:
        return self.call(self.script.factories[f"schedule {name}"])

    def call(self, factory: FactoryContext) -> str:
        return f"{factory.make}({factory.arguments})"

    # ------------------------------------------------------------ optimizers

    def lines(self) -> Iterator[str]:
        """The optimizers of every stage, and the stages themselves."""
        entries = []
        updates = self.updates
        present: dict[str, str] = {}
        handed: dict[str, list[str]] = {u.site: [] for u in updates}
        for number, stage in enumerate(self.stages):
            frozen = yield from self.frozen_lines(stage)
            new = []
            for update in updates:
                if self.is_left_out(update, stage):
                    self.script.imports.need("NoOptimizer")
                    present[self.step_name(update)] = "NoOptimizer()"
                    continue
                if self.same_chain(update, number):
                    before = handed[update.site]
                else:
                    before = handed[update.site] = []
                if before and self.same_weights(number):
                    present[self.step_name(update)] = before[-1]
                    continue
                name = self.optimizer_name(stage, update)
                yield self.optimizer_line(name, update, number, frozen, before)
                present[self.step_name(update)] = name
                self.optimizers[f"{stage.name}/{update.site}"] = name
                handed[update.site] = [*before, name]
                new.append(name)
            entries.append(self.entry(stage, present, new, frozen))
        self.script.imports.need("Stage")
        yield f"stages = {{{', '.join(entries)}}}"

    def frozen_lines(self, stage: checked.CheckedStage) -> Generator[str, None, str]:
        """Make what the stage freezes; returns its name, or ""."""
        if not stage.frozen:
            return ""
        name = self.script.names.of("stage", f"{stage.name}_frozen")
        parts = [part for item in stage.frozen for part in self.frozen(item)]
        self.script.imports.need("FrozenWeights", "unfrozen")
        yield f"{name} = {' + '.join(parts)}"
        return name

    def frozen(self, item: checked.CheckedFreeze) -> Iterator[str]:
        model = self.script.names.of("model", item.model)
        if item.pattern is None:
            yield f"FrozenWeights({model})"
            return
        models = {m.name: m for m in self.script.program.models}
        weights = list(weight_paths(models, [item.model]))
        matched = [
            w
            for w in weights
            if path_matches(item.pattern, w.path.removeprefix(f"{item.model}/"))
        ]
        for owner in dict.fromkeys(w.model for w in matched):
            own = [w for w in weights if w.model == owner]
            taken = [w for w in matched if w.model == owner]
            paths = ", ".join(
                string(p) for p in keras_patterns(item.pattern, own, taken)
            )
            model = self.script.names.of("model", owner)
            yield f"FrozenWeights({model}, paths=[{paths}])"

    def is_left_out(self, update: plan.UpdatePlan, stage: checked.CheckedStage) -> bool:
        """Whether a stage freezes all that an update trains."""
        models = {m.name: m for m in self.script.program.models}
        return frozen_weights(models, stage) >= set(
            weight_paths(models, update.trained)
        )

    def same_weights(self, number: int) -> bool:
        return self.stages[number].frozen == self.stages[number - 1].frozen

    def same_chain(self, update: plan.UpdatePlan, number: int) -> bool:
        """Whether a stage has the chain of the one before; its state then goes on."""
        return number > 0 and self.chain_of(update, number) == self.chain_of(
            update, number - 1
        )

    def chain_of(self, update: plan.UpdatePlan, number: int) -> checked.CheckedChain:
        changed = dict(self.stages[number].chains)
        return changed.get(update.chain.name, update.chain)

    def first_of_chain(self, update: plan.UpdatePlan, number: int) -> int:
        while self.same_chain(update, number):
            number -= 1
        return number

    def optimizer_name(
        self, stage: checked.CheckedStage, update: plan.UpdatePlan
    ) -> str:
        single = len(self.updates) == 1
        site = "" if single else f"_{update.site}"
        return self.script.names.of("stage", f"{stage.name}{site}_optimizer")

    def step_name(self, update: plan.UpdatePlan) -> str:
        """What the step calls the optimizer of an update."""
        single = len(self.updates) == 1
        if single:
            return "optimizer"
        return self.script.names.of("site", f"{update.site}_optimizer")

    def optimizer_line(
        self,
        name: str,
        update: plan.UpdatePlan,
        number: int,
        frozen: str,
        before: list[str],
    ) -> str:
        printer = self.script.layer_printer("True", "")
        variables = variables_text(update, self.script.contains(), printer)
        if frozen:
            variables = f"unfrozen({variables}, {frozen})"
        made = measured_chain(self.script, update, self.transform(update, number))
        given = [made, variables, f"name={string(name)}"]
        if self.script.train.step.scaled:
            self.script.imports.need("LossScale")
            given.append("loss_scale=LossScale()")
        if before:
            given.append(f"carries=[{', '.join(before)}]")
        return f"{name} = Optimizer({', '.join(given)})"

    def transform(self, update: plan.UpdatePlan, number: int) -> str:
        chain = self.chain_of(update, number)
        if chain == update.chain:
            factory = self.script.factory_printer.of_update(update)
        elif chain.name:
            factory = self.script.factories[f"transform {chain.name}"]
        else:
            stage = self.stages[self.first_of_chain(update, number)]
            key = self.key(stage, f"{update.chain.name} {update.site}")
            factory = self.script.factories[key]
        schedules = self.schedule_arguments(update, number)
        given = factory.arguments.split(", ") if factory.arguments else []
        return f"{factory.make}({', '.join(schedules.get(a, a) for a in given)})"

    def schedule_arguments(
        self, update: plan.UpdatePlan, number: int
    ) -> Mapping[str, str]:
        """Schedules that a chain counts from the stage that it began in."""
        first = self.first_of_chain(update, number)
        if first == 0:
            return {}
        found: dict[str, str] = {}
        for schedule in schedules_made(self.script.program):
            local = self.script.names.of("schedule", schedule.name)
            changed = self.changed(schedule.name, first)
            found[local] = self.declared(schedule.name)
            if changed:
                since = f"since={string(self.stages[first].name)}"
                self.script.imports.need("in_stages")
                found[local] = f"in_stages(clock, {found[local]}, {changed}, {since})"
        return found

    def entry(
        self,
        stage: checked.CheckedStage,
        present: Mapping[str, str],
        new: list[str],
        frozen: str,
    ) -> str:
        step = self.script.train_step
        given = step.arguments.split(", ") if step.arguments else []
        arguments = ", ".join(present.get(a, a) for a in given)
        parts = [f"{step.make}({arguments})", f"[{', '.join(new)}]"]
        if frozen:
            parts.append(frozen)
        return f"{string(stage.name)}: Stage({', '.join(parts)})"


def keras_patterns(
    pattern: str, own: list[WeightPath], taken: list[WeightPath]
) -> list[str]:
    """Patterns of the paths in Keras that match exactly the weights `taken`."""
    rest = pattern.rstrip("/")
    for guess in (rest, f"{rest}/*"):
        if [w for w in own if fnmatchcase(keras_path(w), guess)] == taken:
            return [guess]
    found: dict[str, None] = {}
    for weight in taken:
        layer = [w for w in own if w.keras == weight.keras]
        whole = all(w in taken for w in layer)
        found[f"{weight.keras}/*" if whole else keras_path(weight)] = None
    chosen = [w for w in own if any(fnmatchcase(keras_path(w), p) for p in found)]
    if chosen != taken:
        raise CompilerBug(f"the paths of {pattern} are not those of other weights")
    return list(found)
