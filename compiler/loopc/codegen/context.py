"""The sections of a script as contexts: its functions and what each needs."""

from dataclasses import field, replace
from functools import cached_property

from loopc.codegen.augments import augment_contexts
from loopc.codegen.bodies import LayerPrinter
from loopc.codegen.data import DataContext, DataPrinter
from loopc.codegen.derived import derived_models
from loopc.codegen.docstrings import docstring, remark
from loopc.codegen.draw_names import draw_name
from loopc.codegen.eval_lanes import with_own_lanes
from loopc.codegen.factories import FactoryContext
from loopc.codegen.factory_section import FactoryPrinter
from loopc.codegen.imports import Imports
from loopc.codegen.literals import literal, string
from loopc.codegen.loop_names import is_one_of_several, own_name
from loopc.codegen.measuring import report_printer
from loopc.codegen.models import CallableContext, ModelContext, ModelsPrinter
from loopc.codegen.names import Names, reads_config
from loopc.codegen.statics import StaticPrinter
from loopc.codegen.step_parameters import models_used, step_parameters
from loopc.codegen.steps import StepContext, StepPrinter
from loopc.codegen.stream_fields import name_fields
from loopc.planning import plan
from loopc.planning.derivation import in_making_order
from loopc.planning.walk import calls
from loopc.records import dataclass
from loopc.semantics import checked

LOADING = "Read, split and validate the data."
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

    def own(self, name: str) -> str:
        """The name of something of this loop, told apart from that of the others."""
        return own_name(self.planned, self.train, name)

    @property
    def loop_name(self) -> str:
        return self.train.name if is_one_of_several(self.planned) else "train"

    # --------------------------------------------------------------- execution

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
            "docstring": docstring(LOADING, remark(self.program, data.name)),
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
        return derived_models(self.planned)

    @property
    def factory_printer(self) -> FactoryPrinter:
        return FactoryPrinter(
            self.planned, self.train, self.names, self.imports, self.factories
        )

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
        step = self.step(name, item.stream, body, item.step, "False", item.name)
        return with_own_lanes(self, item, step)

    def step(
        self,
        name: str,
        stream: checked.CheckedStream | None,
        body: tuple[checked.CheckedStatement, ...],
        step: plan.StepPlan,
        training: str,
        about: str = "step",
    ) -> StepContext:
        function = self.names.of("loop", f"{name}_step")
        bindings = stream.bindings if stream is not None else ()
        printer = self.layer_printer(training, "")
        fields = name_fields(printer.names, bindings, body)
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
            docstring=docstring(
                remark(self.program, f"{self.train.name}.{about}"), indent=8
            ),
            lines=lines,
            report=report,
            returns="Report",
            summarize=self.names.of("summarize", name, f"summarize_{name}"),
            summary=reports.summary() if step.report.summary else "",
        )
