"""Walking checked trees without recursion: the nodes below a node, names in them."""

from collections.abc import Iterator, Mapping
from types import NoneType

from loopc.semantics.checked import (
    CheckedAssign,
    CheckedNode,
    CheckedRepeat,
    CheckedStatement,
    Local,
)
from loopc.source import Span
from loopc.vocabulary.types import TensorType

# Whether one of these is a mapping takes long to ask, and most of what is met is one.
PLAIN = (str, int, float, NoneType, Span, TensorType)


def walk(root: object) -> Iterator[CheckedNode]:
    """Yield `root` and every checked node below it."""
    stack: list[object] = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, CheckedNode):
            yield top
            stack += [getattr(top, name) for name in top.__dataclass_fields__]
        elif isinstance(top, tuple):
            stack += top
        elif not isinstance(top, PLAIN) and isinstance(top, Mapping):
            stack += top.values()


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
