"""What cannot stand in an objective that a chain computes in passes of its own."""

from collections.abc import Iterator

from loopc.semantics.checked import (
    CallModel,
    CheckedNode,
    CheckedTrain,
    CheckedUpdate,
    Gradient,
    Primitive,
    Random,
)
from loopc.semantics.context import Context
from loopc.semantics.errors import gradients as errors
from loopc.semantics.parts import couples
from loopc.semantics.walk import walk
from loopc.vocabulary import layers

AGAIN = frozenset({"evaluate", "hessian_vector", "observe", "per_example"})


def verify_passes(context: Context, train: CheckedTrain) -> None:
    """Refuse what passes of a chain cannot do, at the place where it stands."""
    updates = [n for n in walk(train.body) if isinstance(n, CheckedUpdate)]
    again = [u for u in updates if u.chain.needs & AGAIN]
    if not again:
        return
    for node in walk(train.body):
        if isinstance(node, Gradient):
            place = again[0].chain.span
            context.add(errors.gradient_in_passes(node.span, place))
            return
    apart = [u for u in again if "per_example" in u.chain.needs]
    for node, what in _mixing(context, train) if apart else ():
        context.add(errors.examples_not_apart(what, node.span, apart[0].chain.span))
        return


def _mixing(context: Context, train: CheckedTrain) -> Iterator[tuple[CheckedNode, str]]:
    """Draws, and models in which examples see each other or layers draw."""
    for node in walk(train.body):
        if isinstance(node, Random):
            yield node, "a random draw"
        if isinstance(node, Primitive) and (node.site is not None or couples(node)):
            yield node, f"`{node.name}`"
        if isinstance(node, CallModel):
            model = context.models.get(node.model)
            for layer in () if model is None else model.layers:
                entry = layers().get(layer.layer)
                if entry is not None and (entry.coupled or entry.random):
                    yield node, f"`{layer.layer}` in `{node.model}`"
