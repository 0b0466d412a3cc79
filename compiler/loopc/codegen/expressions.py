"""Tensor expressions as Python: the batch axis, casts and broadcasting made explicit.

The checked tree speaks of the axes of one example. A per-example value has a batch axis
in front at run time, so axes shift by one, and a value of lower rank gets new axes
behind the batch axis.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from loopc.codegen.axis_ends import first_rows
from loopc.codegen.imports import Imports
from loopc.codegen.literals import string
from loopc.codegen.names import Names
from loopc.codegen.operands import (
    beside_operators,
    led_by_dtype,
    operand_type,
    plain_options,
    summed_too,
    tensor_of,
)
from loopc.codegen.random_calls import random_call, site_name
from loopc.codegen.statics import ATOM, UNARY, Code, StaticPrinter
from loopc.diagnostics.model import CompilerBug
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary import forms, functions, losses
from loopc.vocabulary.entry import (
    FunctionEntry,
    LossEntry,
    LossVariant,
)
from loopc.vocabulary.types import Dtype, ModelType, TensorType

Place: TypeAlias = Literal["step", "model", "decode", "schedule", "summary"]

TF_DTYPES: dict[Dtype, str] = {
    "f16": "tf.float16", "bf16": "tf.bfloat16", "f32": "tf.float32",
    "f64": "tf.float64", "i32": "tf.int32", "i64": "tf.int64", "u8": "tf.uint8",
    "bool": "tf.bool",
}  # fmt: skip


@dataclass(slots=True)
class ExpressionPrinter:
    """Prints expressions for one function of the script.

    `training` is the text of the `training=` argument of model calls; `models` maps a
    model to the Python name it has here; `batch` names a tensor whose first axis is the
    batch. `prefix` is the Python name of the enclosing layer's name ("" in a model),
    `indices` the loop names that make names of instances unique, `operations` what
    Keras may call the operations beside them.
    """

    place: Place
    names: Names
    imports: Imports
    training: str = "True"
    models: Mapping[str, str] = field(default_factory=dict)
    function_models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    configured: frozenset[str] = frozenset()
    moded: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()  # models that are one variable each
    batch: str = ""
    prefix: str = ""
    indices: list[str] = field(default_factory=list)
    operations: frozenset[str] = frozenset()

    def is_weight(self, model: str) -> bool:
        return model in self.weights

    @property
    def statics(self) -> StaticPrinter:
        return StaticPrinter(self.names)

    def text(self, node: checked.CheckedExpression) -> str:
        return self.imports.notice(self.code(node).text)

    def code(self, node: checked.CheckedExpression) -> Code:
        match node:
            case checked.Static():
                return self.statics.value(node)
            case checked.Local():
                if isinstance(node.type, ModelType) and node.name in self.models:
                    return Code(self.models[node.name])
                return Code(self.names.of("local", node.name))
            case checked.ConstantTable():
                return self.constant(node)
            case checked.Primitive():
                return self.primitive(node)
            case checked.Indexing():
                return self.indexing(node)
            case checked.TupleValue():
                return Code(f"({', '.join(self.code(i).text for i in node.items)})")
            case checked.Average():
                return self.average(node)
            case checked.Total():
                return self.total(node)
            case checked.WholeBatch():
                return self.code(node.value)
            case checked.Position():
                value = self.code(node.value).within(ATOM - 1)
                return Code(f"tf.range({value}.shape[0])")
            case checked.WeightPenalty():
                self.imports.need("regularization")
                return Code(
                    f"regularization({self.models.get(node.model, node.model)})"
                )
            case checked.CallModel():
                return self.model_call(node)
            case checked.WeightValue() | checked.StateValue():
                return Code(self.models[node.name])
            case checked.CallFunction():
                return self.function_call(node)
            case checked.Random():
                return random_call(self, node)
            case checked.Drawn():
                return Code(f"{self.names.of('draw', node.stream.name)}()")
            case checked.ScheduleValue():
                return self.schedule_value(node)
            case checked.ClockValue():
                return self.clock_value(node)
            case checked.Select():
                return self.select(node)
            case _:
                return self.special(node)

    def special(self, node: checked.CheckedExpression) -> Code:
        """Kinds that only one place knows; subclasses extend it."""
        raise CompilerBug(f"no Python for {type(node).__name__} in a {self.place}")

    # ------------------------------------------------------------- primitives

    def primitive(self, node: checked.Primitive) -> Code:
        if node.variant:
            return self.loss(node, losses()[node.name])
        types = tuple(operand_type(a) for a in node.arguments)
        options = plain_options(node.options)
        entry = forms.resolve(functions()[node.name], types, options)
        form = entry.model if self.place == "model" else entry.step
        if form is None:
            raise CompilerBug(f"{node.name} cannot stand in a {self.place}")
        self.imports.need(*entry.imports)
        operands = self.operands(node, entry, types)
        texts = forms.fields(entry, types, options)
        if "{axes}" in form and texts["axes"] == "()":
            return operands[0]
        wrapped = self.wrapped(operands, entry)
        options_text = {n: self.option(v) for n, v in node.options.items()}
        if node.site is not None:
            options_text["site"] = string(site_name(self.names, node.site))
        text = form.format(*wrapped, **(options_text | texts))
        return Code(text, entry.precedence)

    def wrapped(self, operands: list[Code], entry: FunctionEntry) -> list[str]:
        """Operands in parentheses where the form binds tighter than they do."""
        if entry.as_list:
            return [", ".join(o.text for o in operands)]
        if entry.precedence >= ATOM:
            return [o.text for o in operands]
        first = operands[0].within(entry.precedence - (len(operands) > 1))
        return [first, *(o.within(entry.precedence) for o in operands[1:])]

    def option(self, value: checked.Static) -> str:
        return self.statics.value(value).text

    def operands(
        self,
        node: checked.Primitive,
        entry: FunctionEntry | LossVariant,
        types: tuple[TensorType, ...],
    ) -> list[Code]:
        """Operands cast to a common dtype and lifted to a common rank, as the entry
        asks.
        """
        target = forms.operand_dtype(entry, types)
        missing = forms.missing_axes(types) if entry.broadcasts else (0,) * len(types)
        found = [
            self.aligned(argument, kind, lifted, target)
            for argument, kind, lifted in zip(
                node.arguments, types, missing, strict=True
            )
        ]
        return found if self.place == "model" else led_by_dtype(entry, types, found)

    def aligned(
        self,
        argument: checked.CheckedExpression,
        kind: TensorType,
        lifted: int,
        target: Dtype | None,
    ) -> Code:
        code = self.code(argument)
        if isinstance(argument, checked.Static):
            return code
        if target is not None and kind.dtype != target:
            code = self.cast(code, target)
        if lifted > 0:
            axes = ", ".join(["None"] * lifted)
            code = Code(f"{code.within(ATOM - 1)}[:, {axes}]")
        return code

    def cast(self, code: Code, dtype: Dtype) -> Code:
        if self.place == "model":
            name = string(TF_DTYPES[dtype].removeprefix("tf."))
            return Code(f"keras.ops.cast({code.text}, {name})")
        return Code(f"tf.cast({code.text}, {TF_DTYPES[dtype]})")

    def loss(self, node: checked.Primitive, entry: LossEntry) -> Code:
        variant = next(v for v in entry.variants if v.name == node.variant)
        self.imports.need(*variant.imports)
        types = tuple(operand_type(a) for a in node.arguments)
        operands = [
            beside_operators(o, variant.python, position)
            for position, o in enumerate(self.operands(node, variant, types))
        ]
        options = {n: self.option(v) for n, v in node.options.items()}
        options |= forms.fields(entry, types, plain_options(node.options))
        text = variant.python.format(*operands, **options)
        return Code(re.sub(r", \w+=None(?=[,)])", "", text))

    # ------------------------------------------------------------------ shape

    def indexing(self, node: checked.Indexing) -> Code:
        value = self.code(node.value).within(ATOM - 1)
        first = node.items[0]
        if not isinstance(first, checked.Slice | checked.Static):
            return self.gather(node.value, first)
        if isinstance(first, checked.Slice) and isinstance(
            first.stop, checked.AxisLength
        ):
            table, like = self.code(node.value).text, self.code(first.stop.input)
            return first_rows(table, like, first.stop)
        items = [self.index_item(i) for i in node.items]
        if tensor_of(node.value).per_example:
            items.insert(0, ":")
        return Code(f"{value}[{', '.join(items)}]")

    def gather(
        self, value: checked.CheckedExpression, index: checked.CheckedExpression
    ) -> Code:
        """Rows of a table; of a table of each example, rows of its own."""
        own = tensor_of(value).per_example
        operands = f"{self.code(value).text}, {self.code(index).text}"
        if self.place == "model":
            return Code(f"keras.ops.take({operands}, axis={int(own)})")
        if own and tensor_of(index).per_example:
            return Code(f"tf.gather({operands}, batch_dims=1)")
        return Code(
            f"tf.gather({operands}, axis=1)" if own else f"tf.gather({operands})"
        )

    def index_item(self, item: checked.CheckedExpression | checked.Slice) -> str:
        if isinstance(item, checked.Slice):
            start = self.option(item.start) if item.start else ""
            if isinstance(item.stop, checked.AxisLength):
                raise CompilerBug("a varying end stands alone")
            stop = self.option(item.stop) if item.stop else ""
            return f"{start}:{stop}"
        return self.code(item).text

    def constant(self, node: checked.ConstantTable) -> Code:
        kind = tensor_of(node)
        name = self.names.of("const", node.name, node.name.upper())
        return Code(f"tf.constant({name}, {TF_DTYPES[kind.dtype]})")

    def average(self, node: checked.Average) -> Code:
        value = self.code(node.value)
        kind = tensor_of(node.value)
        if node.weight is not None:
            self.imports.need("weighted_mean")
            return Code(f"weighted_mean({value.text}, {self.code(node.weight).text})")
        if not kind.is_float:
            value = self.cast(value, "f32")
        return Code(f"tf.reduce_mean({value.text})")

    def weight_sum(self, weight: checked.CheckedExpression) -> str:
        """The sum of the weights of a mean; those of a mask are 0 and 1."""
        code = self.code(weight)
        if not tensor_of(weight).is_float:
            code = self.cast(code, "f32")
        return f"tf.reduce_sum({code.text})"

    def total(self, node: checked.Total) -> Code:
        value = self.code(node.value)
        if tensor_of(node.value).dtype == "bool":
            value = self.cast(value, "f32")
        if isinstance(node.value, checked.Primitive) and node.value.name == "sum":
            return summed_too(value)
        return Code(f"tf.reduce_sum({value.text}, axis=0)")

    # ------------------------------------------------------------------ calls

    def model_call(self, node: checked.CallModel) -> Code:
        inputs = [self.code(i).text for i in node.inputs]
        given = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
        model = self.models.get(node.model, node.model)
        if node.training is None and self.place == "model":
            return Code(f"{model}({given})")
        moved = node.mode != "inference" and not node.derived
        apart = node.mode == "training" and self.training != "True"
        if moved and (apart or (self.training == "True" and not node.moves)):
            self.imports.need("call_unchanged")
            return Code(f"call_unchanged({model}, {given})")
        if node.mode:
            training = str(node.mode == "training")
        elif node.training is None or self.training == "training":
            training = self.training
        else:
            training = str(node.training)
        return Code(f"{model}({given}, training={training})")

    def function_call(self, node: checked.CallFunction) -> Code:
        name = self.names.of("function", node.function)
        arguments = [self.function_argument(node, a) for a in node.arguments]
        for model in self.function_models.get(node.function, ()):
            arguments.append(self.given_model(node, model))
        if node.function in self.configured:
            arguments.append("config")
        if node.function in self.moded:
            arguments.append(f"training={self.training}")
        return Code(f"{name}({', '.join(arguments)})")

    def function_argument(
        self, node: checked.CallFunction, argument: checked.CheckedExpression
    ) -> str:
        kind = argument.type
        if isinstance(kind, ModelType) and isinstance(argument, checked.Local):
            return self.given_model(node, argument.name)
        return self.code(argument).text

    def given_model(self, node: checked.CallFunction, model: str) -> str:
        """A model that a function calls, in a form that leaves its statistics alone."""
        name = self.models.get(model) or self.names.of("local", model)
        if model not in node.unchanged or self.training != "True":
            return name
        self.imports.need("FunctionalModel")
        return f"FunctionalModel({name})"

    def schedule_value(self, node: checked.ScheduleValue) -> Code:
        """A schedule read in a step; `at epoch` holds it still within an epoch."""
        name = self.names.of("schedule", node.schedule.name)
        count = "clock.now_epoch" if node.at == "epoch" else "clock.now"
        return Code(f"{name}({'count' if self.place == 'schedule' else count})")

    def clock_value(self, node: checked.ClockValue) -> Code:
        if self.place != "schedule":
            return Code("clock.now" if node.clock == "step" else f"clock.{node.clock}")
        if node.clock == "epoch":
            self.imports.need("whole_periods")
        forms = {
            "step": Code("count"),
            "epoch": Code("whole_periods(count, clock.steps_per_epoch)"),
            "progress": Code("count / clock.total_steps", 50),
        }
        return forms[node.clock]

    def select(self, node: checked.Select) -> Code:
        then, otherwise = self.branches(node)
        if otherwise is None:
            return self.code(then)
        condition = self.statics.value(node.condition)
        parts = (self.code(then), condition, self.code(otherwise))
        texts = [p.within(UNARY) for p in parts]
        return Code(f"{texts[0]} if {texts[1]} else {texts[2]}", 10)

    def branches(
        self, node: checked.Select
    ) -> tuple[checked.CheckedExpression, checked.CheckedExpression | None]:
        """Both branches, or the taken one alone where the condition is a plain
        constant.
        """
        taken = node.then if node.taken else node.otherwise
        both = node.condition.expression is not None
        if both and all(
            isinstance(b.type, TensorType) for b in (node.then, node.otherwise)
        ):
            return node.then, node.otherwise
        return taken, None
