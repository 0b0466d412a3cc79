"""Reports as windows: means that the device accumulates, and the arithmetic that comes
after.

A report means its expression as if the whole window were one batch. So every `mean` in
it keeps a sum and a weight over the window, and what stands around the means is
computed once, from them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import field, replace

from loopc.planning import plan
from loopc.planning.fresh_names import fresh, output_name
from loopc.planning.means import is_sum
from loopc.planning.walk import names_read, walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import TensorType


@dataclass(slots=True)
class _Splitter:
    definitions: dict[str, checked.CheckedExpression]
    leaves: list[plan.Leaf] = field(default_factory=list)
    block: str = ""

    def leaf(self, name: str, value: checked.CheckedExpression) -> plan.Leaf:
        """The leaf for `value`, the same one where the same value was met before."""
        made = replace(_leaf(name, value), block=self.block)
        for known in self.leaves:
            if replace(known, name=name) == made:
                return known
        taken = {known.name for known in self.leaves}
        made = replace(made, name=fresh(name, taken))
        self.leaves.append(made)
        return made

    def resolve(self, value: checked.CheckedExpression) -> checked.CheckedExpression:
        """Follow names of plain values to what they stand for, down to means."""
        while isinstance(value, checked.Local) and value.name in self.definitions:
            definition = self.definitions[value.name]
            if not _has_mean(definition, self.definitions):
                return value
            value = definition
        return value

    def computes(self, value: checked.CheckedExpression) -> bool:
        """Whether a value is arithmetic on means."""
        is_call = isinstance(value, checked.Primitive)
        return is_call and _has_mean(value, self.definitions)

    def summary(
        self, name: str, value: checked.CheckedExpression
    ) -> checked.CheckedExpression:
        """`value` with every mean replaced by a Local named after its leaf."""
        value = self.resolve(value)
        if isinstance(value, checked.Static) and not _known_in_step_only(value):
            return value
        if self.computes(value):
            assert isinstance(value, checked.Primitive)
            arguments = tuple(
                self.summary(_hint(a, f"{name}_{i}"), a)
                for i, a in enumerate(value.arguments)
            )
            return replace(value, arguments=arguments)
        leaf = self.leaf(_hint(value, name), value)
        kind = value.type
        if isinstance(value, checked.Static):
            kind = TensorType("f32", weak=True)
        return checked.Local(span=value.span, type=kind, name=leaf.name)


def _leaf(name: str, value: checked.CheckedExpression) -> plan.Leaf:
    if isinstance(value, checked.StatefulMetric):
        return plan.Leaf(name=name, value=value, metric=value)
    if isinstance(value, checked.Measure):
        return plan.Leaf(name=name, value=value, measure=value)
    if isinstance(value, checked.Average):
        return plan.Leaf(name=name, value=value.value, weight=value.weight)
    if isinstance(value, checked.Total) and is_sum(value):
        return plan.Leaf(name=name, value=value.value, total=True)
    return plan.Leaf(name=name, value=value)


def _hint(value: checked.CheckedExpression, otherwise: str) -> str:
    inner = value
    if isinstance(value, checked.Average | checked.Total):
        inner = value.value
    if isinstance(inner, checked.Measure):
        return f"{inner.place}_{inner.measure}"
    if isinstance(inner, checked.ScheduleValue) and inner.schedule.name:
        return inner.schedule.name
    if isinstance(inner, checked.CallModel):
        return output_name(inner)
    named = checked.Local | checked.Primitive
    return inner.name if isinstance(inner, named) else otherwise


def _known_in_step_only(value: checked.Static) -> bool:
    """Whether a number is read from the config or a local name, as steps do."""
    names = (n for n in walk(value) if isinstance(n, checked.StaticName))
    return any(n.origin != "const" for n in names)


def _has_mean(
    value: checked.CheckedExpression, definitions: dict[str, checked.CheckedExpression]
) -> bool:
    """Whether a mean is reached through plain arithmetic alone."""
    if isinstance(value, checked.Average | checked.Measure) or is_sum(value):
        return True
    if isinstance(value, checked.Local):
        known = definitions.get(value.name)
        return known is not None and _has_mean(known, definitions)
    if isinstance(value, checked.Primitive) and _plain_scalar(value):
        return any(_has_mean(a, definitions) for a in value.arguments)
    return False


def _plain_scalar(value: checked.CheckedExpression) -> bool:
    kind = value.type
    return isinstance(kind, TensorType) and kind.stream is None and kind.shape == ()


def plan_report(body: tuple[checked.CheckedStatement, ...]) -> plan.ReportPlan:
    """Gather the reports of a body, and of the `every` blocks in it."""
    splitter = _Splitter(_definitions(body))
    summaries: list[tuple[str, checked.CheckedExpression]] = []
    direct = True
    for block, item in _items(body, ""):
        splitter.block = block
        value = splitter.resolve(item.value)
        if splitter.computes(value):
            direct = False
            summaries.append((item.name, splitter.summary(item.name, value)))
            continue
        leaf = splitter.leaf(item.name, value)
        direct = direct and leaf.name == item.name
        local = checked.Local(span=item.span, type=item.value.type, name=leaf.name)
        summaries.append((item.name, local))
    return plan.ReportPlan(
        leaves=tuple(splitter.leaves), summary=() if direct else tuple(summaries)
    )


def _items(
    body: tuple[checked.CheckedStatement, ...], block: str
) -> Iterator[tuple[str, checked.CheckedReportItem]]:
    """Reported values, each with the `every` block that reports it."""
    for statement in body:
        if isinstance(statement, checked.CheckedReport):
            yield from ((block, item) for item in statement.items)
        elif isinstance(statement, checked.CheckedEvery):
            yield from _items(statement.body, statement.name)


def _definitions(
    body: tuple[checked.CheckedStatement, ...],
) -> dict[str, checked.CheckedExpression]:
    """What a name stands for until the step ends: bound once, of such names."""
    bound = Counter(
        name
        for node in walk(body)
        if isinstance(node, checked.CheckedAssign)
        for name in node.names
    )
    bound.update(
        name
        for node in walk(body)
        if isinstance(node, checked.CheckedRepeat)
        for name in (*node.names, *node.carried)
    )
    return {
        node.names[0]: node.value
        for node in walk(body)
        if isinstance(node, checked.CheckedAssign)
        and len(node.names) == 1
        and all(bound[n] <= 1 for n in (*node.names, *names_read(node.value)))
    }
