"""Indexing of an example's axes, and what can be read off a value with a dot."""

from dataclasses import replace

from loopc.semantics import checked
from loopc.semantics.checked import (
    AxisLength,
    CheckedExpression,
    Indexing,
    Local,
    Slice,
    Static,
    StaticShape,
)
from loopc.semantics.context import Body
from loopc.semantics.dims import axis_length, indexed, is_dim, sliced, up_to
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.measures import check_measure, is_measure
from loopc.semantics.model_weights import read_layer_weight
from loopc.semantics.operators import written
from loopc.semantics.options import as_int
from loopc.semantics.primitives import as_tensor, streams_meet, tensor_type
from loopc.semantics.static_functions import StaticFailure, apply_static
from loopc.semantics.values import describe_type, failed, is_failed, static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import functions
from loopc.vocabulary.types import (
    INTEGERS,
    Axis,
    InstanceType,
    Kind,
    RecordType,
    TensorType,
)


def check_attribute(body: Body, node: ast.Attribute) -> CheckedExpression:
    """`x.shape`; what else stands after a dot is said to be unknown."""
    if is_measure(body, node):
        return check_measure(body, node)
    value = body.check(node.value)
    if is_failed(value):
        return failed(node.span)
    name = node.name.text
    if isinstance(value.type, RecordType) and isinstance(value, Local):
        return record_field(body, value, node)
    if name == "shape" and isinstance(value.type, TensorType):
        return _shape(value, node.span)
    if isinstance(value.type, InstanceType):
        return read_layer_weight(body, value, node)
    owner = describe_type(value.type)
    if isinstance(value.type, TensorType):
        owner = f"a {owner}"
    known = ("shape",) if isinstance(value.type, TensorType) else ()
    called = name in functions() or name in ("mean", "total")
    help = f"functions stand in front: `{name}(x)`" if called else ""
    span = node.name.span
    body.add(name_errors.unknown_attribute(owner, name, span, known, help))
    return failed(node.span)


def record_field(body: Body, value: Local, node: ast.Attribute) -> CheckedExpression:
    """`t.image`: a field of a record, which has that whole text as its name."""
    assert isinstance(value.type, RecordType)
    fields = dict(value.type.fields)
    name, span = node.name.text, node.name.span
    if name in fields:
        local = f"{value.name}.{name}"
        return Local(span=node.span, type=fields[name], name=local)
    owner = f"the record `{value.name}`"
    body.add(name_errors.unknown_attribute(owner, name, span, list(fields)))
    return failed(node.span)


def _shape(value: CheckedExpression, span: Span) -> Static:
    assert isinstance(value.type, TensorType)
    axes = StaticShape(span=span, tensor=value)
    return static(tuple(value.type.shape), span, axes)


def check_index(body: Body, node: ast.Index) -> CheckedExpression:
    """Index a tensor along the axes of an example, or a list that is known now."""
    value = body.check(node.value)
    if is_failed(value):
        return failed(node.span)
    if isinstance(value, Static) and len(node.items) == 1:
        return _list_index(body, value, node)
    return _tensor_index(body, as_tensor(body, value), node)


def _list_index(body: Body, value: Static, node: ast.Index) -> CheckedExpression:
    item = node.items[0]
    if isinstance(item, ast.Slice):
        return _tensor_index(body, as_tensor(body, value), node)
    index = body.check(item)
    if is_failed(index):
        return failed(node.span)
    if not isinstance(index, Static):
        return _gather(body, as_tensor(body, value), index, node.span)
    try:
        entry = apply_static("index", [value.value, index.value])
    except StaticFailure as failure:
        body.add(value_errors.arithmetic(str(failure), node.span))
        return failed(node.span)
    return static(entry, node.span, _list_written(value, index, node.span))


def _list_written(
    value: Static, index: Static, span: Span
) -> checked.StaticExpression | None:
    shape = value.expression
    if isinstance(shape, StaticShape) and isinstance(index.value, int):
        return replace(shape, index=index.value, span=span)
    return written("index", [value, index], None, span)


def _tensor_index(
    body: Body, value: CheckedExpression, node: ast.Index
) -> CheckedExpression:
    if is_failed(value):
        return failed(node.span)
    type = tensor_type(value)
    if len(node.items) > len(type.shape):
        body.add(errors.too_many_indices(len(type.shape), node.span))
        return failed(node.span)
    items = [_item(body, item) for item in node.items]
    if any(item is None for item in items):
        return failed(node.span)
    first = items[0]
    if isinstance(first, CheckedExpression) and not isinstance(first, Static):
        if len(items) == 1:
            return _gather(body, value, first, node.span)
        what = "an index of several axes by a tensor"
        body.add(name_errors.not_implemented(what, node.span))
        return failed(node.span)
    return _static_index(body, value, items, node)


