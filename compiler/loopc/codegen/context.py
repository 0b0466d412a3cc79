"""The sections of a script as contexts: its functions and what each needs."""

from collections.abc import Sequence
from dataclasses import field, replace
from functools import cached_property

from loopc.codegen.augments import augment_contexts
from loopc.codegen.bodies import LayerPrinter
from loopc.codegen.chains import ChainPrinter
from loopc.codegen.data import DataContext, DataPrinter
from loopc.codegen.derived import decay_schedule, python_kind
from loopc.codegen.draw_names import draw_name
from loopc.codegen.eval_lanes import with_own_lanes
from loopc.codegen.expressions import ExpressionPrinter
from loopc.codegen.factories import FactoryContext, FormulaContext
from loopc.codegen.imports import Imports
from loopc.codegen.literals import literal, prose, string
from loopc.codegen.measuring import report_printer
from loopc.codegen.models import CallableContext, ModelContext, ModelsPrinter
from loopc.codegen.names import Names, reads_config
from loopc.codegen.paces import ONE_A_STEP, Pace, pace_of
from loopc.codegen.schedule_names import names_in, schedules_made
from loopc.codegen.schedule_words import schedule_summary
from loopc.codegen.schedules import SchedulePrinter, plateau_name
from loopc.codegen.statics import StaticPrinter
from loopc.codegen.step_parameters import models_used, step_parameters
from loopc.codegen.steps import StepContext, StepPrinter
from loopc.codegen.weight_groups import SelectionPrinter
from loopc.planning import plan
from loopc.planning.derivation import in_making_order
from loopc.planning.walk import calls
from loopc.records import dataclass
from loopc.semantics import checked

RUNTIME_ALWAYS = ("Clock", "Execution", "Optimizer", "Run", "StepFunction", "run_main")


