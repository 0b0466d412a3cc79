"""`parts 4`, `devices = all`: whether updates can be made of pieces of their batch."""

from collections.abc import Iterator, Mapping, Sequence

from loopc.diagnostics.model import Diagnostic
from loopc.records import dataclass
from loopc.semantics.checked import (
    Average,
    CallFunction,
    CallModel,
    CheckedAssign,
    CheckedExpression,
    CheckedFunction,
    CheckedModel,
    CheckedNode,
    CheckedRepeat,
    CheckedReport,
    CheckedReturn,
    CheckedStatement,
    CheckedStream,
    CheckedUpdate,
    Drawn,
    Local,
    Position,
    Primitive,
    Static,
    Total,
    WholeBatch,
)
from loopc.semantics.context import Context
from loopc.semantics.errors import streams as errors
from loopc.semantics.part_passes import PassReader
from loopc.semantics.settings import Settings
from loopc.semantics.walk import walk
from loopc.vocabulary.types import TensorType

LINEAR = frozenset({"add", "subtract", "negate"})
Definitions = Mapping[str, CheckedExpression]


def verify_parts(
    context: Context,
    stream: CheckedStream | None,
    body: Sequence[CheckedStatement],
) -> None:
    """Say what keeps a step with `parts` from being computed in pieces."""
    _verify_accumulated(context, body)
    if stream is None or stream.parts is None:
        return
    _verify(context, body, "parts")


def verify_devices(
    context: Context,
    settings: Settings,
    stream: CheckedStream | None,
    body: Sequence[CheckedStatement],
) -> None:
    """Say what keeps a batch from being divided among several devices."""
    if settings.devices is None:
        return
    span = settings.devices.span
    if stream is None:
        context.add(errors.devices_without_batch(span))
    elif settings.execution in ("xla", "streamed_xla"):
        context.add(errors.devices_in_graphs(span, settings.execution))
    elif stream.parts is None:
        _verify(context, body, "devices")


def _verify(context: Context, body: Sequence[CheckedStatement], how: str) -> None:
    checker = _Parts(context, definitions_of(body), _functions(context), how)
    for problem in checker.problems(body):
        context.add(problem)
        return


def _verify_accumulated(context: Context, body: Sequence[CheckedStatement]) -> None:
    """Steps that are accumulated count as one batch, except where examples meet."""
    for update in walk(tuple(body)):
        if isinstance(update, CheckedUpdate) and is_coupled(update.objective):
            links = [k for k in update.chain.every_link() if k.name == "accumulate"]
            if links:
                span = update.objective.span
                context.advice.append(errors.coupled_steps(span, links[0].span))


def definitions_of(body: Sequence[CheckedStatement]) -> dict[str, CheckedExpression]:
    """What each name of a step stands for, the last binding of several."""
    assigns = (s for s in walk(tuple(body)) if isinstance(s, CheckedAssign))
    return {s.names[0]: s.value for s in assigns if len(s.names) == 1}


def _functions(context: Context) -> dict[str, CheckedFunction]:
    return {f.name: f for f in context.functions.values() if f is not None}


