"""Where tapes go: one short tape a loss, never persistent, shared forward passes
recorded once.

Every update has a tape. A statement is recorded on the tapes of those updates whose
objective reaches trained weights through it; the order of the program is kept across
updates, and between two updates statements that need no tape move in front of the
recorded ones, or behind where they read them. A tape that is needed again after another
update is entered again, so it never records that update.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from loopc.planning import plan
from loopc.planning.walk import calls, names_bound, names_read
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True)
class _Placed:
    """A statement, the sites whose tapes record it, and whether it reads recorded
    values.
    """

    statement: checked.CheckedStatement
    tapes: tuple[str, ...]


def place_tapes(
    body: Sequence[checked.CheckedStatement], contains: dict[str, frozenset[str]]
) -> tuple[plan.StepPart, ...]:
    """Arrange a step body. `contains`: a model to itself and the models inside it."""
    statements = [s for s in body if not isinstance(s, checked.CheckedReport)]
    tapes = _tapes_of(statements, contains)
    opened: set[str] = set()
    parts: list[plan.StepPart] = []
    segment: list[_Placed] = []
    for index, statement in enumerate(statements):
        if not isinstance(statement, checked.CheckedUpdate):
            segment.append(_Placed(statement, tapes[index]))
            continue
        parts.extend(_arranged(segment, opened))
        segment = []
        _finish(parts, _update_plan(statement), opened)
    parts.extend(_arranged(segment, opened))
    return tuple(parts)


def _tapes_of(
    statements: Sequence[checked.CheckedStatement], contains: dict[str, frozenset[str]]
) -> list[tuple[str, ...]]:
    tapes: list[list[str]] = [[] for _ in statements]
    for index, statement in enumerate(statements):
        if isinstance(statement, checked.CheckedUpdate):
            for recorded in _recorded(statements, index, statement, contains):
                tapes[recorded].append(statement.site)
    return [tuple(sites) for sites in tapes]


def _update_plan(statement: checked.CheckedUpdate) -> plan.UpdatePlan:
    return plan.UpdatePlan(
        site=statement.site,
        models=statement.models,
        trained=statement.trained,
        objective=statement.objective,
        maximize=statement.maximize,
        chain=statement.chain,
    )


def _recorded(
    statements: Sequence[checked.CheckedStatement],
    before: int,
    update: checked.CheckedUpdate,
    contains: dict[str, frozenset[str]],
) -> list[int]:
    """Indices of the statements that carry gradient from the objective to trained
    weights.
    """
    trained = frozenset[str]().union(*(contains[m] for m in update.trained))
    tainted: set[str] = set()
    recorded = []
    for index in sorted(_backward_slice(statements, before, update.objective)):
        statement = statements[index]
        called = frozenset[str]().union(*(contains[m] for m in calls(statement)))
        if called & trained or names_read(statement) & tainted:
            tainted |= names_bound(statement)
            recorded.append(index)
    return recorded


def _backward_slice(
    statements: Sequence[checked.CheckedStatement],
    before: int,
    objective: checked.CheckedExpression,
) -> set[int]:
    wanted = set(names_read(objective))
    chosen: set[int] = set()
    for index in range(before - 1, -1, -1):
        if names_bound(statements[index]) & wanted:
            chosen.add(index)
            wanted |= names_read(statements[index])
    return chosen


def _arranged(segment: list[_Placed], opened: set[str]) -> Iterator[plan.StepPart]:
    """Between two updates: unrecorded statements first, then tapes, then what reads
    them.
    """
    front, recorded, back = _sorted(segment)
    yield from front
    block: list[_Placed] = []
    for placed in recorded:
        if block and placed.tapes != block[-1].tapes:
            yield _tape_block(block, opened)
            block = []
        block.append(placed)
    if block:
        yield _tape_block(block, opened)
    yield from back


def _sorted(
    segment: list[_Placed],
) -> tuple[list[plan.Unrecorded], list[_Placed], list[plan.Unrecorded]]:
    front: list[plan.Unrecorded] = []
    recorded: list[_Placed] = []
    back: list[plan.Unrecorded] = []
    behind: set[str] = set()
    for position, placed in enumerate(segment):
        statement = placed.statement
        assert isinstance(statement, checked.CheckedAssign | checked.CheckedRepeat)
        if not placed.tapes and not names_read(statement) & behind:
            front.append(statement)
            continue
        behind |= names_bound(statement)
        if placed.tapes:
            recorded.append(placed)
        elif _read_by_recorded(segment[position + 1 :], statement):
            tapes = recorded[-1].tapes
            recorded.append(replace(placed, tapes=tapes))
        else:
            back.append(statement)
    return front, recorded, back


def _read_by_recorded(
    later: list[_Placed], statement: checked.CheckedStatement
) -> bool:
    bound = set(names_bound(statement))
    for placed in later:
        if names_read(placed.statement) & bound:
            if placed.tapes:
                return True
            bound |= names_bound(placed.statement)
    return False


def _tape_block(block: list[_Placed], opened: set[str]) -> plan.TapeBlock:
    tapes = block[0].tapes
    new = tuple(t for t in tapes if t not in opened)
    opened.update(new)
    statements = tuple(p.statement for p in block)
    return plan.TapeBlock(tapes=tapes, opened=new, statements=statements, objectives=())


def _finish(
    parts: list[plan.StepPart], update: plan.UpdatePlan, opened: set[str]
) -> None:
    """Compute the objective at the end of its tape, then apply the update."""
    site = update.site
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if isinstance(part, plan.UpdatePlan):
            break
        if isinstance(part, plan.TapeBlock) and site in part.tapes:
            parts[index] = replace(part, objectives=(*part.objectives, update))
            parts.append(update)
            return
    new = () if site in opened else (site,)
    opened.add(site)
    block = plan.TapeBlock(
        tapes=(site,), opened=new, statements=(), objectives=(update,)
    )
    parts.extend([block, update])
