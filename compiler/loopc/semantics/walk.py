"""Walking checked trees without recursion: the nodes below a node, names in them."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType

from loopc.records import field_names
from loopc.semantics.checked import (
    CheckedAssign,
    CheckedNode,
    CheckedRepeat,
    CheckedStatement,
    Local,
)

# Most of what is met is one of these; whether it is a mapping takes long to ask.
LEAVES = {str, int, float, bool, NoneType}


def walk(root: object) -> Iterator[CheckedNode]:
    """Yield `root` and every checked node below it."""
    stack: list[object] = [root]
    while stack:
        top = stack.pop()
        kind: type = type(top)
        if kind in LEAVES:
            continue
        if isinstance(top, tuple):
            stack += top
        elif isinstance(top, CheckedNode):
            yield top
            stack += [getattr(top, name) for name in _parts(kind)]
        elif isinstance(top, Mapping):
            stack += top.values()


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """The fields of nodes of this kind that may hold others."""
    return tuple(n for n in field_names(kind) if n not in ("span", "type"))


def names_read(node: object) -> frozenset[str]:
    """The names of locals that `node` reads."""
    return frozenset(n.name for n in walk(node) if isinstance(n, Local))


def names_bound(statement: CheckedStatement) -> frozenset[str]:
    """The names that a statement binds, those inside a loop too."""
    if isinstance(statement, CheckedAssign):
        return frozenset(statement.names)
    if isinstance(statement, CheckedRepeat):
        inner = (names_bound(s) for s in statement.body)
        return frozenset(statement.names).union(*inner)
    return frozenset()
