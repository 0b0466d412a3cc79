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


def rewritten_trains(
    program: checked.CheckedProgram, change: Change
) -> tuple[checked.CheckedTrain, ...]:
    """The loops of a program with `change` made in their steps and evals."""

    def evals(train: checked.CheckedTrain) -> tuple[checked.CheckedEval, ...]:
        return tuple(replace(e, body=rewritten(e.body, change)) for e in train.evals)

    return tuple(
        replace(train, body=rewritten(train.body, change), evals=evals(train))
        for train in program.trains
    )
