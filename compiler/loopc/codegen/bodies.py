"""Model and layer bodies as Keras functional code, one statement a line."""

import re
from collections.abc import Callable
from dataclasses import field, replace
from itertools import pairwise
from typing import TypeAlias

from loopc.codegen.extern_layers import extern_construct, extern_layer
from loopc.codegen.keras_inputs import keras_input, layers_read, shared_inputs
from loopc.codegen.literals import literal, string
from loopc.codegen.model_values import ModelValuePrinter
from loopc.codegen.statics import ATOM, Code
from loopc.diagnostics.model import CompilerBug
from loopc.planning.walk import names_read
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary import functions, layers
from loopc.vocabulary.entry import REQUIRED
from loopc.vocabulary.types import InstanceType, TensorType

INDENT = "    "
WIDTH = 76

Action: TypeAlias = Callable[[], None]


@dataclass(slots=True)
class LayerPrinter(ModelValuePrinter):
    """Expressions inside models: constructors and applications of layers too."""

    def special(self, node: checked.CheckedExpression) -> Code:
        if isinstance(node, checked.ApplyLayer):
            return self.apply(node)
        if isinstance(node, checked.Construct):
            return self.construct(node)
        if isinstance(node, checked.ModelWeight):
            return self.model_weight(node)
        if isinstance(node, checked.ReadWeight):
            layer, beside = self.code(node.layer).text, self.code(node.beside).text
            return Code(f"{layer}({beside}, weight={string(node.weight)})")
        return ModelValuePrinter.special(self, node)

    def apply(self, node: checked.ApplyLayer) -> Code:
        construct = node.construct
        inputs = [self.code(i).text for i in node.inputs]
        if isinstance(node, checked.ApplyExtern):
            return extern_layer(self, node, inputs)
        if isinstance(construct, checked.Construct) and construct.template:
            return self.template(construct, inputs)
        layer = self.code(construct).text
        several = self.is_template(construct) and len(inputs) > 1
        as_list = node.as_list or several
        given = f"[{', '.join(inputs)}]" if as_list else ", ".join(inputs)
        keywords = self.keywords(node)
        return Code(f"{layer}({', '.join([given, *keywords])})")

    def keywords(self, node: checked.ApplyLayer) -> list[str]:
        if not node.keywords:
            return []
        kind = node.construct.type
        name = kind.layer if isinstance(kind, InstanceType) else ""
        entry = layers()[name]
        given = [
            (entry.keyword_python.get(key, key), self.code(value).text)
            for key, value in node.keywords.items()
        ]
        return [
            name.format(text) if "{}" in name else f"{name}={text}"
            for name, text in given
        ]

    def template(self, construct: checked.Construct, inputs: list[str]) -> Code:
        function = self.names.of("template", construct.layer)
        options = [f"{n}={self.option(v)}" for n, v in construct.options.items()]
        name = f"name={self.instance_name(construct.instance)}"
        models = [self.models[m] for m in self.function_models.get(construct.layer, ())]
        config = ["config"] if construct.layer in self.configured else []
        given = [*inputs, *models, *config, *options, name]
        return Code(f"{function}({', '.join(given)})")

    def construct(self, node: checked.Construct) -> Code:
        if isinstance(node, checked.ConstructExtern):
            return extern_construct(self, node, self.instance_name(node.instance))
        entry = layers()[node.layer]
        if not entry.python.startswith("keras."):
            self.imports.need(entry.python)
        arguments = []
        if node.inner is not None:
            arguments.append(self.inner(node))
        for option in entry.options:
            if option.name not in node.options:
                continue
            if option.default is not REQUIRED and option.name not in node.explicit:
                continue
            value = self.option_value(node.options[option.name])
            positional = option.default is REQUIRED
            arguments.append(value if positional else f"{option.name}={value}")
        arguments += [entry.always] if entry.always else []
        arguments.append(f"name={self.instance_name(node.instance)}")
        return Code(f"{entry.python}({', '.join(arguments)})")

    def inner(self, node: checked.Construct) -> str:
        """What a wrapper holds: a layer, or cells that have a name as one."""
        assert node.inner is not None
        cells = [self.code(cell).text for cell in (node.inner, *node.beside)]
        if len(cells) == 1:
            return cells[0]
        name = self.instance_name(f"{node.instance}_stack")
        return f"keras.layers.StackedRNNCells([{', '.join(cells)}], name={name})"

    def is_template(self, construct: checked.CheckedExpression) -> bool:
        kind = construct.type
        return isinstance(kind, InstanceType) and kind.layer not in layers()

    def model_weight(self, node: checked.ModelWeight) -> Code:
        """A layer of one weight, tied to the network by a tensor beside it."""
        self.imports.need("Weight")
        assert isinstance(node.type, TensorType)
        shape, name = literal(node.type.shape), self.instance_name(node.instance)
        initial = self.initializer(node.initial)
        beside = self.code(node.beside).text
        return Code(f"Weight({shape}, {initial}, name={name})({beside})")

    def initializer(self, value: checked.CheckedExpression) -> str:
        """What a weight starts from, as a Keras initializer."""
        code = self.code(value).text
        if isinstance(value, checked.ConstantTable):
            table = self.names.of("const", value.name)
            return f"keras.initializers.Constant({table})"
        made = isinstance(value, checked.Static) and isinstance(
            value.value, checked.ObjectValue
        )
        return code if made else f"keras.initializers.Constant({code})"

    def option_value(self, value: checked.Static) -> str:
        return self.option(value)

    def instance_name(self, instance: str) -> str:
        """`"dense"`, or `f"{name}_dense_{i}"` inside templates and loops."""
        if not self.prefix and re.sub(r"_\d+$", "", instance) in self.operations:
            instance += "_layer"  # Keras wants names apart from those of operations
        if not self.prefix and not self.indices:
            return string(instance)
        before = f"{{{self.prefix}}}_" if self.prefix else ""
        after = "".join(f"_{{{i}}}" for i in self.indices)
        return f'f"{before}{instance}{after}"'


