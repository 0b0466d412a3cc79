"""What tells the random numbers of a script apart: each draw has a name of its own.

The name comes from the place of the draw alone, `fake` or `test_fake`, so that a change
elsewhere in a program leaves the numbers of this draw as they are.
"""

from collections.abc import Iterator, Sequence

from loopc.planning.fresh_names import fresh
from loopc.planning.walk import walk
from loopc.records import dataclass
from loopc.semantics import checked

Statements = Sequence[checked.CheckedStatement]


@dataclass(frozen=True, slots=True)
class DrawSite:
    """A draw, what it is part of, and where that stands."""

    number: int
    kind: str  # "uniform", "flip"
    target: str  # the name that the statement binds, or ""


def draw_sites(program: checked.CheckedProgram) -> dict[int, str]:
    """Return the name of each draw, by the number that the checker gave it."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for place, body in _bodies(program):
        for sites in _statements(body):
            for site in sites:
                if site.number not in found:
                    name = _name(place, site, alone=len(sites) == 1)
                    found[site.number] = fresh(name, taken)
    return found


def _bodies(program: checked.CheckedProgram) -> Iterator[tuple[str, Statements]]:
    """Yield what draws, and the name of its place; that of the only step is ""."""
    for function in program.functions:
        yield function.name, function.body
    for data in program.data:
        for augment in data.augments:
            yield f"augment_{data.name}", augment.body
    for train in program.trains:
        loop = train.name if len(program.trains) > 1 else ""
        yield loop, train.body
        for item in train.evals:
            yield f"{loop}_{item.name}" if loop else item.name, item.body


def _statements(body: Statements) -> Iterator[list[DrawSite]]:
    """Yield the draws of each statement, and of each value of a report."""
    for statement in body:
        match statement:
            case checked.CheckedRepeat() | checked.CheckedEvery():
                yield from _statements(statement.body)
            case checked.CheckedReport():
                yield from (_draws(i.value, i.name) for i in statement.items)
            case checked.CheckedAssign():
                yield _draws(statement.value, statement.names[0])
            case checked.CheckedSet():
                yield _draws(statement, statement.state)
            case _:
                yield _draws(statement, "")


def _draws(node: checked.CheckedNode, target: str) -> list[DrawSite]:
    """The draws in `node`, each once."""
    found: dict[int, DrawSite] = {}
    for part in walk(node):
        if isinstance(part, checked.Random):
            kind: str = part.distribution
            found.setdefault(part.site, DrawSite(part.site, kind, target))
        elif isinstance(part, checked.Primitive) and part.site is not None:
            kind = part.name.removeprefix("random_")
            found.setdefault(part.site, DrawSite(part.site, kind, target))
    return list(found.values())


def _name(place: str, site: DrawSite, *, alone: bool) -> str:
    """`fake`; with its kind where a statement draws more, or binds nothing."""
    target = site.target.replace(".", "_").replace(" ", "_")
    kind = "" if alone and target else site.kind
    return "_".join(filter(None, (place, target, kind)))
