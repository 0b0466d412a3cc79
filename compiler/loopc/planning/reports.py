"""Reports as windows: means that the device accumulates, and the arithmetic that comes
after.

A report means its expression as if the whole window were one batch. So every `mean` in
it keeps a sum and a weight over the window, and what stands around the means is
computed once, from them.
"""

from dataclasses import field, replace

from loopc.planning import plan
from loopc.planning.walk import walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import TensorType


@dataclass(slots=True)
class _Splitter:
    definitions: dict[str, checked.CheckedExpression]
    leaves: list[plan.Leaf] = field(default_factory=list)

    def leaf(self, name: str, value: checked.CheckedExpression) -> plan.Leaf:
        """The leaf for `value`, the same one where the same value was met before."""
        made = _leaf(name, value)
        for known in self.leaves:
            if (known.value, known.weight, known.metric) == (
                made.value,
                made.weight,
                made.metric,
            ):
                return known
        taken = {known.name for known in self.leaves}
        made = replace(made, name=_fresh(name, taken))
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

    def summary(
        self, name: str, value: checked.CheckedExpression
    ) -> checked.CheckedExpression:
        """`value` with every mean replaced by a Local named after its leaf."""
        value = self.resolve(value)
        if isinstance(value, checked.Static) and not _known_in_step_only(value):
            return value
        if isinstance(value, checked.Primitive) and _has_mean(value, self.definitions):
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


def _fresh(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _leaf(name: str, value: checked.CheckedExpression) -> plan.Leaf:
    if isinstance(value, checked.StatefulMetric):
        return plan.Leaf(name=name, value=value, metric=value)
    if isinstance(value, checked.Average):
        return plan.Leaf(name=name, value=value.value, weight=value.weight)
    return plan.Leaf(name=name, value=value)


def _hint(value: checked.CheckedExpression, otherwise: str) -> str:
    inner = value.value if isinstance(value, checked.Average) else value
    if isinstance(inner, checked.ScheduleValue) and inner.schedule.name:
        return inner.schedule.name
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
    if isinstance(value, checked.Average):
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
    """Gather the reports of a body."""
    definitions = {
        s.names[0]: s.value
        for s in body
        if isinstance(s, checked.CheckedAssign) and len(s.names) == 1
    }
    items = [i for s in body if isinstance(s, checked.CheckedReport) for i in s.items]
    splitter = _Splitter(definitions)
    summaries = []
    direct = True
    for item in items:
        value = splitter.resolve(item.value)
        if isinstance(value, checked.Primitive) and _has_mean(value, definitions):
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
