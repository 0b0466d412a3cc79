"""A step whose batch is computed in pieces: how many, and what each counts for."""

from collections.abc import Sequence

from loopc.planning.walk import walk
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesPlan:
    """`weight` is what the means of the objective are weighted by; None: examples."""

    count: checked.Static
    weight: checked.CheckedExpression | None


def plan_pieces(
    body: Sequence[checked.CheckedStatement], stream: checked.CheckedStream | None
) -> PiecesPlan | None:
    """The pieces of a step's batch; None where it is computed as one."""
    if stream is None or stream.parts is None:
        return None
    definitions = {
        s.names[0]: s.value
        for s in walk(tuple(body))
        if isinstance(s, checked.CheckedAssign) and len(s.names) == 1
    }
    update = next(s for s in body if isinstance(s, checked.CheckedUpdate))
    waiting: list[checked.CheckedNode] = [update.objective]
    while waiting:
        for node in walk(waiting.pop(0)):
            if isinstance(node, checked.Average):
                return PiecesPlan(count=stream.parts, weight=node.weight)
            if isinstance(node, checked.Local) and node.name in definitions:
                waiting.append(definitions.pop(node.name))
    return PiecesPlan(count=stream.parts, weight=None)
