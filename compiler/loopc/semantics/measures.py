"""Measures of updates: `probe("clipped").norm`, `gradients(net)`, `updates(net)`.

They stand in the reports of a step, behind the update that they are of.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, cast

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    Average,
    CheckedExpression,
    CheckedSelection,
    CheckedUpdate,
    Local,
    Measure,
    Primitive,
    TupleValue,
)
from loopc.semantics.checked.weight_paths import takes, weight_paths
from loopc.semantics.context import Body
from loopc.semantics.errors import chains as chain_errors
from loopc.semantics.errors import measures as errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.probes import probe_names
from loopc.semantics.values import failed
from loopc.semantics.walk import walk
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.types import TensorType

Place = Literal["probe", "gradients", "updates"]
PLACES = ("probe", "gradients", "updates")
MEASURES = ("norm", "max", "ratio", "cosine")
SLOTS = {
    "probe": ("name", "model"),
    "gradients": ("weights", "of"),
    "updates": ("weights",),
}


def is_measure(body: Body, node: ast.Attribute) -> bool:
    """Whether an attribute is one of a measured point, not of a value."""
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.callee, ast.Name):
        return False
    name = call.callee.text
    hidden = body.scope.find(name) or body.context.declarations.find(name)
    return name in PLACES and hidden is None


def check_unmeasured(body: Body, site: CallSite) -> CheckedExpression:
    """`gradients(net)` without a word on what to measure."""
    body.add(errors.nothing_measured(site.text, site.span, MEASURES))
    return failed(site.span)


def check_measure(body: Body, node: ast.Attribute) -> CheckedExpression:
    """`gradients(net).norm`, in a report."""
    call = cast(ast.Call, node.value)
    place = cast(Place, cast(ast.Name, call.callee).text)
    if not _may_stand(body, place, node):
        return failed(node.span)
    checker = _MeasureChecker(body, place, node.name.text, node.span)
    return checker.check(call.arguments, call.span) or failed(node.span)


def _may_stand(body: Body, place: str, node: ast.Attribute) -> bool:
    measure, span = node.name.text, node.name.span
    if measure not in MEASURES:
        owner = f"`{place}(...)`"
        body.add(name_errors.unknown_attribute(owner, measure, span, MEASURES))
        return False
    if body.place != "step" or not body.in_report:
        body.add(errors.measure_misplaced(f"{place}(...).{measure}", node.span))
        return False
    return True


class _MeasureChecker:
    """One measure: which update it is of, which weights, which objectives."""

    def __init__(self, body: Body, place: Place, measure: str, span: Span) -> None:
        self.body, self.place, self.measure, self.span = body, place, measure, span

    def check(self, arguments: Sequence[ast.Argument], span: Span) -> Measure | None:
        names = SLOTS[self.place]
        positional = 2 if self.place == "probe" else 1
        slots = bind_slots(self.body, self.place, arguments, names, positional)
        first, second = slots.take(names[0]), slots.take(names[-1])
        if first is None and slots.sound:
            missing = name_errors.missing_argument(self.place, names[0], span)
            self.body.add(missing)
        if first is None or not slots.sound:
            return None
        if self.place == "probe":
            return self.at_probe(first, second)
        return self.at_end(first, second if self.place == "gradients" else None)

    # ------------------------------------------------------------------ probes

    def at_probe(
        self, name: ast.Expression, model: ast.Expression | None
    ) -> Measure | None:
        """At a `probe("name")` of a chain, of the update of `model` if of several."""
        if not isinstance(name, ast.String):
            self.body.add(errors.name_in_quotes(name.span))
            return None
        if self.measure == "cosine":
            self.body.add(errors.one_gradient_there(self.span))
            return None
        updates = list(self.updates())
        if model is not None:
            chosen = self.model_of(model)
            if chosen is None:
                return None
            updates = [u for u in updates if chosen in self.inside(u.models)]
        names = (p for update in updates for p in probe_names(update.chain))
        known = list(dict.fromkeys(names))
        if name.value not in known and self.body.wrong_updates:
            return None  # it may be in a chain that has an error
        if name.value not in known and self.passed_elsewhere(name.value):
            self.body.add(errors.not_passed(name.value, name.span))
            return None
        if name.value not in known:
            guess = suggest(name.value, known)
            self.body.add(errors.unknown_probe(name.value, name.span, guess, known))
            return None
        found = [u for u in updates if name.value in probe_names(u.chain)]
        update = self.only_one(found, f'"{name.value}"')
        return None if update is None else self.made(update, name.value)

    def passed_elsewhere(self, name: str) -> bool:
        """Whether an update has the probe that is not of the block of this report."""
        updates = (update for update, _ in self.body.updates.values())
        return any(name in probe_names(update.chain) for update in updates)

    # -------------------------------------------------------------------- ends

    def at_end(
        self, weights: ast.Expression, of: ast.Expression | None
    ) -> Measure | None:
        """In front of the chain, or behind it: of all weights, a model, or a path."""
        written = self.written(weights)
        if written is None:
            return None
        model = written.split("/")[0]
        found = [u for u in self.updates() if model in self.inside(u.models)]
        if not found:
            if not self.body.wrong_updates & self.containers(model):
                self.body.add(errors.not_updated(model, weights.span))
            return None
        update = self.only_one(found, model)
        if update is None:
            return None
        tasks = self.tasks(update, of)
        if tasks is None:
            return None
        only = CheckedSelection(span=weights.span, pattern=written, role=False)
        models = self.body.context.models
        paths = list(weight_paths(models, update.models))
        inner = set(weight_paths(models, [written]))  # of a model all that is inside
        taken = [path for path in paths if path in inner or takes(only, path)]
        if not taken:
            known = [path.path for path in paths]
            self.body.add(chain_errors.empty_group(only, known, update.span))
            return None
        selection = None if len(taken) == len(paths) else only
        name = self.place if selection is None else f"{self.place} of {written}"
        if tasks:
            name += f" for {' and '.join(self.objectives(update)[t] for t in tasks)}"
        return self.made(update, name, selection, tasks)

    def written(self, node: ast.Expression) -> str | None:
        """The model or path that is measured, as text."""
        if isinstance(node, ast.String):
            head = node.value.split("/")[0]
            name = ast.Name(span=node.span, text=head)
            return None if self.model_of(name) is None else node.value
        return self.model_of(node)

    def model_of(self, node: ast.Expression) -> str | None:
        declarations = self.body.context.declarations
        known = [*declarations.of_kind(ast.Model), *declarations.of_kind(ast.Weight)]
        if not isinstance(node, ast.Name) or node.text not in known:
            text = node.text if isinstance(node, ast.Name) else "this"
            guess = suggest(text, known)
            problem = name_errors.unknown_model(text, node.span, guess, known)
            self.body.context.add_unknown(text, problem)
            return None
        declarations.use(node.text)
        return node.text

    def tasks(
        self, update: CheckedUpdate, of: ast.Expression | None
    ) -> tuple[int, ...] | None:
        """The places of the objectives that are looked at; None, once said, if none
        of this update can be.
        """
        items = [] if of is None else _items(of)
        misfit = self.misfit(update, len(items))
        if misfit is not None:
            self.body.add(errors.measure_misfits(self.measure, *misfit, self.span))
            return None
        known = self.objectives(update)
        tasks: list[int] = []
        for item in items:
            text = item.text if isinstance(item, ast.Name) else "this"
            if text not in known:
                names = [name for name in known if name]
                guess = suggest(text, names)
                problem = name_errors.unknown_choice(
                    "of", text, item.span, guess, names
                )
                self.body.add(problem)
                return None
            tasks.append(known.index(text))
        return tuple(tasks)

    def misfit(self, update: CheckedUpdate, tasks: int) -> tuple[str, str] | None:
        """Why the gradients of an update do not have this measure, and what to do."""
        is_cosine = self.measure == "cosine"
        if self.place == "updates":
            return errors.ONE_STEP if is_cosine else None
        needs = update.chain.needs
        if "per_example" in needs:
            return errors.BY_EXAMPLE
        if not isinstance(update.objective, TupleValue):
            return errors.ONE_OBJECTIVE if is_cosine or tasks else None
        if "weigh" in needs:
            return errors.WEIGHTED_SUM if is_cosine or tasks else None
        if is_cosine:
            return errors.COSINE_OF_ONE if tasks == 1 else None
        return errors.WHICH_OBJECTIVE if tasks != 1 else None

    def objectives(self, update: CheckedUpdate) -> list[str]:
        """The names of several objectives, "" for one without."""
        if not isinstance(update.objective, TupleValue):
            return []
        bare = (
            item.value if isinstance(item, Average) and item.implied else item
            for item in update.objective.items
        )
        return [item.name if isinstance(item, Local) else "" for item in bare]

    # ----------------------------------------------------------------- updates

    def updates(self) -> Iterator[CheckedUpdate]:
        """Updates in front of the report that happen whenever it is made."""
        for update, scope in self.body.updates.values():
            if not self.body.in_every or scope is self.body.scope:
                yield update

    def inside(self, names: Sequence[str]) -> set[str]:
        models = self.body.context.models
        found = (models.get(name) for name in names)
        inner = (name for m in found if m is not None for name in m.contains)
        return {*names, *inner}

    def containers(self, name: str) -> set[str]:
        """A model and those that have it inside."""
        models = self.body.context.models.values()
        return {name, *(m.name for m in models if m is not None and name in m.contains)}

    def only_one(
        self, updates: Sequence[CheckedUpdate], what: str
    ) -> CheckedUpdate | None:
        if len(updates) == 1:
            return updates[0]
        spans = [update.span for update in updates]
        self.body.add(errors.several_updates(self.place, what, self.span, spans))
        return None

    def made(
        self,
        update: CheckedUpdate,
        probe: str,
        only: CheckedSelection | None = None,
        tasks: tuple[int, ...] = (),
    ) -> Measure:
        return Measure(
            span=self.span,
            type=TensorType("f32"),
            place=self.place,
            site=update.site,
            probe=probe,
            measure=self.measure,
            only=only,
            tasks=tasks,
        )


def _items(node: ast.Expression) -> Sequence[ast.Expression]:
    return node.items if isinstance(node, ast.ListLiteral) else (node,)


def verify_plain(body: Body, value: CheckedExpression) -> bool:
    """Whether the measures in a reported value meet plain arithmetic alone: they are
    means over the window, and what is computed from them is computed afterwards.
    """
    if isinstance(value, Measure):
        return True
    type = value.type
    plain = isinstance(type, TensorType) and not type.per_example and type.shape == ()
    if isinstance(value, Primitive) and plain:
        return all([verify_plain(body, each) for each in value.arguments])
    inner = next((n for n in walk(value) if isinstance(n, Measure)), None)
    if inner is not None:
        body.add(errors.measure_in_value(inner.span, value.span))
    return inner is None