def _item(
    body: Body, item: ast.Expression | ast.Slice
) -> CheckedExpression | Slice | None:
    if isinstance(item, ast.Slice):
        return _slice(body, item)
    value = body.check(item)
    if is_failed(value):
        return None
    if isinstance(value, Static) and not _is_int(value):
        found = describe_type(value.type)
        body.add(value_errors.wrong_type("an index", "an int", found, value.span))
        return None
    return value


def _is_int(value: Static) -> bool:
    return isinstance(value.value, int) and not isinstance(value.value, bool)


def _slice(body: Body, node: ast.Slice) -> Slice | None:
    ends: list[Static | None] = []
    for end in (node.start, node.stop):
        if isinstance(end, ast.Name) and is_dim(body.context, end.text):
            return _up_to(body, ends, end)
        value = None if end is None else as_int(body, "the end of a slice", end)
        if end is not None and value is None:
            return None
        ends.append(value)
    return Slice(start=ends[0], stop=ends[1])


def _up_to(body: Body, ends: list[Static | None], dim: ast.Name) -> Slice | None:
    """`position[0:time]`: as many as the axis is long, from the front."""
    if len(ends) != 1 or _end(ends[0]) not in (None, 0):
        what = "a slice up to an axis, but not from the front,"
        body.add(name_errors.not_implemented(what, dim.span))
        return None
    length = axis_length(body, dim)
    return None if length is None else Slice(start=None, stop=length)


def _static_index(
    body: Body,
    value: CheckedExpression,
    items: list[CheckedExpression | Slice | None],
    node: ast.Index,
) -> CheckedExpression:
    type = tensor_type(value)
    shape: list[Axis] = []
    kept = tuple(item for item in items if item is not None)
    for length, item in zip(type.shape, kept, strict=False):
        if isinstance(item, Slice):
            kept_length = _sliced(body, length, item, node.span)
            if kept_length is None:
                return failed(node.span)
            shape.append(kept_length)
        elif not _in_range(body, item, length):
            return failed(node.span)
    shape.extend(type.shape[len(kept) :])
    result = replace(type, shape=tuple(shape), kind=_kind(type, shape), weak=False)
    return Indexing(span=node.span, type=result, value=value, items=kept)


def _kind(type: TensorType, shape: list[Axis]) -> Kind:
    """Logits and probabilities stay so while their class axis is whole."""
    if type.kind == "class" or (type.shape and shape and shape[-1] == type.shape[-1]):
        return type.kind
    return "value" if type.kind == "logits" else type.kind


def _sliced(body: Body, length: Axis, item: Slice, span: Span) -> Axis | None:
    if isinstance(item.stop, AxisLength):
        return up_to(body, length, item.stop, span)
    if not isinstance(length, int):
        return sliced(body, length, item, span)
    return len(range(length)[_end(item.start) : _end(item.stop)])


def _end(value: Static | AxisLength | None) -> int | None:
    number = value.value if isinstance(value, Static) else None
    return number if isinstance(number, int) else None


def _in_range(body: Body, item: CheckedExpression, length: Axis) -> bool:
    if not isinstance(item, Static):
        return False
    assert isinstance(item.value, int)
    if not isinstance(length, int):
        return indexed(body, length, item.value, item.span)
    if -length <= item.value < length:
        return True
    body.add(errors.index_range(item.value, length, item.span))
    return False


def _gather(
    body: Body, value: CheckedExpression, index: CheckedExpression, span: Span
) -> CheckedExpression:
    """`table[codes]`: rows of a plain table by integer labels."""
    index = as_tensor(body, index)
    if is_failed(value) or is_failed(index):
        return failed(span)
    table, codes = tensor_type(value), tensor_type(index)
    if codes.dtype not in INTEGERS:
        found = str(codes)
        body.add(value_errors.wrong_type("an index", "an int", found, index.span))
        return failed(span)
    if not streams_meet(body, [value, index]):
        return failed(span)
    if not table.shape:
        body.add(errors.too_many_indices(0, span))
        return failed(span)
    if body.inside == "model" and table.per_example and codes.per_example:
        what = "an index of each example in a model"
        body.add(name_errors.not_implemented(what, index.span))
        return failed(span)
    stream = table.stream or codes.stream
    shape = (*codes.shape, *table.shape[1:])
    coupled = table.coupled or codes.coupled
    type = TensorType(table.dtype, shape, stream=stream, coupled=coupled)
    return Indexing(span=span, type=type, value=value, items=(index,))
