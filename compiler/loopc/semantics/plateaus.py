"""`plateau(valid.loss)` in schedules: what it watches, looked up in each loop."""

from collections.abc import Iterator, Sequence

from loopc.semantics.checked import (
    CheckedNode,
    CheckedPlateau,
    CheckedSchedule,
    ScheduleName,
    SchedulePiece,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.trackers import Mode, Watched, better_way
from loopc.semantics.walk import walk
from loopc.syntax import ast


def check_plateaus(
    body: Body, nodes: Sequence[CheckedNode], watched: Watched
) -> tuple[CheckedPlateau, ...]:
    """The plateaus of the schedules that a loop, its statements and stages, reads.

    Those that are alike are one.
    """
    found: list[CheckedPlateau] = []
    for piece in _pieces(body.context, nodes):
        made = _plateau(body, piece, watched)
        if made is not None and made not in found:
            found.append(made)
    return tuple(found)


def _pieces(context: Context, nodes: Sequence[CheckedNode]) -> Iterator[SchedulePiece]:
    waiting: list[object] = [tuple(nodes)]
    seen: set[str] = set()
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, SchedulePiece) and node.watches is not None:
                yield node
            if not isinstance(node, ScheduleName | CheckedSchedule):
                continue
            declared = context.schedules.get(node.name)
            if declared is not None and node.name not in seen:
                seen.add(node.name)
                waiting.append(declared.body)


def _plateau(
    body: Body, piece: SchedulePiece, watched: Watched
) -> CheckedPlateau | None:
    assert piece.watches is not None
    watches = piece.watches
    path = ast.MetricPath(
        span=watches.span.to(watches.metric_span),
        split=ast.Identifier(span=watches.span, text=watches.eval),
        metric=ast.Identifier(span=watches.metric_span, text=watches.metric),
    )
    written = piece.numbers["mode"].value
    mode: Mode | None = None if written is None else _direction(str(written))
    mode = better_way(body, mode, path, watched, "plateau")
    if mode is None:
        return None
    return CheckedPlateau(
        span=piece.span,
        mode=mode,
        eval=watches.eval,
        metric=watches.metric,
        of_step=watches.eval == watched.loop,
        piece=piece,
    )


def _direction(text: str) -> Mode:
    return "max" if text == "max" else "min"
