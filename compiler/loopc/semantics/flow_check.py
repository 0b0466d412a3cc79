"""Updates against the flow of gradients: what they train, and what never reaches it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from loopc.diagnostics.model import Diagnostic
from loopc.records import dataclass
from loopc.semantics.checked import (
    CheckedAssign,
    CheckedEvery,
    CheckedFunction,
    CheckedRepeat,
    CheckedReport,
    CheckedStatement,
    CheckedTrain,
    CheckedUpdate,
    Gradient,
    UpdatedModel,
)
from loopc.semantics.context import Context
from loopc.semantics.errors import advice, derived
from loopc.semantics.errors import flow as errors
from loopc.semantics.errors import gradients as gradient_errors
from loopc.semantics.flow import FlowReader
from loopc.semantics.flow_summaries import Summaries
from loopc.semantics.flows import VALUE, Cut, Flow, Source, without_values
from loopc.semantics.layer_parts import is_loose, part_name, penalized
from loopc.semantics.model_value_flow import given_to, takes_gradients
from loopc.semantics.models import own_weights
from loopc.semantics.templates import whole_templates
from loopc.source import Span
from loopc.vocabulary.types import ModelType


def settle_updates(
    context: Context, trains: Sequence[CheckedTrain]
) -> tuple[CheckedTrain, ...]:
    """Check every objective against what it updates, and fill in `trained`."""
    summaries = _summaries(context)
    checkers = [_FlowChecker(context, summaries) for _ in trains]
    bodies = [
        checker.whole(train.body)
        for checker, train in zip(checkers, trains, strict=True)
    ]
    for item in (item for train in trains for item in train.evals):
        _FlowChecker(context, summaries).whole(item.body)
    for function in summaries.functions.values():
        _FlowChecker(context, summaries).function(function)
    updated = frozenset(name for checker in checkers for name in checker.updated)
    for checker in checkers:
        checker.verify_owned(updated)
    _verify_followed(context, summaries, updated)
    return tuple(
        replace(train, body=body) for train, body in zip(trains, bodies, strict=True)
    )


def _verify_followed(
    context: Context, summaries: Summaries, updated: Collection[str]
) -> None:
    """Advise on models that follow one which no update trains."""
    for name, model in summaries.models.items():
        if model.source is None or name not in context.models_called:
            continue
        inner = (model.source, *summaries.models[model.source].contains)
        if not set(inner) & set(updated):
            found = derived.source_never_updated(name, model.source, model.span)
            context.advice.append(found)


def _summaries(context: Context) -> Summaries:
    models = {n: m for n, m in context.models.items() if m is not None}
    functions = {f.name: f for f in context.functions.values() if f is not None}
    templates = {t.name: t for t in whole_templates(context)}
    return Summaries(models, functions, templates)


@dataclass(slots=True)
class _FlowChecker:
    context: Context
    summaries: Summaries
    reader: FlowReader = field(init=False)
    updated: dict[str, Span] = field(default_factory=dict)  # weights -> last update
    reached: dict[str, Span] = field(default_factory=dict)  # weights -> an objective
    settled: dict[Span, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # From 1 on, so that a version that is settled is never taken for a new one.
        versions = dict.fromkeys(self.summaries.models, 1)
        self.reader = FlowReader(self.summaries, {}, versions=versions)
        self.reader.on_gradient = self._verify_gradient

    def whole(self, body: Sequence[CheckedStatement]) -> tuple[CheckedStatement, ...]:
        """Follow the body of a step or eval from its first statement."""
        self.reader.watch(body)
        return self.follow(body)

    def function(self, node: CheckedFunction) -> None:
        """Follow the body of a `fn` or `loss`, for the gradients that it takes."""
        if node.inside == "step" and takes_gradients(node.body):
            self.reader.names, self.reader.models = given_to(node)
            self.reader.watch(node.body)
            self.reader.statements(node.body)

    def follow(self, body: Sequence[CheckedStatement]) -> tuple[CheckedStatement, ...]:
        return tuple(self._statement(statement) for statement in body)

    def _statement(self, statement: CheckedStatement) -> CheckedStatement:
        match statement:
            case CheckedAssign():
                self.reader.assign(statement)
            case CheckedRepeat():
                passes = [self.follow(statement.body) for _ in range(2)]
                return replace(statement, body=passes[-1])
            case CheckedEvery():
                names = dict(self.reader.names)
                body = self.follow(statement.body)
                self.reader.names = names
                return replace(statement, body=body)
            case CheckedUpdate():
                return self._update(statement)
            case CheckedReport():
                for item in statement.items:
                    self.reader.read(item.value)
        return statement

    def _verify_gradient(
        self, node: Gradient | UpdatedModel, flow: Flow, bound: int
    ) -> None:
        """Check that a value depends on what its gradient is taken with respect to."""
        if isinstance(node, UpdatedModel):
            self._verify_updated(node, flow, bound)
            return
        variable = node.variables[0]
        source = (VALUE + variable.name, bound)
        if source in flow.reaches:
            return
        name, span = variable.name, node.value.span
        cut = flow.cuts.get(source)
        if cut is None:
            found = gradient_errors.gradient_misses(name, span, variable.span)
        else:
            by, why, where = cut.by, cut.why, cut.span
            found = gradient_errors.gradient_stopped(name, by, why, where, span)
        self.context.add(found)

    def _verify_updated(self, node: UpdatedModel, flow: Flow, bound: int) -> None:
        name, kind = node.model.name, node.type
        wanted = {VALUE + name}
        if node.declared and isinstance(kind, ModelType):
            model = kind.model
            wanted, bound = set(self.owners([model])), self.reader.versions[model]
        if not any((owner, bound) in flow.reaches for owner in wanted):
            span, where = node.objective.span, node.model.span
            self.context.add(gradient_errors.updated_misses(name, span, where))

    def _update(self, node: CheckedUpdate) -> CheckedUpdate:
        whole = self.reader.read(node.objective)
        flow = without_values(whole)
        for name, _ in flow.reaches:
            self.reached.setdefault(name, node.objective.span)
        trained = self._trained(node, flow)
        left_out, zeros = self._left_out(node, trained, whole)
        self._verify_versions(node, flow)
        for name in self.owners(node.models):
            self.updated[name] = node.span
            self.reader.versions[name] += 1
        return replace(node, trained=trained, left_out=left_out, zeros=zeros)

    def _left_out(
        self, node: CheckedUpdate, trained: Sequence[str], flow: Flow
    ) -> tuple[tuple[str, ...], bool]:
        """Parts of trained models that the objective does not reach, and say so; and
        whether there are some without a path, which get zeros.
        """
        reached = {name for name, _ in flow.reaches}
        missed: dict[str, None] = {}
        zeros = False
        for model in trained:
            parts, loose = self._missed_parts(self.owners([model]), reached)
            if parts and self._shares(trained):  # their variables come as one list
                parts, loose = [], [*parts, *loose]
            span = node.objective.span
            if parts:
                self.context.add(errors.left_out(model, parts, span, node.span))
            if loose:
                self.context.add(errors.zeros(model, loose, span, node.span))
            missed.update(dict.fromkeys(parts))
            zeros = zeros or bool(loose)
        inner = [o for o in self.owners(trained) if o not in reached]
        return (*inner, *missed), zeros

    def _shares(self, models: Sequence[str]) -> bool:
        """Whether two of the models, neither inside the other, hold a third."""
        inside = {m: {m, *self.summaries.models[m].contains} for m in models}
        outer = [m for m in models if not any(m in inside[o] - {o} for o in models)]
        held = [name for m in outer for name in inside[m]]
        return len(held) > len(set(held))

    def _missed_parts(
        self, owners: Sequence[str], reached: set[str]
    ) -> tuple[list[str], list[str]]:
        """Parts that are not reached: those with a path, and those without."""
        parts: list[str] = []
        loose: dict[str, None] = {}
        for owner in (owner for owner in owners if owner in reached):
            partly = self.summaries.loose.get(owner, set())
            read = self.summaries.read.get(owner, set()) | partly
            for source in self.summaries.layers_of(owner):
                name = part_name(source)
                if source in reached and name not in partly:
                    continue
                if is_loose(source) or name in read or penalized(owner) in reached:
                    loose[name] = None
                else:
                    parts.append(source)
        return parts, list(loose)

    def owners(self, models: Sequence[str]) -> list[str]:
        """Models whose own weights belong to those written: themselves, and inside."""
        found: dict[str, None] = {}
        for name in models:
            inner = self.summaries.models[name].contains
            found.update(dict.fromkeys((name, *inner)))
        return [name for name in found if own_weights(self.context, name)[0] > 0]

    def _trained(self, node: CheckedUpdate, flow: Flow) -> tuple[str, ...]:
        reached = {name for name, _ in flow.reaches}
        missed = [m for m in node.models if not reached & set(self.owners([m]))]
        if missed:
            self._report_missed(node, flow, missed)
        trained: dict[str, None] = {}
        for model in node.models:
            trained.update(dict.fromkeys(self._parts(node, model, reached)))
        return tuple(trained)

    def _parts(
        self, node: CheckedUpdate, model: str, reached: set[str]
    ) -> tuple[str, ...]:
        """The model whole, or those inside it that the objective depends on."""
        owners = self.owners([model])
        hit = [name for name in owners if name in reached]
        if len(hit) == len(owners) or not hit:
            return (model,) if hit else ()
        missed = [name for name in owners if name not in reached]
        span = node.objective.span
        problem = errors.left_out(model, missed, span, node.span)
        self.context.add(problem)
        return (model,) if model in hit else tuple(hit)

    def _report_missed(
        self, node: CheckedUpdate, flow: Flow, missed: Sequence[str]
    ) -> None:
        for model in missed:
            if not self.owners([model]):
                self.context.add(errors.no_weights(model, node.span))
            elif len(missed) < len(node.models):
                span = node.objective.span
                written = " and ".join(node.models)
                found = errors.left_out(written, [model], span, node.span)
                self.context.add(found)
            else:
                self.context.add(self._missing(node, flow, model))

    def _missing(self, node: CheckedUpdate, flow: Flow, model: str) -> Diagnostic:
        objective, target = node.objective.span, node.span
        cut = _cut_of(flow.cuts, self.owners([model]))
        if cut is None:
            return errors.objective_misses(model, objective, target)
        return errors.gradient_cut(model, cut.by, cut.why, cut.span, objective, target)

    def _verify_versions(self, node: CheckedUpdate, flow: Flow) -> None:
        seen: set[str] = set()
        for name, _ in sorted(flow.reaches):
            if name in seen and name in self.updated:
                update, span = self.updated[name], node.objective.span
                self.context.add(errors.two_versions(name, span, update))
                return
            seen.add(name)

    def verify_owned(self, updated: Collection[str]) -> None:
        """Advise on weights that an objective reaches and no update trains."""
        for name, span in self.reached.items():
            if name not in updated:
                model = self.summaries.models[name]
                found = advice.never_updated(name, model.span, span)
                self.context.advice.append(found)


def _cut_of(cuts: Mapping[Source, Cut], owners: Sequence[str]) -> Cut | None:
    return next((cut for (name, _), cut in cuts.items() if name in owners), None)
