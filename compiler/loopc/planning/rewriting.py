"""Checked trees with some of their nodes replaced."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeAlias

from loopc.semantics import checked

Change: TypeAlias = Callable[[checked.CheckedNode], checked.CheckedNode]


def rewritten(node: Any, change: Change) -> Any:
    """`node` with `change` made to every node in it, the inner ones first."""
    if isinstance(node, tuple):
        return tuple(rewritten(item, change) for item in node)
    if isinstance(node, Mapping):
        return {key: rewritten(item, change) for key, item in node.items()}
    if not isinstance(node, checked.CheckedNode | checked.Slice):
        return node
    changes = {f.name: rewritten(getattr(node, f.name), change) for f in fields(node)}
    made = replace(node, **changes)
    return change(made) if isinstance(made, checked.CheckedNode) else made
