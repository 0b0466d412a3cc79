"""`keras.Input` for a declared tensor, and networks of shared templates."""

from loopc.codegen.literals import literal, string
from loopc.planning.walk import walk
from loopc.semantics import checked
from loopc.vocabulary.types import TensorType

KERAS_DTYPES = {
    "f32": "",
    "i32": "int32",
    "i64": "int64",
    "bool": "bool",
    "u8": "uint8",
}


def keras_input(kind: TensorType, name: str = "") -> str:
    """`keras.Input((28, 28), name="image")`; `name` is Python text, or left out."""
    shape = literal(tuple(a if isinstance(a, int) else None for a in kind.shape))
    dtype = KERAS_DTYPES[kind.dtype]
    given = [shape, *([f"dtype={string(dtype)}"] if dtype else [])]
    given += [f"name={name}"] if name else []
    return f"keras.Input({', '.join(given)})"


def shared_inputs(body: object) -> dict[str, tuple[TensorType, ...]]:
    """The inputs of each named layer of a body at its first application."""
    found: dict[str, tuple[TensorType, ...]] = {}
    for node in walk(body):
        if isinstance(node, checked.ApplyLayer) and isinstance(
            node.construct, checked.Local
        ):
            kinds = tuple(i.type for i in node.inputs if isinstance(i.type, TensorType))
            found.setdefault(node.construct.name, kinds)
    return found


def layers_read(body: object) -> frozenset[str]:
    """Named layers of which the body reads a weight."""
    nodes = (n for n in walk(body) if isinstance(n, checked.ReadWeight))
    return frozenset(n.layer.name for n in nodes)
