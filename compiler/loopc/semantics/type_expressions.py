"""Types as written: `f32[28, 28]`, `class(10)`, `logits[10]`, `int`."""

from loopc.semantics.checked import Static
from loopc.semantics.context import Body
from loopc.semantics.dims import dim_named, is_dim
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import as_int
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.types import Axis, Dtype, Kind, TensorType

DTYPES: tuple[Dtype, ...] = ("f16", "bf16", "f32", "f64", "i32", "i64", "u8", "bool")
KINDS: tuple[Kind, ...] = ("logits", "probabilities")
TENSORS = (*DTYPES, "class", *KINDS)
FIELD_DTYPES = frozenset({"f32", "i32", "bool"})
STATICS = ("int", "float", "duration")


def check_tensor_type(body: Body, node: ast.TypeExpression) -> TensorType | None:
    """Resolve a tensor type, plain; None where it was complained about."""
    base = node.base.text
    if base not in TENSORS:
        guess = suggest(base, TENSORS)
        body.add(name_errors.unknown_type(base, node.base.span, guess, TENSORS))
        return None
    shape = _axes(body, node.axes or ())
    if base == "class":
        return _class_type(body, node, shape)
    if node.arguments:
        span, help = node.arguments[0].span, f"axes stand in brackets: `{base}[28, 28]`"
        body.add(name_errors.too_many_arguments(base, 0, span, help))
        return None
    if shape is None:
        return None
    if base in KINDS:
        return TensorType("f32", shape, kind=base)
    assert base in DTYPES
    return TensorType(base, shape)


def _class_type(
    body: Body, node: ast.TypeExpression, shape: tuple[Axis, ...] | None
) -> TensorType | None:
    if len(node.arguments) != 1:
        body.add(errors.missing_part(
            "`class` needs the number of classes", node.span, "write `class(10)`"
        ))  # fmt: skip
        return None
    classes = as_int(body, "the number of classes", node.arguments[0], 2)
    if classes is None or shape is None or not isinstance(classes.value, int):
        return None
    return TensorType("i32", shape, kind="class", classes=classes.value)


def _axes(body: Body, axes: tuple[ast.Expression, ...]) -> tuple[Axis, ...] | None:
    lengths = [_axis(body, axis) for axis in axes]
    known = tuple(length for length in lengths if length is not None)
    return known if len(known) == len(lengths) else None


def _axis(body: Body, node: ast.Expression) -> Axis | None:
    if isinstance(node, ast.Name) and is_dim(body.context, node.text):
        dim = dim_named(body.context, node.text)
        return None if dim is None else dim.name
    length: Static | None = as_int(body, "the length of an axis", node, 1)
    if length is None or not isinstance(length.value, int):
        return None
    return length.value