@dataclass(slots=True)
class BodyPrinter:
    """Statements of a body, as indented lines and returned expressions."""

    printer: LayerPrinter
    lines: list[str] = field(default_factory=list)
    results: tuple[str, ...] = ()
    depth: int = 0
    shared: dict[str, tuple[TensorType, ...]] = field(default_factory=dict)
    read: frozenset[str] = frozenset()
    named_result: bool = False  # whether the end of a pipeline gets a name too

    def body(self, statements: tuple[checked.CheckedStatement, ...]) -> None:
        self.shared |= shared_inputs(statements)
        self.read |= layers_read(statements)
        for statement in statements:
            self.statement(statement)

    def line(self, text: str) -> None:
        self.printer.imports.notice(text)
        self.lines.append(INDENT * self.depth + text)

    def statement(self, statement: checked.CheckedStatement) -> None:
        match statement:
            case checked.CheckedAssign():
                self.assign(statement)
            case checked.CheckedReturn():
                self.returned(statement.value)
            case checked.CheckedRepeat():
                self.repeat(statement)
            case _:
                raise CompilerBug(f"{type(statement).__name__} in a model body")

    def assign(self, statement: checked.CheckedAssign) -> None:
        names = [self.printer.names.of("local", n) for n in statement.names]
        if isinstance(statement.value, checked.Construct):
            self.named_layer(names[0], statement.names[0], statement.value)
        elif len(names) == 1:
            self.into(names[0], statement.names[0], statement.value)
        else:
            self.line(f"{', '.join(names)} = {self.printer.code(statement.value).text}")

    def named_layer(self, target: str, name: str, made: checked.Construct) -> None:
        """A layer to be applied later: a template's is a network of its own."""
        if made.template and not isinstance(made, checked.ConstructExtern):
            self.shared_network(target, made, self.shared.get(name, ()))
            return
        text = self.printer.code(made).text
        if name in self.read:
            self.printer.imports.need("Readable")
            text = f"Readable({text}, name={self.printer.instance_name(made.instance)})"
        self.line(f"{target} = {text}")

    def shared_network(
        self, target: str, made: checked.Construct, kinds: tuple[TensorType, ...]
    ) -> None:
        """A template applied once to inputs of its own; calls share its weights."""
        title = self.printer.instance_name(made.instance)
        inputs = []
        for position, kind in enumerate(kinds):
            number = f"_{position}" if len(kinds) > 1 else ""
            inputs.append(self.printer.names.fresh(f"{target}_input{number}"))
            self.line(f"{inputs[-1]} = {keras_input(kind)}")
        given = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
        output = self.printer.names.fresh(f"{target}_output")
        self.line(f"{output} = {self.printer.template(made, inputs).text}")
        self.line(f"{target} = keras.Model({given}, {output}, name={title})")

    def into(self, target: str, name: str, value: checked.CheckedExpression) -> None:
        """Assign `value`: branches become `if`, pipelines one application a line."""
        if isinstance(value, checked.WeightValue | checked.StateValue):
            self.line(f"{target} = {self.printer.code(value).text}.read_value()")
            return
        if isinstance(value, checked.Select):
            self.choose(target, name, value)
            return
        for text in self.stages(target, name, value):
            self.line(f"{target} = {text}")

    def stages(
        self, target: str, name: str, value: checked.CheckedExpression
    ) -> list[str]:
        """The stages of a pipeline, each of which reads `target` for the one before it;
        the whole value where it is none, or short.
        """
        pipeline = _pipeline(value, name)
        whole = self.printer.code(value).text
        length = len(f"{target} = {whole}")
        if len(pipeline) < 2 or (self.printer.place == "step" and length <= WIDTH):
            return [whole]
        found = [self.printer.code(pipeline[0]).text]
        for before, stage in pairwise(pipeline):
            given = checked.Local(span=stage.span, type=before.type, name=name)
            found.append(self.printer.code(_with_input(stage, given)).text)
        return found

    def choose(self, target: str, name: str, value: checked.Select) -> None:
        then, otherwise = self.printer.branches(value)
        if otherwise is None:
            self.into(target, name, then)
            return
        self.line(f"if {self.printer.statics.value(value.condition).text}:")
        self.indented(lambda: self.into(target, name, then))
        self.line("else:")
        self.indented(lambda: self.into(target, name, otherwise))

    def indented(self, action: Action) -> None:
        self.depth += 1
        action()
        self.depth -= 1

    def returned(self, value: checked.CheckedExpression) -> None:
        if isinstance(value, checked.TupleValue):
            self.results = tuple(self.printer.code(i).text for i in value.items)
            return
        inside_layer = bool(self.printer.prefix)
        known = self.printer.names.knows("local", "x")
        name = "outputs" if known and not inside_layer else "x"
        if len(_pipeline(value, name)) < 2 and not isinstance(value, checked.Select):
            self.results = (self.printer.code(value).text,)
            return
        target = self.printer.names.of("local", name)
        if self.named_result or isinstance(value, checked.Select):
            self.into(target, name, value)
            self.results = (target,)
            return
        *stages, last = self.stages(target, name, value)
        for text in stages:
            self.line(f"{target} = {text}")
        self.results = (last,)

    def repeat(self, statement: checked.CheckedRepeat) -> None:
        if self.printer.place != "model":
            self.line(self.repeat_head(statement))
            self.indented(lambda: self.body(statement.body))
            return
        names = [self.printer.names.of("local", n) for n in statement.names]
        iterable = self.printer.statics.value(statement.iterable).text
        depth = len(self.printer.indices)
        index = self.printer.names.of("index", "ijklmn"[depth])
        self.line(f"for {indexed(iterable, names, index)}:")
        self.printer.indices.append(index)
        self.indented(lambda: self.body(statement.body))
        self.printer.indices.pop()

    def repeat_head(self, statement: checked.CheckedRepeat) -> str:
        """The `for` of a loop in a step: unrolled when the step is traced."""
        names = [self.printer.names.of("local", n) for n in statement.names]
        iterable = self.printer.statics.value(statement.iterable).text
        target = ", ".join(names) or "_"
        return f"for {target} in {iterable if names else f'range({iterable})'}:"


