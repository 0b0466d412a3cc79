"""Functions of a script that make its schedules and its chains of transforms."""

from collections.abc import Sequence

from loopc.codegen.chains import ChainPrinter
from loopc.codegen.derived import decay_schedule, derived_models, python_kind
from loopc.codegen.docstrings import docstring, remark
from loopc.codegen.expressions import ExpressionPrinter
from loopc.codegen.factories import FactoryContext, FormulaContext
from loopc.codegen.imports import Imports
from loopc.codegen.literals import prose
from loopc.codegen.loop_names import own_name
from loopc.codegen.names import Names
from loopc.codegen.paces import ONE_A_STEP, Pace, pace_of
from loopc.codegen.schedule_names import names_in, schedules_made
from loopc.codegen.schedule_words import schedule_summary
from loopc.codegen.schedules import SchedulePrinter, plateau_name
from loopc.codegen.statics import StaticPrinter
from loopc.codegen.weight_groups import SelectionPrinter
from loopc.planning import plan
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(slots=True)
class FactoryPrinter:
    """Prints what makes the schedules of a program and the chains of one loop.

    `made` holds every such function by its key, of all loops: none is printed twice.
    """

    planned: plan.Plan
    train: plan.TrainPlan
    names: Names
    imports: Imports
    made: dict[str, FactoryContext]

    @property
    def program(self) -> checked.CheckedProgram:
        return self.planned.program

    def own(self, name: str) -> str:
        return own_name(self.planned, self.train, name)

    def schedule_printer(self) -> SchedulePrinter:
        for plateau in self.train.train.plateaus:
            plateau_name(self.names, plateau.piece)
        names = self.names.inner()
        for schedule in self.program.schedules:
            given = self.names.of("schedule", schedule.name)
            names.adopt("schedule", schedule.name, given)
        printer = ExpressionPrinter("schedule", names, self.imports)
        declared = {s.name: s for s in self.program.schedules}
        return SchedulePrinter(printer, [], declared)

    def decays(self) -> list[checked.CheckedSchedule]:
        """Schedules of averages that have no name in the program."""
        decays = map(decay_schedule, derived_models(self.planned))
        return [schedule for schedule in decays if schedule is not None]

    def schedules(self) -> list[FactoryContext]:
        found = [self.schedule(s) for s in schedules_made(self.program)]
        found += [self.schedule(s) for s in self.decays()]
        if found:
            self.imports.need("Schedule")
        return found

    def schedule(self, schedule: checked.CheckedSchedule) -> FactoryContext:
        printer = self.schedule_printer()
        value = self.imports.notice(printer.code(schedule.body).text)
        return self.factory(
            f"schedule {schedule.name}",
            f"make_{schedule.name}",
            schedule,
            printer,
            value,
        )

    def transforms(self) -> list[FactoryContext]:
        """One for each named chain, one for each written in place."""
        found = []
        for update in self.train.step.updates:
            key = self.chain_key(update)
            if key not in self.made:
                found.append(self.transform(key, update))
        if found:
            self.imports.need("GradientTransform")
        return found

    def of_update(self, update: plan.UpdatePlan) -> FactoryContext:
        """The function, printed before, that makes the chain of an update."""
        return self.made[self.chain_key(update)]

    def chain_key(self, update: plan.UpdatePlan) -> str:
        """Sites share a named chain where they go through its schedules alike."""
        name = update.chain.name or self.own(update.site)
        key = f"transform {name}"
        pace = self.pace(update)
        return key if pace == ONE_A_STEP else f"{key}, {pace.text} a step"

    def pace(self, update: plan.UpdatePlan) -> Pace:
        return pace_of(self.train.step, update, StaticPrinter(self.names))

    def transform(self, key: str, update: plan.UpdatePlan) -> FactoryContext:
        if update.chain.name:
            name = f"make_{update.chain.name}"
        elif len(self.train.step.updates) == 1:
            name = f"make_{self.own('transform')}"
        else:
            name = f"make_{self.own(update.site)}_transform"
        return self.chain(key, name, update.chain, update)

    def chain(
        self,
        key: str,
        make: str,
        chain: checked.CheckedChain,
        update: plan.UpdatePlan,
    ) -> FactoryContext:
        """The function that makes a chain as it runs at the site of an update."""
        printer = self.schedule_printer()
        selections = SelectionPrinter(self.program.models, self.names, self.imports)
        changing = {n for stage in self.train.train.stages for n, _ in stage.schedules}
        chains = ChainPrinter(
            printer, self.imports, selections, self.pace(update), frozenset(changing)
        )
        value = chains.text(chain)
        owners = [m for m in self.program.models if m.name in selections.owners]
        owners.sort(key=lambda owner: selections.owners.index(owner.name))
        models = [(self.names.of("model", m.name), python_kind(m)) for m in owners]
        return self.factory(key, make, chain, printer, value, models)

    def factory(
        self,
        key: str,
        make: str,
        node: checked.CheckedNode,
        printer: SchedulePrinter,
        value: str,
        models: Sequence[tuple[str, str]] = (),
    ) -> FactoryContext:
        formulas = tuple(FormulaContext(n, v) for n, v in printer.formulas)
        texts = [value, *(f.value for f in formulas)]
        parameters = list(models)
        parameters += [
            (name, kind)
            for name, kind in (("config", "Config"), ("clock", "Clock"))
            if any(f"{name}." in t for t in texts)
        ]
        read = [self.names.of("schedule", n) for n in self.schedules_read(node)]
        read += dict.fromkeys(printer.plateaus)
        parameters += [(name, "Schedule") for name in read]
        if read:
            self.imports.need("Schedule")
        context = FactoryContext(
            key=key,
            make=self.names.of("make", key, make),
            parameters=", ".join(f"{n}: {t}" for n, t in parameters),
            arguments=", ".join(n for n, _ in parameters),
            docstring=docstring(
                remark(self.program, getattr(node, "name", "")),
                prose(schedule_summary(node, printer.printer.statics)),
            ),
            formulas=formulas,
            value=value,
        )
        self.made[key] = context
        return context

    def schedules_read(self, node: checked.CheckedNode) -> list[str]:
        """Named schedules that a schedule or chain refers to, in file order."""
        named = {s.name: s for s in self.program.schedules}
        found = set(names_in(node, named))
        return [s.name for s in self.program.schedules if s.name in found]
