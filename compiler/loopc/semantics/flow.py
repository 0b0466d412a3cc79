"""Which weights a gradient of a value in one body reaches, and what cuts the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from loopc.records import dataclass
from loopc.semantics.checked import (
    ApplyLayer,
    CallFunction,
    CallModel,
    CallModelValue,
    CheckedAssign,
    CheckedExpression,
    CheckedRepeat,
    CheckedReturn,
    CheckedStatement,
    Construct,
    ConstructExtern,
    CopyModel,
    Gradient,
    Local,
    ModelWeight,
    Primitive,
    ReadWeight,
    TupleValue,
    UpdatedModel,
    WeightPenalty,
    WeightValue,
)
from loopc.semantics.flow_parts import passed_through
from loopc.semantics.flows import (
    INPUT,
    NOTHING,
    VALUE,
    Cut,
    Flow,
    Source,
    cut_off,
    join,
    substitute,
    without_values,
)
from loopc.semantics.layer_parts import (
    LAYER,
    has_weights,
    part_source,
    penalized,
)
from loopc.semantics.model_value_flow import (
    model_of,
    uneven_parts,
    variables_of,
    weights_read,
)
from loopc.semantics.primitives import tensor_type
from loopc.semantics.walk import walk
from loopc.vocabulary import functions, losses
from loopc.vocabulary.types import ModelType

if TYPE_CHECKING:
    from loopc.semantics.flow_summaries import Summaries


@dataclass(slots=True)
class FlowReader:
    """Follows one body: the flow of every local name so far."""

    summaries: "Summaries"
    names: dict[str, Flow]
    models: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    versions: dict[str, int] = field(default_factory=dict)
    watched: dict[str, int] = field(default_factory=dict)  # how often each was bound
    passes: str = ""  # which pass of each loop around this is followed
    instances: dict[str, tuple[Construct, str]] = field(default_factory=dict)
    steps: dict[str, Flow] = field(default_factory=dict)  # of model values
    on_gradient: Callable[[Gradient | UpdatedModel, Flow, int], None] | None = None

    def watch(self, body: Sequence[CheckedStatement]) -> None:
        """Follow the values that gradients in `body` are taken with respect to."""
        for node in walk(tuple(body)):
            if isinstance(node, Gradient | UpdatedModel):
                for variable in variables_of(node):
                    self.watch_name(variable.name)

    def watch_name(self, name: str) -> None:
        """Follow a value that may be bound already, as parameters are."""
        if name not in self.watched:
            self.watched[name] = 0
            own = Flow(frozenset({(VALUE + name, 0)}))
            self.names[name] = join([self.names.get(name, NOTHING), own])

    def statements(self, body: Sequence[CheckedStatement]) -> list[Flow]:
        """Follow statements that do not update; the flows that are returned."""
        returned: list[Flow] = []
        for statement in body:
            match statement:
                case CheckedAssign():
                    self.assign(statement)
                case CheckedReturn():
                    returned.append(self.read(statement.value))
                case CheckedRepeat():
                    outer = self.passes
                    for number in range(2):
                        self.passes = f"{outer}{number}"
                        returned.extend(self.statements(statement.body))
                    self.passes = outer
        return returned

    def assign(self, statement: CheckedAssign) -> None:
        flow = self.read(statement.value)
        parts = self.results(statement.value) or [flow] * len(statement.names)
        if isinstance(statement.value, Construct):
            self.instances[statement.names[0]] = statement.value, self.passes
        steps = self._steps(statement.value, flow)
        for name, part in zip(statement.names, parts, strict=False):
            self.bind(name, part)
            self.steps[name] = steps

    def results(self, value: CheckedExpression) -> list[Flow]:
        """The flow of each of several results; empty where they are not told apart."""
        match value:
            case TupleValue():
                return [self.read(item) for item in value.items]
            case CallModel():
                return self._outputs(value)
            case CallModelValue():
                outputs = self.summaries.of_outputs(model_of(value.model))
                return [self._call_value(value, output) for output in outputs]
            case CallFunction():
                given = [self.read(argument) for argument in value.arguments]
                returned = self.summaries.of_results(value.function)
                return [self._versioned(substitute(r, given)) for r in returned]
        return []

    def _steps(self, value: CheckedExpression, flow: Flow) -> Flow:
        """What the weights of a model value depend on besides those it began with."""
        if isinstance(value, Local):
            return self.steps.get(value.name, NOTHING)
        if isinstance(value, UpdatedModel):
            before = self.steps.get(value.model.name, NOTHING)
            first_order = value.order == 1
            return before if first_order else join([before, self.read(value.objective)])
        return flow if isinstance(value, CallFunction) else NOTHING

    def bind(self, name: str, flow: Flow) -> None:
        if name in self.watched:
            self.watched[name] += 1
            source = (VALUE + name, self.watched[name])
            flow = join([flow, Flow(frozenset({source}))])
        self.names[name] = flow

    def read(self, value: CheckedExpression) -> Flow:
        """The flow of one expression; what is no float carries no gradient."""
        match value:
            case Local():
                return self.names.get(value.name, NOTHING)
            case Primitive():
                return self._primitive(value)
            case WeightPenalty():
                return self._penalty(self.models.get(value.model, value.model))
            case CallModel():
                return self._call_model(value)
            case CallFunction():
                self._lend(value)
                inner = self.summaries.of_function(value.function)
                arguments = [self.read(argument) for argument in value.arguments]
                return self._versioned(substitute(inner, arguments))
            case ApplyLayer():
                return self._layer(value)
            case Gradient() | UpdatedModel():
                return self._gradient(value)
            case CopyModel():
                return self._weights(value.model)
            case CallModelValue():
                return self._call_value(value)
            case ModelWeight():
                part = part_source(self.owner, value.instance, self.passes)
                return Flow(frozenset({(self.owner, 0), (part, 0)}))
            case ReadWeight():
                self._mark(self.summaries.read, self._construct(value.layer)[0])
                return Flow(frozenset({(self.owner, 0)}))
            case WeightValue():
                return self._versioned(Flow(frozenset({(value.name, 0)})))
        return join(self.read(part) for part in passed_through(value))

    def _primitive(self, value: Primitive) -> Flow:
        flow = join(self.read(argument) for argument in value.arguments)
        if not flow.reaches:
            return flow
        entry = functions().get(value.name) or losses().get(value.name)
        differentiable = entry is None or entry.differentiable
        if differentiable and tensor_type(value).is_float:
            return flow
        why = "" if entry is None else entry.cuts
        if not why and not tensor_type(value).is_float:
            why = f"a value of {tensor_type(value).dtype} carries no gradient"
        return cut_off(flow, Cut(value.name, why, value.span))

    def _gradient(self, value: Gradient | UpdatedModel) -> Flow:
        """A gradient depends on all that its value depends on."""
        of = value.value if isinstance(value, Gradient) else value.objective
        flow = self.read(of)
        for variable in variables_of(value):
            if self.on_gradient is not None:
                self.on_gradient(value, flow, self.watched.get(variable.name, 0))
        if isinstance(value, Gradient):
            return flow
        declared = value.declared
        model = self._weights(value.model.name) if declared else self.read(value.model)
        return model if value.order == 1 else join([model, flow])

    def _weights(self, model: str) -> Flow:
        """All weights of a model, as they are now."""
        summary = self.summaries.of_model(self.models.get(model, model))
        kept = frozenset(s for s in summary.reaches if s[0] != INPUT)
        return self._versioned(Flow(kept))

    def _penalty(self, model: str) -> Flow:
        """Weights with a regularizer; which of the layers these are, is left open."""
        owners = without_values(self._weights(model))
        marks = {(penalized(name), version) for name, version in owners.reaches}
        return join([owners, Flow(frozenset(marks))])

    def _call_value(self, value: CallModelValue, output: Flow | None = None) -> Flow:
        """A call of a model value, or one `output` of it, depends on what the weights
        in it were made of.
        """
        name = model_of(value.model)
        whole = self.summaries.of_model(name) if output is None else output
        inputs = [self.read(item) for item in value.inputs]
        own = frozenset(s for s in whole.reaches if s[0] == INPUT)
        owners = {name, *self.summaries.models[name].contains}
        weights = weights_read(self.read(value.model), whole, owners)
        steps = self.steps.get(value.model.name, NOTHING)
        return join([substitute(Flow(own), inputs), weights, steps])

    def _lend(self, value: CallFunction) -> None:
        """In a function, which outputs of a model value are read is not followed."""
        for item in (value, *value.arguments):
            if isinstance(item.type, ModelType) and item.type.value:
                name = item.type.model
                uneven = uneven_parts(self.summaries.of_outputs(name))
                self.summaries.loose.setdefault(name, set()).update(uneven)

    def _call_model(self, value: CallModel) -> Flow:
        name = self.models.get(value.model, value.model)
        arguments = [self.read(argument) for argument in value.inputs]
        return self._versioned(substitute(self.summaries.of_model(name), arguments))

    def _outputs(self, value: CallModel) -> list[Flow]:
        """The flow of each output of a call that is taken apart."""
        name = self.models.get(value.model, value.model)
        arguments = [self.read(argument) for argument in value.inputs]
        outputs = self.summaries.of_outputs(name)
        return [self._versioned(substitute(o, arguments)) for o in outputs]

    def _versioned(self, flow: Flow) -> Flow:
        """Weights as they are now."""
        if not self.versions:
            return flow
        return Flow(
            frozenset(self._now(source) for source in flow.reaches),
            {self._now(source): cut for source, cut in flow.cuts.items()},
        )

    def _now(self, source: Source) -> Source:
        name, version = source
        if name == INPUT or version != 0:
            return source
        return name, self.versions.get(name.split(LAYER)[0], 0)

    def _layer(self, value: ApplyLayer) -> Flow:
        flow = join(self.read(item) for item in value.inputs)
        extra = join(self.read(item) for item in value.keywords.values())
        construct, passes = self._construct(value.construct)
        if not has_weights(value, construct):
            return join([flow, extra])
        own = {(self.owner, 0)}
        if construct is not None:
            named = isinstance(value.construct, Local)
            own_path = named or isinstance(construct, ConstructExtern)
            inlined = construct.template and not own_path
            part = part_source(self.owner, construct.instance, passes, loose=inlined)
            own.add((part, 0))
            if construct.template and not self.summaries.is_whole(construct.layer):
                self._mark(self.summaries.loose, construct)
        return join([Flow(frozenset(own)), flow, extra])

    def _construct(self, value: CheckedExpression) -> tuple[Construct | None, str]:
        """What a layer is made by, and in which passes of the loops around that."""
        if isinstance(value, Construct):
            return value, self.passes
        assert isinstance(value, Local)
        return self.instances.get(value.name, (None, ""))

    def _mark(self, parts: dict[str, set[str]], construct: Construct | None) -> None:
        if construct is not None:
            name = part_source(self.owner, construct.instance)
            parts.setdefault(self.owner, set()).add(name)
