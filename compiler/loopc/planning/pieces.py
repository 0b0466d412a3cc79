"""A step whose batch is computed in pieces: its passes, and what each piece counts for.

Statements are chosen by `semantics/part_passes.py`, in which it was also seen that
nothing is read of weights that have changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loopc.planning import plan
from loopc.planning.tapes import place_tapes
from loopc.planning.walk import walk
from loopc.semantics import checked
from loopc.semantics.part_passes import Need, PassReader
from loopc.vocabulary.types import TupleType

Body = Sequence[checked.CheckedStatement]
Contains = Mapping[str, frozenset[str]]


def plan_pieces(
    step: plan.StepPlan,
    body: Body,
    stream: checked.CheckedStream | None,
    program: checked.CheckedProgram,
    contains: Contains,
    devices: bool,
) -> plan.StepPlan:
    """The step with the passes over its batch, where that is computed in pieces."""
    if stream is None or (stream.parts is None and not devices):
        return step
    functions = {function.name: function for function in program.functions}
    models = {model.name: model for model in program.models}
    reader = PassReader(body, functions, models)
    updates = {
        place: reader.need(statement.objective, place)
        for place, statement in enumerate(body)
        if isinstance(statement, checked.CheckedUpdate)
    }
    known = [leaf for leaf in step.report.leaves if leaf.measure is None]
    leaves = {leaf.name: _need_of(leaf, reader, len(body)) for leaf in known}
    places = sorted({n.place for n in (*updates.values(), *leaves.values())})
    made = {update.site: update for update in step.updates}
    passes = []
    for number, place in enumerate(places):
        after = [*places, len(body)][number + 1]
        needs = {p: need for p, need in updates.items() if need.place == place}
        reported = [need for need in leaves.values() if need.place == place]
        chosen = frozenset[int]().union(
            *(need.statements for need in (*needs.values(), *reported))
        )
        own = [body[i] for i in (*sorted(chosen), *needs)]
        passes.append(
            plan.PassPlan(
                block=_block(place),
                parts=place_tapes(own, contains),
                weights=tuple(_weight(body[p], own) for p in needs),
                then=tuple(made[_site(body[p])] for p in updates if place <= p < after),
            )
        )
    pieces = plan.PiecesPlan(count=stream.parts, devices=devices, passes=tuple(passes))
    marked = tuple(
        (
            replace(leaf, block=_block(leaves[leaf.name].place))
            if leaf.name in leaves
            else leaf
        )  # an update measures it
        for leaf in step.report.leaves
    )
    return replace(step, pieces=pieces, report=replace(step.report, leaves=marked))


def _block(place: int) -> str:
    return f"pass at {place}"


def _site(statement: checked.CheckedStatement) -> str:
    assert isinstance(statement, checked.CheckedUpdate)
    return statement.site


def _need_of(leaf: plan.Leaf, reader: PassReader, end: int) -> Need:
    values = (leaf.value,) if leaf.weight is None else (leaf.value, leaf.weight)
    kind = TupleType(tuple(value.type for value in values))
    whole = checked.TupleValue(span=leaf.value.span, type=kind, items=values)
    return reader.need(whole, end)


def _weight(
    update: checked.CheckedStatement, body: Body
) -> checked.CheckedExpression | None:
    """What the means of an objective are weighted by; None: examples."""
    assert isinstance(update, checked.CheckedUpdate)
    definitions = {
        s.names[0]: s.value
        for s in walk(tuple(body))
        if isinstance(s, checked.CheckedAssign) and len(s.names) == 1
    }
    waiting: list[checked.CheckedNode] = [update.objective]
    while waiting:
        for node in walk(waiting.pop(0)):
            if isinstance(node, checked.Average):
                return node.weight
            if isinstance(node, checked.Local) and node.name in definitions:
                waiting.append(definitions.pop(node.name))
    return None
