"""Fields: typed columns, expressions over them, what is fitted on a split."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.checked import (
    Category,
    CheckedExpression,
    CheckedField,
    ColumnValue,
    RealPositions,
    Standardized,
    Words,
)
from loopc.semantics.context import Body
from loopc.semantics.dims import padded_shape
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as shape_errors
from loopc.semantics.field_readers import FieldReader
from loopc.semantics.masks import mask_name, mask_type
from loopc.semantics.primitives import tensor_type
from loopc.semantics.type_expressions import FIELD_DTYPES, check_tensor_type
from loopc.semantics.values import is_failed
from loopc.semantics.walk import walk
from loopc.syntax import ast
from loopc.vocabulary.types import INTEGERS, MODEL_STREAM, TensorType


def check_field(
    body: Body, node: ast.FieldDeclaration, splits: Sequence[str]
) -> CheckedField | None:
    """Check a field's type and value; None where it was complained about."""
    type = check_tensor_type(body, node.type)
    if type is None or not _storable(body, node, type):
        return None
    varying = replace(type, stream=MODEL_STREAM)
    if node.value is None:
        name, span = node.name.text, node.name.span
        value: CheckedExpression = ColumnValue(span=span, type=varying, columns=(name,))
    else:
        value = FieldReader(body, varying, splits).read(node.value)
    if is_failed(value) or not _fits(body, node, value, varying):
        return None
    return CheckedField(
        span=node.name.span,
        name=node.name.text,
        type=type,
        value=value,
        columns=_columns(value),
        padded=padded_shape(body.context, type.shape),
    )


def mask_fields(item: CheckedField) -> tuple[CheckedField, ...]:
    """The mask of a field of words of varying number; of others there is none."""
    words = next((n for n in walk(item.value) if isinstance(n, Words)), None)
    type = mask_type(item.type)
    if words is None or type is None:
        return ()
    varying = replace(type, stream=MODEL_STREAM)
    value = RealPositions(span=item.span, type=varying, column=words.column)
    name = mask_name(item.name)
    return (replace(item, name=name, type=type, value=value),)


def _storable(body: Body, node: ast.FieldDeclaration, type: TensorType) -> bool:
    if type.kind in ("value", "class", "probabilities") and type.dtype in FIELD_DTYPES:
        return True
    base, span = node.type.base.text, node.type.base.span
    known = ("f32", "i32", "bool", "class")
    guess = {"i64": "i32", "u8": "i32"}.get(base, "f32")
    body.add(name_errors.unknown_type(base, span, guess, known))
    return False


def _fits(
    body: Body,
    node: ast.FieldDeclaration,
    value: CheckedExpression,
    declared: TensorType,
) -> bool:
    found = tensor_type(value)
    integers = found.dtype in INTEGERS and declared.dtype in INTEGERS
    same = found.dtype == declared.dtype or integers
    if found.shape == declared.shape and same:
        return True
    what = f"field `{node.name.text}`"
    shown = [str(replace(t, stream=None)) for t in (declared, found)]
    span, place = value.span, node.type.span
    body.add(shape_errors.result_type(what, shown[0], shown[1], span, place))
    return False


def _columns(value: CheckedExpression) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for node in walk(value):
        if isinstance(node, ColumnValue | Standardized):
            names.update(dict.fromkeys(node.columns))
        elif isinstance(node, Category | Words):
            names[node.column] = None
    return tuple(names)