def indexed(iterable: str, names: list[str], index: str) -> str:
    """The head of a loop of a model; the index tells the instances of passes apart."""
    if not names:
        return f"{index} in range({iterable})"
    named = names[0] if len(names) == 1 else f"({', '.join(names)})"
    return f"{index}, {named} in enumerate({iterable})"


def _pipeline(
    value: checked.CheckedExpression, target: str
) -> list[checked.CheckedExpression]:
    """The stages of `a |> f |> g`, first one first, to be written one a line.

    A stage takes one tensor as its input; none but the first may read the old `target`.
    """
    found: list[checked.CheckedExpression] = []
    inner = _input(value)
    while inner is not None:
        if found and target in names_read(_without_input(found[0], inner)):
            break
        found.insert(0, value)
        value, inner = inner, _input(inner)
    return found


def _input(value: checked.CheckedExpression) -> checked.CheckedExpression | None:
    """The one tensor that a layer, model or function call takes, if it is one."""
    match value:
        case checked.ApplyLayer(as_list=False, inputs=(only,)):
            return only
        case checked.CallModel(inputs=(only,)):
            return only
        case checked.Primitive(arguments=(only,), variant="") if _is_call(value):
            return only
    return None


def _is_call(value: checked.Primitive) -> bool:
    entry = functions()[value.name]
    return not entry.as_list and entry.precedence >= ATOM


def _with_input(
    stage: checked.CheckedExpression, given: checked.CheckedExpression
) -> checked.CheckedExpression:
    """`stage` applied to `given` instead."""
    if isinstance(stage, checked.Primitive):
        return replace(stage, arguments=(given,))
    assert isinstance(stage, checked.ApplyLayer | checked.CallModel)
    return replace(stage, inputs=(given,))


def _without_input(
    stage: checked.CheckedExpression, old: checked.CheckedExpression
) -> checked.CheckedExpression:
    nothing = checked.Local(span=old.span, type=old.type, name="")
    return _with_input(stage, nothing)