@dataclass(frozen=True, slots=True)
class _Parts:
    context: Context
    definitions: Definitions
    functions: Mapping[str, CheckedFunction]
    how: str  # what takes the batch apart: `parts`, `devices`

    def problems(self, body: Sequence[CheckedStatement]) -> Iterator[Diagnostic]:
        updates = [s for s in walk(tuple(body)) if isinstance(s, CheckedUpdate)]
        for update in updates:
            if update not in body or update.every is not None:
                yield errors.now_and_then_in_parts(update.span, self.how)
            if update.chain.needs - {"weight"}:
                needs = ", ".join(sorted(update.chain.needs - {"weight"}))
                yield errors.chain_in_parts(
                    needs.replace("_", " "), update.chain.span, self.how
                )
        yield from self.misplaced(body)
        yield from self.coupled((tuple(body), *self.called_bodies(body)))
        for update in updates:
            yield from self.objective(update)
        yield from self.outdated(body)

    def called_bodies(
        self, body: Sequence[CheckedStatement]
    ) -> Iterator[tuple[CheckedStatement, ...]]:
        """The bodies of the functions that a step calls, directly or not."""
        waiting: list[Sequence[CheckedStatement]] = [body]
        seen: set[str] = set()
        while waiting:
            for node in walk(tuple(waiting.pop())):
                if isinstance(node, CallFunction) and node.function not in seen:
                    seen.add(node.function)
                    function = self.functions.get(node.function)
                    if function is not None:
                        waiting.append(function.body)
                        yield function.body

    def misplaced(self, body: Sequence[CheckedStatement]) -> Iterator[Diagnostic]:
        """Statements that belong to the whole batch and not to a piece of it."""
        known = CheckedAssign | CheckedRepeat | CheckedReport | CheckedUpdate
        for statement in body:
            drawn = any(isinstance(n, Drawn) for n in walk(statement))
            if drawn or not isinstance(statement, known):
                yield errors.not_in_parts(statement.span, self.how)

    def outdated(self, body: Sequence[CheckedStatement]) -> Iterator[Diagnostic]:
        """Values that a pass needs, of weights that have been updated before it."""
        models = {n: m for n, m in self.context.models.items() if m is not None}
        reader = PassReader(body, self.functions, models)
        for place, statement in enumerate(body):
            values: list[tuple[CheckedExpression, int]] = []
            if isinstance(statement, CheckedUpdate):
                values = [(statement.objective, place)]
            elif isinstance(statement, CheckedReport):
                items = (item.value for item in statement.items)
                values = [v for item in items for v in reader.means(item, place)]
            for value, at in values:
                found = reader.outdated(reader.need(value, at))
                if found is not None:
                    computed, update = (body[i].span for i in found)
                    yield errors.outdated_in_parts(
                        value.span, computed, update, self.how
                    )

    def coupled(
        self, bodies: Sequence[Sequence[CheckedStatement]]
    ) -> Iterator[Diagnostic]:
        """Values in which examples of the batch meet before they are averaged."""
        for node in walk(tuple(bodies)):
            if isinstance(node, CallModel) and is_coupled(node):
                model = self.context.models.get(node.model)
                yield errors.coupled_in_parts(_why(model), node.span, self.how)
            elif isinstance(node, Primitive) and couples(node):
                yield errors.coupled_in_parts(f"`{node.name}`", node.span, self.how)
            elif isinstance(node, WholeBatch | Position):
                name = "position" if isinstance(node, Position) else "whole_batch"
                yield errors.coupled_in_parts(f"`{name}`", node.span, self.how)
            if isinstance(node, CheckedExpression) and _per_example(node):
                inner = self.first(node, (Average, Total))
                if inner is not None:
                    what = "an average over the batch, met by its examples,"
                    yield errors.coupled_in_parts(what, inner.span, self.how)

    def first(
        self, node: CheckedNode, kinds: tuple[type[CheckedNode], ...]
    ) -> CheckedNode | None:
        """The first node of some kinds that a value is made of, through plain names."""
        for inner in walk(node):
            if isinstance(inner, kinds):
                return inner
            if isinstance(inner, Local) and not _per_example(inner):
                value = self.definitions.get(inner.name)
                found = None if value is None or value is node else value
                if found is not None and isinstance(found, kinds):
                    return inner
        return None

    def objective(self, update: CheckedUpdate) -> Iterator[Diagnostic]:
        means = list(self.means(update.objective))
        if any(not isinstance(mean, Average) for mean in means):
            yield errors.objective_in_parts(update.objective.span, self.how)
            return
        weights = [mean.weight for mean in means if isinstance(mean, Average)]
        if any(weight != weights[0] for weight in weights):
            yield errors.weights_in_parts(update.objective.span, self.how)
        if any(weights) and "weight" in update.chain.needs:
            yield errors.weights_in_parts(update.objective.span, self.how)
        for weight in weights[:1]:
            called = None if weight is None else self.called(weight)
            if called is not None:
                yield errors.weight_by_model(called.model, called.span, self.how)

    def called(self, value: CheckedExpression) -> CallModel | None:
        """A model that a value depends on, names followed."""
        seen: set[str] = set()
        waiting: list[CheckedExpression] = [value]
        while waiting:
            for node in walk(waiting.pop()):
                if isinstance(node, CallModel):
                    return node
                if isinstance(node, Local) and node.name not in seen:
                    seen.add(node.name)
                    waiting += filter(None, [self.definitions.get(node.name)])
        return None

    def means(self, value: CheckedExpression) -> Iterator[CheckedNode]:
        """The means that an objective is a weighted sum of; other nodes: it is none."""
        if isinstance(value, Local) and value.name in self.definitions:
            yield from self.means(self.definitions[value.name])
        elif isinstance(value, Average):
            yield value
        elif isinstance(value, CallFunction):
            yield from self.in_function(value)
        elif isinstance(value, Primitive) and value.name in LINEAR:
            for argument in value.arguments:
                yield from self.means(argument)
        elif isinstance(value, Primitive) and value.name in ("multiply", "divide"):
            yield from self.scaled(value)
        elif self.reaches(value):
            yield value

    def in_function(self, call: CallFunction) -> Iterator[CheckedNode]:
        """The means that a function gives the sum of; the call: what it gives is none.

        Those of means that it is handed, or with weights of its own, are not followed.
        """
        function = self.functions.get(call.function)
        last = None if function is None else function.body[-1]
        if function is None or not isinstance(last, CheckedReturn):
            return
        if any(self.reaches(a) for a in call.arguments if not _per_example(a)):
            yield call
            return
        definitions = definitions_of(function.body)
        inner = _Parts(self.context, definitions, self.functions, self.how)
        for mean in inner.means(last.value):
            alone = isinstance(mean, Average) and mean.weight is None
            yield mean if alone else call

    def scaled(self, value: Primitive) -> Iterator[CheckedNode]:
        left, right = value.arguments
        if not self.reaches(right):
            yield from self.means(left)
        elif value.name == "multiply" and not self.reaches(left):
            yield from self.means(right)
        else:
            yield value

    def reaches(self, value: CheckedExpression) -> bool:
        """Whether a plain value is made of averages or sums over the batch."""
        if isinstance(value, Static):
            return False
        seen: set[str] = set()
        waiting: list[CheckedExpression] = [value]
        while waiting:
            for node in walk(waiting.pop()):
                if isinstance(node, Average | Total):
                    return True
                if isinstance(node, CallFunction) and any(self.in_function(node)):
                    return True
                if isinstance(node, Local) and node.name not in seen:
                    seen.add(node.name)
                    waiting += filter(None, [self.definitions.get(node.name)])
        return False


def is_coupled(value: CheckedExpression) -> bool:
    """Whether examples of a batch influence each other in a value."""
    return isinstance(value.type, TensorType) and value.type.coupled


def couples(node: Primitive) -> bool:
    """Whether a function itself brings the examples of a batch together."""
    return is_coupled(node) and not any(is_coupled(a) for a in node.arguments)


def _per_example(value: CheckedExpression) -> bool:
    return isinstance(value.type, TensorType) and value.type.per_example


def _why(model: CheckedModel | None) -> str:
    return "a model" if model is None else f"`{model.name}`"
