"""Walking checked trees: the nodes below a node, the names it reads, the models it
calls.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from loopc.semantics import checked
from loopc.semantics.walk import names_bound as names_bound
from loopc.semantics.walk import names_read as names_read
from loopc.vocabulary.types import ModelType


def children(node: object) -> Iterator[checked.CheckedNode]:
    """The checked nodes directly below `node`, in field order."""
    if not is_dataclass(node):
        return
    for item in fields(node):
        yield from _nodes_in(getattr(node, item.name))


def _nodes_in(value: object) -> Iterator[checked.CheckedNode]:
    if isinstance(value, checked.CheckedNode):
        yield value
    elif isinstance(value, checked.Slice):
        yield from children(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _nodes_in(item)


def walk(node: object) -> Iterator[checked.CheckedNode]:
    """`node` and everything below it, depth first, without recursion."""
    stack = [node] if isinstance(node, checked.CheckedNode) else list(_nodes_in(node))
    stack.reverse()
    while stack:
        top = stack.pop()
        if isinstance(top, checked.CheckedNode):
            yield top
            stack.extend(reversed(list(children(top))))


def calls(node: object) -> frozenset[str]:
    """Names of the models and functions that `node` calls, and of weights and states
    that it reads or sets; they share a namespace.
    """
    found = set()
    for part in walk(node):
        if isinstance(part, checked.CallModel):
            found.add(part.model)
        elif isinstance(part, checked.CallFunction):
            found.add(part.function)
        elif isinstance(part, checked.WeightValue | checked.StateValue):
            found.add(part.name)
        elif isinstance(part, checked.CheckedSet):
            found.add(part.state)
        elif isinstance(part, checked.CheckedExpression) and isinstance(
            part.type, ModelType
        ):
            found.add(part.type.model)
    return frozenset(found)
