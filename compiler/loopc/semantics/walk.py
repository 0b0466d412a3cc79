"""Walking checked trees without recursion: the nodes below a node, names in them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from loopc.semantics.checked import (
    CheckedAssign,
    CheckedNode,
    CheckedRepeat,
    CheckedStatement,
    Local,
)


def walk(root: object) -> Iterator[CheckedNode]:
    """Yield `root` and every checked node below it."""
    stack: list[object] = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, CheckedNode):
            yield top
            stack.extend(getattr(top, item.name) for item in fields(top))
        elif isinstance(top, tuple):
            stack.extend(top)
        elif isinstance(top, Mapping):
            stack.extend(top.values())


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
