"""Objectives that a chain evaluates again: their statements become a function."""

from collections.abc import Iterator, Mapping, Sequence

from loopc.planning.recording import Body, Place, Recording, updates_in
from loopc.planning.reports import plan_report
from loopc.planning.walk import names_bound, names_read
from loopc.semantics import checked

AGAIN = frozenset({"evaluate", "hessian_vector", "observe", "per_example"})

Path = Mapping[Place, checked.CheckedStatement]


def is_again(update: checked.CheckedUpdate) -> bool:
    """Whether the chain of an update computes the objective more than once."""
    return bool(update.chain.needs & AGAIN)


def take_paths(body: Body, recording: Recording) -> dict[str, Path]:
    """Take what such objectives are computed by off the tapes, by site and place."""
    known = dict(leaves(body, ()))
    found: dict[str, Path] = {}
    for statement in known.values():
        if isinstance(statement, checked.CheckedUpdate) and is_again(statement):
            site = statement.site
            places = [p for p in known if site in recording.tapes.get(p, ())]
            found[site] = {place: known[place] for place in places}
            for place in places:
                recording.tapes[place].remove(site)
    return found


def leaves(
    body: Body, prefix: Place
) -> Iterator[tuple[Place, checked.CheckedStatement]]:
    """Every statement that is taken as a whole, with its place, in program order."""
    for index, statement in enumerate(body):
        place = (*prefix, index)
        nested = isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery)
        if nested and updates_in(statement):
            assert isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery)
            yield from leaves(statement.body, place)
        else:
            yield place, statement


def given_back(
    body: Body,
    site: str,
    own: Sequence[Place],
    statements: Sequence[checked.CheckedStatement],
) -> tuple[str, ...]:
    """Names bound by a function's own statements that others of the step read, and its
    report: it is made of the means in what is reported.
    """
    others = [s for place, s in leaves(body, ()) if place not in own]
    plain = [s for s in others if not _is_apart(s, site)]
    reported = plan_report(tuple(body)).leaves
    read = frozenset[str]().union(
        *map(names_read, plain),
        *(names_read((leaf.value, leaf.weight)) for leaf in reported),
    )
    bound: dict[str, None] = {}
    for statement in statements:
        for name in sorted(names_bound(statement) & read):
            bound[name] = None
    return tuple(bound)


def _is_apart(statement: checked.CheckedStatement, site: str) -> bool:
    """Whether a statement is a report, or the update that the function is for."""
    if isinstance(statement, checked.CheckedUpdate):
        return statement.site == site
    return isinstance(statement, checked.CheckedReport)
