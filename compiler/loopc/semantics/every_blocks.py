"""`every 100 steps { ... }` and `update ... every 4 steps`: things done at times."""

from dataclasses import replace

from loopc.semantics.bodies import unused_names
from loopc.semantics.checked import Cadence, CheckedEvery, CheckedStatement
from loopc.semantics.context import Body
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import steps as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.scope import Scope
from loopc.syntax import ast

UNITS = frozenset({"steps", "epochs"})


def check_cadence(body: Body, node: ast.Expression) -> Cadence | None:
    """`500 steps`, `1 epoch`; against the clock of the run it is checked later."""
    found = duration_of(body, "the interval", node, UNITS)
    if found is None:
        return None
    return Cadence(span=node.span, duration=found[0], value=found[1])


def check_every(body: Body, node: ast.EveryBlock) -> CheckedStatement | None:
    """A block that runs in some steps; what it binds is its own."""
    if not _allowed(body, node):
        return None
    cadence = check_cadence(body, node.cadence)
    scope = Scope(parent=body.scope)
    inner = replace(body, scope=scope, in_every=True)
    statements = body.context.rules.statements(inner, node.body)
    for binding in [*scope.history, *scope.names.values()]:
        outer = body.scope.find(binding.name)
        if outer is not None:
            body.add(errors.rebound_in_every(binding.name, binding.span, outer.span))
    unused_names(inner)
    if cadence is None:
        return None
    return CheckedEvery(
        span=node.span,
        name=_name(body, node, cadence),
        cadence=cadence,
        body=statements,
    )


def _allowed(body: Body, node: ast.EveryBlock) -> bool:
    if body.place == "step" and not body.repeating and not body.in_every:
        return True
    where = "a `repeat`" if body.repeating else "an `every` block"
    where = where if body.place == "step" else f"{body.place}"
    help = "an `every` block stands in the `step` itself"
    body.add(value_errors.misplaced_statement("`every`", where, node.span, help))
    return False


def _name(body: Body, node: ast.EveryBlock, cadence: Cadence) -> str:
    """A name for the block: `every_100_steps`."""
    amount, unit = cadence.duration.amount, cadence.duration.unit
    base = f"every_{amount}_{unit}" if isinstance(amount, int) else f"every_{unit}"
    taken = set(body.sites.values())
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    body.sites[node.span] = name
    return name
