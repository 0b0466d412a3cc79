"""Which declared schedules a script makes, and which of them each part reads."""

from collections.abc import Iterator

from loopc.planning.walk import children
from loopc.semantics import checked
from loopc.semantics.checked.schedule_lengths import Named, names_read


def schedules_made(
    program: checked.CheckedProgram,
) -> tuple[checked.CheckedSchedule, ...]:
    """Declared schedules that something reads by name, each after those it reads.

    One with `rest` that only others join is written out there, where its rest begins.
    """
    named = {s.name: s for s in program.schedules}
    origins = (m.origin for m in program.models if m.origin is not None)
    roots = (*program.trains, *program.functions, *origins)
    read = {name for root in roots for name in names_in(root, named)}
    read |= {n for s in program.schedules for n in names_in(s, named)}
    ordered: dict[str, None] = {}
    for schedule in program.schedules:
        _order(schedule.name, named, ordered)
    return tuple(named[name] for name in ordered if name in read)


def _order(name: str, named: Named, ordered: dict[str, None]) -> None:
    """What a schedule reads is made before it; none reads itself."""
    for inner in names_in(named[name], named):
        if inner not in ordered:
            _order(inner, named, ordered)
    ordered[name] = None


def names_in(node: checked.CheckedNode, named: Named) -> Iterator[str]:
    """The schedules that are read by their name below `node`."""
    for inner in shallow(node):
        if not isinstance(inner, checked.CheckedSchedule):
            continue
        if inner.name and inner is not node:
            yield inner.name
        else:
            found = names_read(inner.body, named)
            yield from (name for name, written_out in found if not written_out)


def shallow(node: object, *, chains: bool = True) -> Iterator[checked.CheckedNode]:
    """Everything below `node`, but nothing inside the named schedules that it reads.

    Nor inside chains, whose schedules are their own, where `chains` is false.
    """
    waiting = list(_below(node))
    while waiting:
        top = waiting.pop()
        yield top
        named = isinstance(top, checked.CheckedSchedule) and bool(top.name)
        closed = named or (isinstance(top, checked.CheckedChain) and not chains)
        if not closed or top is node:
            waiting.extend(children(top))


def _below(node: object) -> Iterator[checked.CheckedNode]:
    if isinstance(node, checked.CheckedNode):
        yield node
    elif isinstance(node, tuple):
        yield from (item for part in node for item in _below(part))
