"""What each tape records: the statements between a gradient and what it is taken of.

Statements are told by their place: the index in the step's body, then in the body of
the loop or block at that index, and so on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from loopc.planning.gradients import Taken, taken_by
from loopc.planning.paths import gradient_calls, gradient_names
from loopc.planning.rewriting import rewritten
from loopc.planning.walk import names_bound, walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.source import Span
from loopc.vocabulary.types import StaticType

Place = tuple[int, ...]
Body = Sequence[checked.CheckedStatement]
MOST_PASSES = 3
GRADIENT = "gradient "  # what the sites of gradients begin with
NOTHING = checked.Static(span=Span(0, 0), type=StaticType("none"), value=None)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a gradient of `objective` is taken: of the weights of `trained`, of the
    values called `variables`.
    """

    name: str
    place: Place
    objective: checked.CheckedExpression
    trained: frozenset[str] = frozenset()
    watched: tuple[checked.Local, ...] = ()
    several: bool = False  # gradients are taken of it, one for each objective

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(variable.name for variable in self.watched)


@dataclass(frozen=True, slots=True)
class Moment:
    """A statement that runs before a site does; `passed` is the place of the outermost
    loop of which this is an earlier pass.
    """

    place: Place
    statement: checked.CheckedStatement
    passed: Place | None = None


@dataclass(slots=True)
class Recording:
    """The sites of each place; where each site's tape is made, whether gradients are
    taken of it more than once, the values that it watches, and which sites may reach
    what they differentiate through other gradients alone.
    """

    tapes: dict[Place, list[str]] = field(default_factory=dict)
    home: dict[str, Place] = field(default_factory=dict)
    persistent: set[str] = field(default_factory=set)
    watched: dict[str, tuple[checked.Local, ...]] = field(default_factory=dict)
    second_order: set[str] = field(default_factory=set)
    trained: dict[str, frozenset[str]] = field(default_factory=dict)


def record(body: Body, contains: Mapping[str, frozenset[str]]) -> Recording:
    """Find what every site of a step needs on its tape."""
    found = Recording()
    for site in _outer_first(sites_of(body, contains, ())):
        recorded: list[Moment] = []
        for earlier in range(MOST_PASSES):  # in the first pass, the second, and so on
            moments = list(_before(body, site.place, (), earlier))
            recorded += _recorded(moments, site, contains)
            if _only_through_gradients(moments, site, contains):
                found.second_order.add(site.name)
        for place in dict.fromkeys(m.place for m in recorded):
            found.tapes.setdefault(place, []).append(site.name)
        home = _home(site, recorded)
        found.home[site.name] = home
        found.trained[site.name] = site.trained
        if site.watched:
            found.watched[site.name] = site.watched
        if site.several or _in_loop(body, home, site.place):
            found.persistent.add(site.name)
    return found


def _outer_first(sites: Iterator[Site]) -> list[Site]:
    """Updates, then gradients; what is taken of a gradient before that gradient."""
    known = list(sites)
    updates = [site for site in known if not site.name.startswith(GRADIENT)]
    taken = [site for site in reversed(known) if site.name.startswith(GRADIENT)]
    return updates + taken


def sites_of(
    body: Body, contains: Mapping[str, frozenset[str]], prefix: Place
) -> Iterator[Site]:
    """Every site below `body`, in program order."""
    for index, statement in enumerate(body):
        place = (*prefix, index)
        if isinstance(statement, checked.CheckedUpdate):
            trained = frozenset[str]().union(*(contains[m] for m in statement.trained))
            objective, several = statement.objective, _by_gradients(statement)
            yield Site(statement.site, place, objective, trained, several=several)
        elif (taken := taken_by(statement)) is not None:
            yield _site_of(taken, place, contains)
        elif isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery):
            yield from sites_of(statement.body, contains, place)


def _site_of(
    taken: Taken, place: Place, contains: Mapping[str, frozenset[str]]
) -> Site:
    name = gradient_site(taken)
    if isinstance(taken, checked.Gradient):
        return Site(name, place, taken.value, watched=taken.variables)
    if taken.declared:
        return Site(name, place, taken.objective, contains[taken.model.name])
    return Site(name, place, taken.objective, watched=(taken.model,))


def gradient_site(gradient: Taken) -> str:
    """The name of a gradient's site, apart from those of updates."""
    return f"{GRADIENT}{gradient.site}"


def _by_gradients(update: checked.CheckedUpdate) -> bool:
    """Whether several objectives are combined by a gradient for each."""
    listed = isinstance(update.objective, checked.TupleValue)
    return listed and "weigh" not in update.chain.needs


def takes_gradients(part: checked.CheckedStatement | Body) -> bool:
    """Whether a statement, or one of several, takes a gradient by itself."""
    return any(isinstance(n, Taken) for n in walk(part))


def _is_gradient(node: checked.CheckedNode) -> bool:
    """Whether a node reaches something through a gradient alone."""
    if isinstance(node, checked.CallFunction):
        return node.second_order
    return isinstance(node, checked.Gradient)


def _without_gradients(node: Any) -> Any:
    """`node` with nothing in place of what reaches its end through gradients alone."""
    if not any(_is_gradient(n) for n in walk(node)):
        return node
    return rewritten(node, lambda n: NOTHING if _is_gradient(n) else n)


def updates_in(statement: checked.CheckedStatement) -> bool:
    """Whether a statement holds an update, or sets a state."""
    written = checked.CheckedUpdate | checked.CheckedSet
    return any(isinstance(n, written) for n in walk(statement))


