"""Models, layer templates and functions of the script."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from loopc.codegen.bodies import BodyPrinter, LayerPrinter
from loopc.codegen.derived import python_kind
from loopc.codegen.docstrings import UNBROKEN, docstring, remark
from loopc.codegen.imports import Imports
from loopc.codegen.keras_inputs import keras_input
from loopc.codegen.literals import string
from loopc.codegen.names import Names, reads_config
from loopc.codegen.step_parts import PartPrinter
from loopc.planning import plan
from loopc.planning.walk import calls, names_bound, walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary import functions
from loopc.vocabulary.types import (
    ModelType,
    StaticType,
    TensorType,
    TupleType,
    ValueType,
)

Callee: TypeAlias = checked.CheckedFunction | checked.CheckedTemplate

SUMMARY_WIDTH = 78
# What `train_and_evaluate` makes: no other function sees it unless it is handed over.
MADE = ("model", "data", "draw", "site", "loop", "lanes", "stage", "plateau")
KERAS_OPERATION = re.compile(r"keras\.(?:ops|activations)\.(\w+)")


@dataclass(frozen=True, slots=True)
class ModelContext:
    make: str
    parameters: str
    arguments: str
    docstring: tuple[str, ...]
    inputs: tuple[str, ...]
    lines: tuple[str, ...]
    given: str
    result: str
    title: str


@dataclass(frozen=True, slots=True)
class CallableContext:
    """A layer template or a function: a plain Python function."""

    name: str
    parameters: str
    returns: str
    docstring: tuple[str, ...]
    lines: tuple[str, ...]
    result: str


@dataclass(slots=True)
class ModelsPrinter:
    """Prints declarations that hold layers. `script` names are shared by the whole
    script.
    """

    program: checked.CheckedProgram
    imports: Imports
    script: Names
    bodies: Mapping[str, tuple[plan.StepPart, ...]] = field(default_factory=dict)

    def callables(self) -> list[checked.CheckedFunction | checked.CheckedTemplate]:
        return [*self.program.functions, *self.program.templates]

    def callable_models(self) -> Mapping[str, tuple[str, ...]]:
        """Models that a function or template calls by name: extra arguments of it."""
        models = {m.name for m in self.program.models}
        found: dict[str, tuple[str, ...]] = {}
        for item in self.callables():
            direct = calls(item.body)
            inner = {m for c in direct for m in found.get(c, ())}
            given = _model_parameters(item)
            found[item.name] = tuple(sorted(((direct | inner) & models) - given))
        return found

    def reaching(self, found: Callable[[Callee], bool]) -> frozenset[str]:
        """Functions and templates for which `found` holds, or that call such a one."""
        reached: set[str] = set()
        for item in self.callables():  # callees come before their callers
            if found(item) or _callees(item) & reached:
                reached.add(item.name)
        return frozenset(reached)

    def configured(self) -> frozenset[str]:
        """Functions and templates that take the config."""
        return self.reaching(_reads_param)

    def printer(
        self, place: str, seen: Iterable[str] | None = None, **settings: object
    ) -> LayerPrinter:
        """The printer of a function that sees the models in `seen`; None: all that
        `train_and_evaluate` makes, as the steps do.
        """
        names = self.script.inner() if seen is None else self.script.without(MADE)
        printer = LayerPrinter(
            place="model" if place == "model" else "step",
            names=names,
            imports=self.imports,
            models={
                m.name: self.script.of("model", m.name) for m in self.program.models
            },
            function_models=self.callable_models(),
            configured=self.configured(),
            moded=self.reaching(_calls_model),
            weights=frozenset(m.name for m in self.program.models if m.is_variable),
        )
        for item in self.callables():
            kind = (
                "function" if isinstance(item, checked.CheckedFunction) else "template"
            )
            names.adopt(kind, item.name, self.script.of(kind, item.name))
        for model in (m.name for m in self.program.models) if seen is None else seen:
            names.adopt("model", model, self.script.of("model", model))
        for key, value in settings.items():
            setattr(printer, key, value)
        return printer

    # ------------------------------------------------------------------ models

    def model(self, model: checked.CheckedModel) -> ModelContext:
        inner = sorted(self.direct_models(model))
        printer = self.printer("model", inner, operations=self.operations(model))
        body = BodyPrinter(printer, named_result=True)
        inputs = [self.input_line(printer, n, t) for n, t in model.inputs]
        body.body(model.body)
        names = [printer.names.of("local", n) for n, _ in model.inputs]
        given = _one_or_list(names)
        bound = frozenset[str]().union(*(names_bound(s) for s in model.body))
        if bound & {n for n, _ in model.inputs}:
            alias = printer.names.fresh("inputs")
            inputs.append(f"{alias} = {given}")
            given = alias
        arguments = [self.script.of("model", m) for m in inner]
        uses_config = reads_config((*body.lines, *body.results))
        typed = [f"{a}: {self.kind(m)}" for a, m in zip(arguments, inner, strict=True)]
        return ModelContext(
            make=self.make_name(model.name),
            parameters=", ".join((["config: Config"] if uses_config else []) + typed),
            arguments=", ".join((["config"] if uses_config else []) + arguments),
            docstring=docstring(remark(self.program, model.name), *_summary(model)),
            inputs=tuple(inputs),
            lines=tuple(body.lines),
            given=given,
            result=_one_or_list(self.outputs(model, body.results)),
            title=string(model.name),
        )

    def outputs(self, model: checked.CheckedModel, results: Sequence[str]) -> list[str]:
        """What a model gives: float32, also where its layers compute in 16 bits."""
        if all(train.precision == "float32" for train in self.program.trains):
            return list(results)
        kinds = model.output.items if isinstance(model.output, TupleType) else None
        return [
            f'keras.ops.cast({text}, "float32")' if _is_float(kind) else text
            for text, kind in zip(results, kinds or (model.output,), strict=True)
        ]

    def operations(self, model: checked.CheckedModel) -> frozenset[str]:
        """What Keras may call the operations of a model, its functions' included."""
        bodies = {item.name: item.body for item in self.callables()}
        waiting, reached = [model.body], set[str]()
        found: set[str] = set()
        while waiting:
            body = waiting.pop()
            for node in walk(body):
                if isinstance(node, checked.Primitive) and not node.variant:
                    found |= {node.name, *KERAS_OPERATION.findall(_form(node))}
            new = (_callees_in(body) & bodies.keys()) - reached
            reached |= new
            waiting += [bodies[name] for name in sorted(new)]
        return frozenset(found)

    def make_name(self, model: str) -> str:
        return self.script.of("make model", model, f"make_{model}")

    def direct_models(self, model: checked.CheckedModel) -> set[str]:
        """Models that the body calls itself, also through templates and functions."""
        through = self.callable_models()
        called = set(calls(model.body))
        called |= {
            n.layer
            for n in walk(model.body)
            if isinstance(n, checked.Construct) and n.template
        }
        inner = {m for c in called for m in through.get(c, ())}
        return (called & {m.name for m in self.program.models}) | inner

    def input_line(self, printer: LayerPrinter, name: str, kind: TensorType) -> str:
        local = printer.names.of("local", name)
        text = keras_input(kind, string(name.replace(" ", "_")))
        return self.imports.notice(f"{local} = {text}")

    # --------------------------------------------------------------- callables

    def template(self, template: checked.CheckedTemplate) -> CallableContext:
        models = self.callable_models()[template.name]
        printer = self.printer("model", models, prefix="name")
        printer.names.taken.add("name")
        body = BodyPrinter(printer)
        tensors = [printer.names.of("local", t) for t in template.tensors]
        static = [printer.names.of("local", n) for n, _ in template.static]
        body.body(template.body)
        extra = [self.script.of("model", m) for m in models]
        typed = [f"{t}: keras.KerasTensor" for t in tensors]
        typed += [f"{m}: keras.Model" for m in extra]  # no others stand in models
        kinds = self.static_types(template.name)
        options = [
            f"{local}: {kinds[name]}" if name in kinds else local
            for local, (name, _) in zip(static, template.static, strict=True)
        ]
        if template.name in printer.configured:
            typed.append("config: Config")
        parameters = [*typed, "*", *options, "name: str"]
        return CallableContext(
            name=self.script.of("template", template.name),
            parameters=", ".join(parameters),
            returns=_returned(body.results, "keras.KerasTensor"),
            docstring=docstring(remark(self.program, template.name)),
            lines=tuple(body.lines),
            result=", ".join(body.results),
        )

    def kind(self, name: str) -> str:
        """The Python type of a model."""
        model = next(m for m in self.program.models if m.name == name)
        kind = python_kind(model)
        if "." not in kind:
            self.imports.need(kind)
        return self.imports.notice(kind)

    def python_type(self, kind: ValueType, tensor: str) -> str:
        if not isinstance(kind, ModelType):
            return _python_type(kind, tensor)
        if kind.value:
            self.imports.need("FunctionalModel")
            return "FunctionalModel"
        return self.kind(kind.model)

    def returned(
        self, function: checked.CheckedFunction, printed: tuple[str, ...], tensor: str
    ) -> str:
        """The Python type of what a function gives, also where a call gives all."""
        if isinstance(function.result, TupleType):
            return _returned(
                printed * (len(function.result.items) // len(printed)), tensor
            )
        return self.python_type(function.result, tensor)

    def static_types(self, template: str) -> dict[str, str]:
        """Python types of a template's static parameters, as its uses give them."""
        for node in walk((self.program.models, self.program.templates)):
            if isinstance(node, checked.Construct) and node.layer == template:
                return {
                    n: type(v.value).__name__
                    for n, v in node.options.items()
                    if isinstance(v.value, bool | int | float | str)
                }
        return {}

    def function(
        self, function: checked.CheckedFunction, place: str
    ) -> CallableContext:
        models = self.callable_models()[function.name]
        printer = self.printer(place, models, training="training")
        tensor = "keras.KerasTensor" if place == "model" else "tf.Tensor"
        parameters = [
            f"{printer.names.of('local', n)}: {self.python_type(k, tensor)}"
            for n, k in function.parameters
        ]
        for name, kind in function.parameters:
            if isinstance(kind, ModelType):
                local = printer.names.of("local", name)
                printer.models = {**printer.models, kind.model: local, name: local}
        body = PartPrinter(printer)
        body.parts(self.bodies.get(function.name, function.body))
        parameters += [f"{self.script.of('model', m)}: {self.kind(m)}" for m in models]
        if function.name in printer.configured:
            parameters.append("config: Config")
        if function.name in printer.moded:
            parameters += ["*", "training: bool"]
        self.imports.notice(tensor)
        return CallableContext(
            name=self.script.of("function", function.name),
            parameters=", ".join(parameters),
            returns=self.returned(function, body.results, tensor),
            docstring=docstring(remark(self.program, function.name)),
            lines=tuple(body.written),
            result=", ".join(body.results),
        )


def _form(node: checked.Primitive) -> str:
    return functions()[node.name].model or ""


def _returned(results: tuple[str, ...], tensor: str) -> str:
    if len(results) == 1:
        return tensor
    return f"tuple[{', '.join(tensor for _ in results)}]"


def _python_type(kind: ValueType, tensor: str) -> str:
    if isinstance(kind, StaticType):
        return {"enum": "str", "string": "str", "list": "tuple"}.get(
            kind.base, kind.base
        )
    return tensor


def _reads_param(item: Callee) -> bool:
    return any(
        isinstance(n, checked.StaticName) and n.origin == "param"
        for n in walk(item.body)
    )


def _calls_model(item: Callee) -> bool:
    nodes = list(walk(item.body))
    calls = (n for n in nodes if isinstance(n, checked.CallModel))
    values = (n for n in nodes if isinstance(n, checked.CallModelValue))
    follow = any(value.training is None for value in values)
    return follow or any(not call.mode for call in calls)


def _callees(item: Callee) -> set[str]:
    return _callees_in(item.body)


def _callees_in(body: tuple[checked.CheckedStatement, ...]) -> set[str]:
    constructs = (n for n in walk(body) if isinstance(n, checked.Construct))
    return set(calls(body)) | {c.layer for c in constructs if c.template}


def _model_parameters(
    item: checked.CheckedFunction | checked.CheckedTemplate,
) -> set[str]:
    if isinstance(item, checked.CheckedTemplate):
        return set()
    return {k.model for _, k in item.parameters if isinstance(k, ModelType)}


def _one_or_list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _summary(model: checked.CheckedModel) -> tuple[str, ...]:
    """What goes in and comes out, and how many weights there are between."""
    named = ((n.replace(" ", "_"), _example(t)) for n, t in model.inputs)
    inputs = ", ".join(f"{name}:{UNBROKEN}{kind}" for name, kind in named)
    shapes = f"{inputs} ->{UNBROKEN}{_example(model.output)}"
    count = f"{model.trainable + model.non_trainable:,} parameters"
    count += "." if model.counted else " and those of its extern layers."
    together = f"{shapes}, {count}"
    return (together,) if len(together) <= SUMMARY_WIDTH else (f"{shapes}.", count)


def _example(kind: ValueType) -> str:
    """A type without its batch axis, as it is declared."""
    if isinstance(kind, TupleType):
        return f"({', '.join(_example(i) for i in kind.items)})"
    if not isinstance(kind, TensorType):
        return str(kind)
    axes = ", ".join(str(a) for a in kind.shape)
    bare = TensorType(kind.dtype, (), kind.kind, kind.classes)
    return f"{bare}[{axes}]" if axes else str(bare)


def _is_float(kind: ValueType) -> bool:
    return isinstance(kind, TensorType) and kind.dtype == "f32"
