"""Statements between two effects: which stand before those that tapes record, which
behind them.
"""

from collections.abc import Sequence
from dataclasses import field, replace

from loopc.planning import plan
from loopc.planning.gradients import taken_by
from loopc.planning.recording import Place, gradient_site
from loopc.planning.walk import names_bound, names_read
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement, and the sites whose tapes record it."""

    statement: checked.CheckedStatement
    tapes: tuple[str, ...]
    place: Place

    @property
    def binds(self) -> frozenset[str]:
        return names_bound(self.statement)

    @property
    def reads(self) -> frozenset[str]:
        return names_read(self.statement)


def all_wanted(segment: Sequence[Placed], update: plan.UpdatePlan) -> list[Placed]:
    """Put all that an objective is computed by on its tape: it starts from fields."""
    wanted = set(names_read(update.objective))
    found: list[Placed] = []
    for placed in reversed(segment):
        if placed.binds & wanted:
            wanted |= placed.reads
            placed = replace(placed, tapes=placed.tapes or (update.site,))
        found.append(placed)
    return found[::-1]


def in_order(
    segment: Sequence[Placed], update: plan.UpdatePlan | None
) -> tuple[list[Placed], list[Placed], list[Placed]]:
    """Statements that need no tape first, then the recorded, then what reads them."""
    front: list[Placed] = []
    middle: list[Placed] = []
    back: list[Placed] = []
    held = _Held()
    for position, placed in enumerate(segment):
        if not placed.tapes and not held.conflicts(placed):
            front.append(placed)
            continue
        held.add(placed)
        if placed.tapes or _needed(placed, segment[position + 1 :], update):
            middle.append(placed)
        else:
            back.append(placed)
    return front, middle, back


@dataclass(slots=True)
class _Held:
    """What statements read and bind that others must not move in front of."""

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)

    def add(self, placed: Placed) -> None:
        self.reads |= placed.reads
        self.binds |= placed.binds

    def conflicts(self, placed: Placed) -> bool:
        return bool(
            placed.reads & self.binds or placed.binds & (self.reads | self.binds)
        )


def _needed(
    placed: Placed, later: Sequence[Placed], update: plan.UpdatePlan | None
) -> bool:
    """Whether something recorded, or the objective, comes after it in any order."""
    held = _Held()
    held.add(placed)
    for other in later:
        if held.conflicts(other):
            if other.tapes:
                return True
            held.add(other)
    return update is not None and bool(names_read(update.objective) & held.binds)


def absorbed(recorded: Sequence[Placed]) -> list[Placed]:
    """Statements between two of the same tapes stand under these tapes too."""
    found = list(recorded)
    last: tuple[str, ...] = ()
    for position, placed in enumerate(found):
        if placed.tapes:
            last = placed.tapes
            continue
        gradient = taken_by(placed.statement)
        if gradient is not None and gradient_site(gradient) in last:
            last = ()
        rest = (p.tapes for p in found[position + 1 :] if p.tapes)
        if last and next(rest, last) == last:
            found[position] = replace(placed, tapes=last)
    return found