def _before(body: Body, place: Place, prefix: Place, earlier: int) -> Iterator[Moment]:
    """What runs before the statement at `place`, with so many passes of the loops
    around it.
    """
    index = place[len(prefix)]
    for position in range(index):
        yield from _run(body[position], (*prefix, position), None)
    here = (*prefix, index)
    statement = body[index]
    if here == place:
        return
    assert isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery)
    if isinstance(statement, checked.CheckedRepeat):
        for _ in range(min(earlier, _passes(statement) - 1)):
            yield from _run_all(statement.body, here, here)
    yield from _before(statement.body, place, here, earlier)


def _run(
    statement: checked.CheckedStatement, place: Place, passed: Place | None
) -> Iterator[Moment]:
    """A statement in whole, or what a loop with updates consists of."""
    if isinstance(statement, checked.CheckedRepeat) and updates_in(statement):
        for _ in range(_passes(statement)):
            yield from _run_all(statement.body, place, passed)
    else:
        yield Moment(place, statement, passed)


def _run_all(body: Body, prefix: Place, passed: Place | None) -> Iterator[Moment]:
    for index, statement in enumerate(body):
        yield from _run(statement, (*prefix, index), passed)


def _passes(statement: checked.CheckedRepeat) -> int:
    """How many passes show everything that is carried from one to another."""
    return min(len(statement.values), 2 + len(statement.carried), MOST_PASSES)


def _recorded(
    moments: Sequence[Moment], site: Site, contains: Mapping[str, frozenset[str]]
) -> list[Moment]:
    """Moments that carry gradient from the objective to what it is taken of."""
    begins = _bound_last(moments, site.variables)
    tainted = {name for name in site.variables if name not in begins}
    chosen = _backward_slice(moments, site)
    recorded = []
    for index, moment in enumerate(moments):
        statement = moment.statement
        if index in chosen and _carries(statement, site.trained, tainted, contains):
            tainted |= names_bound(statement)
            recorded.append(moment)
        else:
            tainted -= names_bound(statement)
        tainted |= {name for name, begin in begins.items() if begin == index}
    return recorded


def is_second_order(
    body: Body, site: Site, contains: Mapping[str, frozenset[str]]
) -> bool:
    """Whether what is taken at `site` reaches something through gradients alone."""
    moments = list(_before(body, site.place, (), 0))
    return _only_through_gradients(moments, site, contains)


def _only_through_gradients(
    moments: Sequence[Moment], site: Site, contains: Mapping[str, frozenset[str]]
) -> bool:
    """Whether some of what a gradient is taken of is reached by no other path; then a
    part of it, such as a bias, may not be reached at all.
    """
    plain = [replace(m, statement=_without_gradients(m.statement)) for m in moments]
    objective = _without_gradients(site.objective)
    known = zip(plain, moments, strict=True)
    if objective is site.objective and all(
        p.statement is m.statement for p, m in known
    ):
        return False
    every = _reached(moments, site, contains)
    return not every <= _reached(plain, replace(site, objective=objective), contains)


def _reached(
    moments: Sequence[Moment], site: Site, contains: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """The models and values that a gradient of the site's objective gets to."""
    path = [m.statement for m in _recorded(moments, site, contains)]
    calls = frozenset[str]().union(
        *(gradient_calls(p) for p in (*path, site.objective))
    )
    names = frozenset[str]().union(
        *(gradient_names(p) for p in (*path, site.objective))
    )
    models = frozenset[str]().union(*(contains.get(c, frozenset()) for c in calls))
    return models & site.trained | names & site.variables


def _bound_last(moments: Sequence[Moment], names: frozenset[str]) -> dict[str, int]:
    found = {}
    for index, moment in enumerate(moments):
        for name in names_bound(moment.statement) & names:
            found[name] = index
    return found


def _carries(
    statement: checked.CheckedStatement,
    trained: frozenset[str],
    tainted: set[str],
    contains: Mapping[str, frozenset[str]],
) -> bool:
    if gradient_names(statement) & tainted:
        return True
    calls = gradient_calls(statement)
    return bool(frozenset[str]().union(*(contains[c] for c in calls)) & trained)


def _backward_slice(moments: Sequence[Moment], site: Site) -> set[int]:
    wanted = set(gradient_names(site.objective) - site.variables)
    chosen: set[int] = set()
    for index in range(len(moments) - 1, -1, -1):
        statement = moments[index].statement
        bound = names_bound(statement)
        if bound & wanted:
            chosen.add(index)
            if not isinstance(statement, checked.CheckedRepeat):
                wanted -= bound
            wanted |= gradient_names(statement) - site.variables
    return chosen


def _home(site: Site, recorded: Sequence[Moment]) -> Place:
    """The innermost body that holds the site and all that it records."""
    home = site.place[:-1]
    for moment in recorded:
        home = _common(home, moment.place[:-1])
        if moment.passed is not None:
            home = _common(home, moment.passed[:-1])
    return home


def _common(left: Place, right: Place) -> Place:
    length = 0
    while length < min(len(left), len(right)) and left[length] == right[length]:
        length += 1
    return left[:length]


def _in_loop(body: Body, home: Place, place: Place) -> bool:
    """Whether the statement at `place` runs several times for one tape made in
    `home`.
    """
    statements = body
    for depth, index in enumerate(place[:-1]):
        statement = statements[index]
        if depth >= len(home) and isinstance(statement, checked.CheckedRepeat):
            return True
        assert isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery)
        statements = statement.body
    return False
