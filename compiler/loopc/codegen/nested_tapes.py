"""Tapes as people write them: the inner one inside the outer, not entered twice.

The plan says which tapes record each run of statements. Where one run goes on with
fewer tapes, directly behind another, the others close first: they are the inner ones.
"""

from collections.abc import Iterable
from dataclasses import replace

from loopc.planning import plan


def nested(parts: Iterable[plan.StepPart]) -> list[plan.StepPart]:
    """Return the parts with every block that goes on around the one before it."""
    found: list[plan.StepPart] = []
    for part in parts:
        inner = found[-1] if found else None
        if (
            isinstance(inner, plan.TapeBlock)
            and isinstance(part, plan.TapeBlock)
            and _goes_on(inner, part)
        ):
            found[-1] = _around(inner, part)
        else:
            found.append(part)
    return found


def _goes_on(before: plan.TapeBlock, after: plan.TapeBlock) -> bool:
    """Whether `after` only leaves tapes that `before` has opened."""
    left = set(before.tapes) - set(after.tapes)
    fewer = bool(left) and left <= set(before.opened)
    whole = before.returned is None and after.returned is None
    same = not after.opened and set(after.tapes) < set(before.tapes)
    return fewer and same and whole and not before.objectives


def _around(inner: plan.TapeBlock, outer: plan.TapeBlock) -> plan.TapeBlock:
    """Return `outer` with `inner` at its beginning, each with tapes of its own."""
    kept = outer.tapes
    own = replace(
        inner,
        tapes=tuple(t for t in inner.tapes if t not in kept),
        opened=tuple(t for t in inner.opened if t not in kept),
        watched=tuple(pair for pair in inner.watched if pair[0] not in kept),
    )
    return replace(
        outer,
        opened=tuple(t for t in inner.opened if t in kept),
        persistent=tuple(t for t in inner.persistent if t in kept),
        watched=tuple(pair for pair in inner.watched if pair[0] in kept),
        statements=(own, *outer.statements),
    )
