"""Values that reports average get names at the place where the program computes them.

A window value is put together from means. What stands inside such a mean is bound to a
name in front of the statement that holds it, so that it is computed once, there, and
with the weights of that moment, wherever the mean is accumulated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace

from loopc.planning.fresh_names import averaged_name, fresh
from loopc.planning.walk import calls, names_read, walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import TensorType

LARGE = 4  # operations


def name_means(
    body: Sequence[checked.CheckedStatement],
) -> tuple[checked.CheckedStatement, ...]:
    """The body with every averaged call bound to a name of its own."""
    taken = {
        name
        for node in walk(tuple(body))
        if isinstance(node, checked.CheckedAssign)
        for name in node.names
    }
    return _Namer(taken, names_reported(body)).body(body)


def names_reported(body: Sequence[checked.CheckedStatement]) -> frozenset[str]:
    """Names that reports read, or that what they read was computed from."""
    nodes = list(walk(tuple(body)))
    found = {
        name
        for node in nodes
        if isinstance(node, checked.CheckedReport)
        for name in names_read(node)
    }
    assigns = [node for node in nodes if isinstance(node, checked.CheckedAssign)]
    size = -1
    while len(found) > size:
        size = len(found)
        for assign in assigns:
            if found.intersection(assign.names):
                found |= names_read(assign)
    return frozenset(found)


def _last_update(body: Sequence[checked.CheckedStatement]) -> int:
    """The index of the last statement that holds an update."""
    updates = [i for i, s in enumerate(body) if _updates(s)]
    return max(updates, default=-1)


def _updates(statement: checked.CheckedStatement) -> bool:
    written = checked.CheckedUpdate | checked.CheckedSet
    return any(isinstance(n, written) for n in walk(statement))


@dataclass(slots=True)
class _Namer:
    taken: set[str]
    reported: frozenset[str]
    pending: list[checked.CheckedAssign] = field(default_factory=list)
    several: bool = False  # whether the value at hand has more than one mean

    def body(
        self, body: Sequence[checked.CheckedStatement]
    ) -> tuple[checked.CheckedStatement, ...]:
        last = _last_update(body)
        return tuple(
            s
            for i, statement in enumerate(body)
            for s in self.statement(statement, i < last)
        )

    def statement(
        self, statement: checked.CheckedStatement, before_update: bool
    ) -> Iterator[checked.CheckedStatement]:
        """Bindings first, then the statement that uses them."""
        if isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery):
            statement = replace(statement, body=self.body(statement.body))
        elif isinstance(statement, checked.CheckedAssign) and len(statement.names) == 1:
            if statement.names[0] in self.reported:
                self.several = _has_several(statement.value)
                value = self.plain(statement.value, statement.names[0])
                statement = replace(statement, value=value)
        elif isinstance(statement, checked.CheckedReport) and before_update:
            items = tuple(self.item(i) for i in statement.items)
            statement = replace(statement, items=items)
        yield from self.pending
        self.pending = []
        yield statement

    def item(self, item: checked.CheckedReportItem) -> checked.CheckedReportItem:
        value = item.value
        self.several = _has_several(value)
        if isinstance(value, checked.StatefulMetric):
            arguments = tuple(self.named(a, item.name) for a in value.arguments)
            return replace(item, value=replace(value, arguments=arguments))
        if not reaches_mean(value):
            return replace(item, value=self.named(value, item.name))
        return replace(item, value=self.plain(value, item.name))

    def plain(
        self, value: checked.CheckedExpression, name: str
    ) -> checked.CheckedExpression:
        """Plain arithmetic with the insides of its means named."""
        if isinstance(value, checked.Average):
            inner = self.named(value.value, name)
            weight = value.weight and self.named(value.weight, name, "weights")
            return replace(value, value=inner, weight=weight)
        if isinstance(value, checked.Total) and reaches_mean(value):
            return replace(value, value=self.named(value.value, name))
        if isinstance(value, checked.Primitive) and reaches_mean(value):
            arguments = tuple(
                self.plain(a, name) if reaches_mean(a) else self.named(a, name)
                for a in value.arguments
            )
            return replace(value, arguments=arguments)
        return value

    def named(
        self, value: checked.CheckedExpression, name: str, role: str = "values"
    ) -> checked.CheckedExpression:
        if not calls(value) and not _draws(value) and _is_small(value):
            return value
        chosen = fresh(averaged_name(value, name, role, self.several), self.taken)
        self.pending.append(
            checked.CheckedAssign(span=value.span, names=(chosen,), value=value)
        )
        return checked.Local(span=value.span, type=value.type, name=chosen)


def reaches_mean(value: checked.CheckedExpression) -> bool:
    """Whether a mean stands in `value`, under plain arithmetic alone."""
    if isinstance(value, checked.Primitive) and is_plain(value):
        return any(reaches_mean(a) for a in value.arguments)
    return isinstance(value, checked.Average | checked.Measure) or is_sum(value)


def is_sum(value: checked.CheckedExpression) -> bool:
    """Whether a value is the sum of one number over the examples."""
    kind = value.type
    is_total = isinstance(value, checked.Total)
    return is_total and isinstance(kind, TensorType) and kind.shape == ()


def _has_several(value: checked.CheckedExpression) -> bool:
    """Whether more than one mean stands in a value."""
    return sum(isinstance(n, checked.Average) for n in walk(value)) > 1


def _is_small(value: checked.CheckedExpression) -> bool:
    """Whether computing it twice in the text is easier to read than a name."""
    nodes = list(walk(value))
    if any(_is_loss(n) or _is_lookup(n) for n in nodes):
        return False
    return sum(isinstance(n, checked.Primitive) for n in nodes) < LARGE


def _is_loss(node: checked.CheckedNode) -> bool:
    return isinstance(node, checked.Primitive) and node.variant != ""


def _is_lookup(node: checked.CheckedNode) -> bool:
    """Whether rows of a table are taken."""
    if not isinstance(node, checked.Indexing):
        return False
    return not isinstance(node.items[0], checked.Slice | checked.Static)


def _draws(value: checked.CheckedExpression) -> bool:
    return any(
        isinstance(n, checked.Random)
        or (isinstance(n, checked.Primitive) and n.site is not None)
        for n in walk(value)
    )


def is_plain(value: checked.CheckedExpression) -> bool:
    """Whether a value is a plain tensor, the same for all examples."""
    return isinstance(value.type, TensorType) and value.type.stream is None
