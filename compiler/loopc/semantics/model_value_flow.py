"""Gradients and model values in the flow: what they are taken of, and made of."""

from collections.abc import Collection, Sequence

from loopc.semantics.checked import (
    CheckedFunction,
    CheckedStatement,
    Gradient,
    Local,
    UpdatedModel,
)
from loopc.semantics.flows import INPUT, Flow
from loopc.semantics.layer_parts import LAYER, part_name
from loopc.semantics.walk import walk
from loopc.vocabulary.types import ModelType


def variables_of(node: Gradient | UpdatedModel) -> tuple[Local, ...]:
    """The values that a gradient is taken with respect to."""
    return node.variables if isinstance(node, Gradient) else (node.model,)


def model_of(value: Local) -> str:
    """The declared model that a model value is of."""
    assert isinstance(value.type, ModelType)
    return value.type.model


def takes_gradients(body: Sequence[CheckedStatement]) -> bool:
    """Whether some statement takes a gradient, or a model one step further."""
    return any(isinstance(n, Gradient | UpdatedModel) for n in walk(tuple(body)))


def given_to(function: CheckedFunction) -> tuple[dict[str, Flow], dict[str, str]]:
    """The flow of each parameter of a function, and the models among them."""
    kinds = dict(function.parameters)
    flows = {name: Flow(frozenset({(INPUT, i)})) for i, name in enumerate(kinds)}
    return flows, {n: k.model for n, k in kinds.items() if isinstance(k, ModelType)}


def weights_read(weights: Flow, output: Flow, owners: Collection[str]) -> Flow:
    """Of the `weights` of a model, those that one `output` of it is computed by.

    What these weights were made of besides, other models and values, is kept.
    """
    names = {name for name, _ in output.reaches}
    kept = frozenset(
        (name, version)
        for name, version in weights.reaches
        if name in names or name.split(LAYER)[0] not in owners
    )
    return Flow(kept, weights.cuts)


def uneven_parts(outputs: Sequence[Flow]) -> set[str]:
    """Parts of a model that some of its outputs read, and others do not."""
    read = [
        {part_name(name) for name, _ in output.reaches if LAYER in name}
        for output in outputs
    ]
    return set().union(*read) - (read[0].intersection(*read) if read else set())