@dataclass
class ScriptPrinter:
    """Prints the sections, each once; names and imports are shared by all of them.

    Each loop of the program has a printer of its own, which prints what belongs to it.
    """

    planned: plan.Plan
    names: Names
    seed: str  # the text that reads it from the config
    imports: Imports
    train: plan.TrainPlan
    factories: dict[str, FactoryContext] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Names that people chose come first, so that they keep their spelling."""
        for model in self.program.models:
            self.names.of("model", model.name)
        for schedule in self.program.schedules:
            self.names.of("schedule", schedule.name)
        for const in self.program.consts:
            self.names.of("const", const.name, const.name.upper())
        for draw in self.train.every_draw:
            self.names.of("draw", draw.stream.name, draw_name(self.planned, draw))

    @property
    def program(self) -> checked.CheckedProgram:
        return self.planned.program

    @property
    def several(self) -> bool:
        """Whether the program has other loops beside this one."""
        return len(self.planned.trains) > 1

    def own(self, name: str) -> str:
        """The name of something of this loop, told apart from that of the others."""
        return f"{self.train.name}_{name}" if self.several else name

    @property
    def loop_name(self) -> str:
        return self.train.name if self.several else "train"

    # --------------------------------------------------------------- constants

    def constants(self) -> list[str]:
        return [self.constant(c) for c in self.program.consts]

    def constant(self, const: checked.CheckedConst) -> str:
        statics = StaticPrinter(self.names)
        if const.expression is not None:
            value = statics.expression(const.expression).text
        else:
            value = literal(const.value)
        if isinstance(const.value, tuple) and not value.startswith("np."):
            value = f"np.array({value})"
        name = self.names.of("const", const.name)
        return self.imports.notice(f"{name} = {value}")

    @property
    def execution_name(self) -> str:
        same = len({t.execution for t in self.planned.trains}) == 1
        return "EXECUTION" if same else f"{self.train.name.upper()}_EXECUTION"

    def static(self, value: checked.Static) -> str:
        """A number of the program outside of any function, from the config or as is."""
        return self.imports.notice(StaticPrinter(self.names).value(value).text)

    def execution(self) -> dict[str, str]:
        execution = self.train.execution
        devices = self.train.train.devices
        given = [f'data="{execution.data}"', f"xla={execution.xla}"]
        if devices is not None:
            given.append(f"devices={literal(devices.value)}")
        value = f"Execution({', '.join(given)})"
        name = self.execution_name
        return {"reason": execution.reason, "name": name, "value": value}

    # -------------------------------------------------------------------- data

    def streams(self) -> list[checked.CheckedStream]:
        train = self.train
        header = [train.train.stream] if train.train.stream is not None else []
        drawn = [d.stream for d in train.every_draw]
        return header + drawn + [e.stream for e in train.evals]

    def used_data(self) -> list[checked.CheckedData]:
        """The data blocks that this loop reads."""
        used = {s.data for s in self.streams()}
        return [d for d in self.program.data if d.name in used]

    @cached_property
    def datasets(self) -> list[dict[str, object]]:
        """All data of the script, whichever loop reads it."""
        printers = [replace(self, train=train) for train in self.planned.trains]
        used = {d.name for printer in printers for d in printer.used_data()}
        return [self.dataset(d) for d in self.program.data if d.name in used]

    def dataset(self, data: checked.CheckedData) -> dict[str, object]:
        configured = self.models_printer.configured()
        printer = DataPrinter(data, self.imports, self.names, self.seed, configured)
        context = printer.context()
        parameters = context.parameters(self.uses_config(context))
        decode = context.decode
        if context.make_decode:
            self.imports.need("Decode")
            decode = f"{context.make_decode}({context.given_arguments})"
        self.names.of("data", data.name)
        self.imports.modules.add("tf")
        fields = {f: getattr(context, f) for f in context.__dataclass_fields__}
        augments = augment_contexts(self.planned, data, self.models_printer)
        return fields | {
            "augments": list(augments),
            "parameters": ", ".join(f"{n}: {t}" for n, t in parameters),
            "arguments": ", ".join(n for n, _ in parameters),
            "name": data.name,
            "variable": self.names.of("data", data.name),
            "title": string(data.name),
            "decode_value": decode,
            "fitted_json": f"{self.names.of('data', data.name)}.fitted_json()",
        }

    def uses_config(self, context: DataContext) -> bool:
        lines = (*context.source_lines, *context.fit_lines)
        return reads_config((*lines, f"({context.given_arguments})"))

    # ------------------------------------------------------------------ models

    @property
    def models_printer(self) -> ModelsPrinter:
        bodies = self.planned.bodies
        return ModelsPrinter(self.program, self.imports, self.names, bodies)

    def functions(self) -> list[CallableContext]:
        in_models = {c for m in self.program.models for c in calls(m.body)}
        return [
            self.models_printer.function(f, "model" if f.name in in_models else "step")
            for f in self.program.functions
        ]

    def templates(self) -> list[CallableContext]:
        return [self.models_printer.template(t) for t in self.program.templates]

    @cached_property
    def models(self) -> list[ModelContext]:
        used = {m for train in self.planned.trains for m in train.models}
        return [
            self.models_printer.model(m)
            for m in in_making_order(self.program.models)
            if m.name in used and m.origin is None
        ]

    def derived(self) -> list[checked.CheckedModel]:
        """Models that have no network of their own in the script."""
        models = in_making_order(self.program.models)
        used = {m for train in self.planned.trains for m in train.models}
        return [m for m in models if m.name in used and m.origin is not None]

    # --------------------------------------------------- schedules, transforms

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
        decays = map(decay_schedule, self.derived())
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
            if key not in self.factories:
                found.append(self.transform(key, update))
        if found:
            self.imports.need("GradientTransform")
        return found

    def chain_key(self, update: plan.UpdatePlan) -> str:
        """Sites share a named chain where they go through its schedules alike."""
        key = f"transform {update.chain.name or self.own(update.site)}"
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
            summary=prose(schedule_summary(node, printer.printer.statics)),
            formulas=formulas,
            value=value,
        )
        self.factories[key] = context
        return context

    def factory_of(self, key: str) -> FactoryContext:
        return self.factories[key]

    def schedules_read(self, node: checked.CheckedNode) -> list[str]:
        """Named schedules that a schedule or chain refers to, in file order."""
        named = {s.name: s for s in self.program.schedules}
        found = set(names_in(node, named))
        return [s.name for s in self.program.schedules if s.name in found]

    # ------------------------------------------------------------------- steps

    def layer_printer(self, training: str, batch: str) -> LayerPrinter:
        printer = self.models_printer.printer("step", training=training, batch=batch)
        for schedule in self.program.schedules:
            given = self.names.of("schedule", schedule.name)
            printer.names.adopt("schedule", schedule.name, given)
        for update in self.train.step.updates:
            name = f"{update.site}_optimizer"
            printer.names.adopt("site", name, self.names.of("site", name))
        return printer

    def contains(self) -> dict[str, frozenset[str]]:
        return {m.name: frozenset({m.name, *m.contains}) for m in self.program.models}

    @cached_property
    def train_step(self) -> StepContext:
        train = self.train.train
        name = self.loop_name
        return self.step(name, train.stream, train.body, self.train.step, "True")

    @cached_property
    def eval_steps(self) -> list[StepContext]:
        return [self.eval_step(item) for item in self.train.evals]

    def eval_step(self, item: plan.EvalPlan) -> StepContext:
        bodies = {e.name: e.body for e in self.train.train.evals}
        body, name = bodies[item.name], self.own(item.name)
        step = self.step(name, item.stream, body, item.step, "False")
        return with_own_lanes(self, item, step)

    def step(
        self,
        name: str,
        stream: checked.CheckedStream | None,
        body: tuple[checked.CheckedStatement, ...],
        step: plan.StepPlan,
        training: str,
    ) -> StepContext:
        function = self.names.of("loop", f"{name}_step")
        bindings = stream.bindings if stream is not None else ()
        printer = self.layer_printer(training, "")
        fields = [printer.names.of("local", local) for local, _ in bindings]
        printer.batch = fields[0] if fields else ""
        stages = self.train.train.stages if step is self.train.step else ()
        reports = report_printer(printer, step, staged=bool(stages))
        setup = tuple(reports.setup())
        printed = StepPrinter(
            printer,
            step,
            self.contains(),
            models_used(self),
            reports,
            stages,
            fields=tuple(fields),
            devices=f"{self.execution_name}.devices",
        )
        lines = printed.lines()
        report = printed.returned()
        texts = (*setup, *lines, report)
        parameters = step_parameters(self, body, step, printed, texts)
        self.imports.need("Report")
        return StepContext(
            make=self.names.of("make step", name, f"make_{name}_step"),
            function=function,
            parameters=", ".join(f"{n}: {t}" for n, t in parameters),
            arguments=", ".join(n for n, _ in parameters),
            fields=", ".join(f"{f}: tf.Tensor" for f in fields),
            setup=setup,
            lines=lines,
            report=report,
            returns="Report",
            summarize=self.names.of("summarize", name, f"summarize_{name}"),
            summary=reports.summary() if step.report.summary else "",
        )
