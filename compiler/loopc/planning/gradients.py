"""Every gradient that an expression takes becomes a statement, of a value with a name.

Then gradients are placed like updates are. Gradients of one value, taken one after
another, are taken at once: they share a tape.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field, fields, replace
from typing import Any

from loopc.planning.fresh_names import fresh
from loopc.planning.paths import gradient_names
from loopc.planning.walk import names_bound, walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import TupleType

Statements = tuple[checked.CheckedStatement, ...]
Taken = checked.Gradient | checked.UpdatedModel


def name_gradients(body: Statements) -> Statements:
    """The body with each gradient in a statement of its own."""
    nodes = list(walk(body))
    if not any(isinstance(n, Taken) for n in nodes):
        return body
    taken = {n.name for n in nodes if isinstance(n, checked.Local)}
    for node in nodes:
        if isinstance(node, checked.CheckedAssign):
            taken.update(node.names)
    gradients = (n for n in nodes if isinstance(n, checked.Gradient))
    counts = Counter(gradient.variables[0].name for gradient in gradients)
    several = frozenset(name for name, count in counts.items() if count > 1)
    return _Namer(taken, several).body(body)


def taken_by(statement: object) -> Taken | None:
    """What a statement takes a gradient for, if that is all it does."""
    if isinstance(statement, checked.CheckedAssign) and isinstance(
        statement.value, Taken
    ):
        return statement.value
    return None


def gradient_of(statement: object) -> checked.Gradient | None:
    """The gradient that a statement takes, if it is a value."""
    taken = taken_by(statement)
    return taken if isinstance(taken, checked.Gradient) else None


@dataclass(slots=True)
class _Namer:
    """Takes statements apart; `sites` are the names of the gradients so far."""

    taken: set[str]
    several: frozenset[str]  # values that more than one gradient is taken of
    sites: set[str] = field(default_factory=set)
    pending: list[checked.CheckedAssign] = field(default_factory=list)

    def body(self, body: Statements) -> Statements:
        found = [s for statement in body for s in self.statement(statement)]
        return tuple(self.sited(s) for s in _taken_together(found))

    def statement(
        self, statement: checked.CheckedStatement
    ) -> Iterator[checked.CheckedStatement]:
        if isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery):
            statement = replace(statement, body=self.body(statement.body))
        elif isinstance(statement, checked.CheckedAssign):
            value = statement.value
            if isinstance(value, Taken):  # it has a name
                value = self.of_name(value, statement.names[0])
            else:
                value = self.without(value, statement.names[0])
            statement = replace(statement, value=value)
        else:
            statement = self.without(statement, "")
        yield from self.pending
        self.pending = []
        yield statement

    def without(self, node: Any, target: str) -> Any:
        """`node` with names in place of the gradients in it."""
        if isinstance(node, tuple):
            return tuple(self.without(item, target) for item in node)
        if isinstance(node, checked.CheckedReportItem):
            target = node.name
        if not isinstance(node, checked.CheckedNode | checked.Slice):
            return node
        if isinstance(node, Taken):
            name = "stepped"
            if isinstance(node, checked.Gradient):
                name = self.gradient_name(node, target)
            fresh = self.fresh(name)
            return self.bound(fresh, self.of_name(node, target))
        changes = {
            f.name: self.without(getattr(node, f.name), target) for f in fields(node)
        }
        return replace(node, **changes)

    def gradient_name(self, node: checked.Gradient, target: str) -> str:
        """`image_gradient`; after what it is for, where others are of the image too."""
        name = node.variables[0].name
        return f"{target if target and name in self.several else name}_gradient"

    def of_name(self, node: Taken, target: str) -> Taken:
        """The gradient of a value that has a name."""
        if isinstance(node, checked.UpdatedModel):
            objective = self.without(node.objective, target)
            if not isinstance(objective, checked.Local):
                objective = self.bound(self.fresh(f"{target}_objective"), objective)
            return replace(node, objective=objective)
        value = self.without(node.value, target)
        if not isinstance(value, checked.Local):
            value = self.bound(self.fresh(_value_name(value, node, target)), value)
        return replace(node, value=value)

    def bound(self, name: str, value: checked.CheckedExpression) -> checked.Local:
        self.pending.append(
            checked.CheckedAssign(span=value.span, names=(name,), value=value)
        )
        return checked.Local(span=value.span, type=value.type, name=name)

    def sited(self, statement: checked.CheckedStatement) -> checked.CheckedStatement:
        """Name the site of a gradient after what it is taken with respect to."""
        gradient = taken_by(statement)
        if gradient is None:
            return statement
        assert isinstance(statement, checked.CheckedAssign)
        if isinstance(gradient, checked.UpdatedModel):
            site = fresh(gradient.model.name, self.sites)
            return replace(statement, value=replace(gradient, site=site))
        assert isinstance(gradient.value, checked.Local)
        variables = gradient.variables
        one = variables[0].name
        base = one if len(variables) == 1 else gradient.value.name
        if one in self.several and statement.names[0].endswith("_gradient"):
            base = statement.names[0].removesuffix("_gradient")
        site = fresh(base, self.sites)
        return replace(statement, value=replace(gradient, site=site))

    def fresh(self, name: str) -> str:
        return fresh(name, self.taken)


def _value_name(
    value: checked.CheckedExpression, node: checked.Gradient, target: str
) -> str:
    """`critic_of_mix` where a model is called, else after what it is for."""
    if isinstance(value, checked.CallModel):
        return f"{value.model}_of_{node.variables[0].name}"
    is_loss = isinstance(value, checked.Primitive) and value.variant
    return "_".join(filter(None, (target, "loss" if is_loss else "value")))


def _taken_together(
    body: Sequence[checked.CheckedStatement],
) -> list[checked.CheckedStatement]:
    """Merge each gradient into an earlier one of the same value."""
    found: list[checked.CheckedStatement] = []
    for statement in body:
        earlier = _mergeable(found, statement)
        if earlier is None:
            found.append(statement)
        else:
            found[earlier] = _merged(found[earlier], statement)
    return found


def _mergeable(
    body: Sequence[checked.CheckedStatement], statement: checked.CheckedStatement
) -> int | None:
    """The index of a gradient of the same value with nothing between that matters."""
    wanted = gradient_of(statement)
    if wanted is None:
        return None
    for index in range(len(body) - 1, -1, -1):
        known = gradient_of(body[index])
        if known is not None and known.value == wanted.value:
            return index if _bound_before_use(body, known, wanted) else None
        if not isinstance(body[index], checked.CheckedAssign):
            return None
        if names_bound(body[index]) & _names((wanted.value, *wanted.variables)):
            return None
    return None


def _bound_before_use(
    body: Sequence[checked.CheckedStatement],
    known: checked.Gradient,
    wanted: checked.Gradient,
) -> bool:
    """Whether all variables are bound before the first of them is used."""
    variables = _names((*known.variables, *wanted.variables))
    used = False
    for statement in body:
        if used and names_bound(statement) & variables:
            return False
        used = used or bool(gradient_names(statement) & variables)
    return True


def _names(nodes: tuple[checked.CheckedExpression, ...]) -> set[str]:
    return {n.name for n in nodes if isinstance(n, checked.Local)}


def _merged(
    first: checked.CheckedStatement, second: checked.CheckedStatement
) -> checked.CheckedAssign:
    assert isinstance(first, checked.CheckedAssign)
    assert isinstance(second, checked.CheckedAssign)
    known, more = gradient_of(first), gradient_of(second)
    assert known is not None
    assert more is not None
    variables = (*known.variables, *more.variables)
    types = tuple(variable.type for variable in variables)
    value = replace(known, variables=variables, type=TupleType(types))
    return replace(first, names=(*first.names, *second.names), value=value)
