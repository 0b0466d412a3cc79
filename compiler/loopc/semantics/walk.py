"""Walking checked trees without recursion: every node below a node."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from loopc.semantics.checked import CheckedNode


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
