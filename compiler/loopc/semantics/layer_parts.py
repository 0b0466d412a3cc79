"""Names of the parts of a model whose gradients are followed apart: its layers."""

from loopc.semantics.checked import ApplyLayer, Construct
from loopc.semantics.layers import weights_of
from loopc.vocabulary import layers
from loopc.vocabulary.entry import Mismatch
from loopc.vocabulary.types import TensorType

LAYER = "/"  # between a model and a layer of it, whose weights are a source besides
LOOSE = "~"  # in front of what has no path of its own: `net/~block`
PASS = "#"  # in front of the passes of the loops around a layer: `net/~dense#0`
PENALTY = "?"  # what a penalty on the weights of a model reaches besides


def part_source(
    owner: str, instance: str, passes: str = "", *, loose: bool = False
) -> str:
    """The source of the weights of one layer: `net/dense`, `net/~dense#1`."""
    mark = LOOSE if loose or passes else ""
    return f"{owner}{LAYER}{mark}{instance}" + (f"{PASS}{passes}" if passes else "")


def penalized(owner: str) -> str:
    """The source that tells of a penalty on the weights of a model."""
    return f"{owner}{LAYER}{PENALTY}"


def is_loose(source: str) -> bool:
    """Whether a source is of a layer without a path of its own."""
    return LOOSE in source


def part_name(source: str) -> str:
    """A part as people call it: `net/block`."""
    return source.replace(LOOSE, "").split(PASS)[0]


def has_weights(value: ApplyLayer, construct: Construct | None) -> bool:
    """Whether an application of what `construct` makes trains something."""
    if construct is None or construct.template:
        return True
    types = [item.type for item in value.inputs]
    tensors = tuple(t for t in types if isinstance(t, TensorType))
    try:
        return weights_of(layers()[construct.layer], construct, tensors)[0] > 0
    except Mismatch:
        return True
