"""Where gradients go: the names and models that a statement passes them on to."""

from collections.abc import Iterator

from loopc.planning.walk import children
from loopc.semantics import checked
from loopc.vocabulary import functions, losses
from loopc.vocabulary.types import ModelType, TensorType


def gradient_nodes(node: object) -> Iterator[checked.CheckedNode]:
    """`node` and what a gradient of it reaches: nothing behind `argmax`, `round`,
    `stop_gradient`, a comparison or an int.
    """
    stack = list(children(node)) if isinstance(node, tuple) else [node]
    while stack:
        top = stack.pop()
        if not isinstance(top, checked.CheckedNode) or _cuts(top):
            continue
        yield top
        if isinstance(top, checked.UpdatedModel) and top.order == 1:
            stack.append(top.model)  # the step is taken as constant
            continue
        if isinstance(top, checked.Random):
            stack.extend(top.options.values())  # what gives the batch gives no value
        elif isinstance(top, checked.CallFunction):
            given = enumerate(top.arguments)
            stack.extend(item for i, item in given if i not in top.cuts)
        else:
            stack.extend(children(top))


def _cuts(node: checked.CheckedNode) -> bool:
    if not isinstance(node, checked.Primitive):
        return False
    entry = functions().get(node.name) or losses().get(node.name)
    kind = node.type
    floating = not isinstance(kind, TensorType) or kind.is_float
    return not floating or not (entry is None or entry.differentiable)


def gradient_names(node: object) -> frozenset[str]:
    """Names that `node` reads and hands gradients on to."""
    nodes = gradient_nodes(node)
    return frozenset(n.name for n in nodes if isinstance(n, checked.Local))


def gradient_calls(node: object) -> frozenset[str]:
    """Models and functions that `node` calls and hands gradients on to, and weights
    outside of models that it reads; they share a namespace.
    """
    found = set()
    for part in gradient_nodes(node):
        if isinstance(part, checked.CallModel):
            found.add(part.model)
        elif isinstance(part, checked.CallFunction):
            found.add(part.function)
        elif isinstance(part, checked.WeightValue):
            found.add(part.name)
        elif isinstance(part, checked.CheckedExpression) and isinstance(
            part.type, ModelType
        ):
            found.add(part.type.model)
    return frozenset(found)
