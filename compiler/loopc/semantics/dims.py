"""`dim` declarations, and how varying axes meet lengths: in slices and in calls."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.checked import AxisLength, CheckedDim, Slice, Static
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import sequences as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.options import as_int, as_static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.axes import shifted, split_axis, substituted
from loopc.vocabulary.types import BATCH_AXIS, Axis, TensorType, TupleType, ValueType

LONGEST_BATCH = 2**31


def check_dim_named(context: Context, node: ast.Dim) -> CheckedDim | None:
    """Check a dim once; None where it was complained about."""
    name = node.name.text
    if name not in context.dims:
        context.dims[name] = _check_dim(context, node)
    return context.dims[name]


def _check_dim(context: Context, node: ast.Dim) -> CheckedDim | None:
    body = Body(context, "static")
    low = as_int(body, "the shortest length", node.range.low, 1)
    high = as_int(body, "the longest length", node.range.high, 1)
    if low is None or high is None:
        return None
    assert isinstance(low.value, int)
    assert isinstance(high.value, int)
    if low.value > high.value:
        context.add(value_errors.bad_range(node.range.span))
        return None
    buckets = _buckets(body, node, low.value, high.value)
    if buckets is None:
        return None
    return CheckedDim(
        span=node.name.span,
        name=node.name.text,
        low=low,
        high=high,
        buckets=buckets,
    )


def _buckets(body: Body, node: ast.Dim, low: int, high: int) -> tuple[int, ...] | None:
    """Lengths that ascend to the longest; () where none are written."""
    if node.buckets is None:
        return ()
    value = as_static(body, "`buckets`", node.buckets)
    if value is None:
        return None
    found = value.value if isinstance(value.value, tuple) else ()
    lengths = tuple(n for n in found if isinstance(n, int) and not isinstance(n, bool))
    ascending = lengths == tuple(sorted(set(lengths)))
    if len(lengths) < max(1, len(found)) or not ascending:
        body.add(errors.bad_buckets("they do not ascend", low, high, value.span))
        return None
    if lengths[0] < low or lengths[-1] != high:
        fact = f"they do not lead to {high} from {low} or more"
        body.add(errors.bad_buckets(fact, low, high, value.span))
        return None
    return lengths


def dim_named(context: Context, name: str) -> CheckedDim | None:
    """The checked dim of that name; None if there is none, or once said."""
    declaration = context.declarations.use(name)
    if not isinstance(declaration, ast.Dim):
        return None
    return check_dim_named(context, declaration)


def is_dim(context: Context, name: str) -> bool:
    """Whether a name is that of a dim."""
    return isinstance(context.declarations.find(name), ast.Dim)


def bounds(context: Context, axis: Axis) -> tuple[int, int]:
    """The shortest and the longest that an axis may be."""
    if isinstance(axis, int):
        return axis, axis
    name, offset = split_axis(axis)
    if name == BATCH_AXIS:  # of `whole_batch`: no batch is empty
        return 1 + offset, LONGEST_BATCH + offset
    dim = context.dims[name]
    assert dim is not None
    assert isinstance(dim.low.value, int)
    assert isinstance(dim.high.value, int)
    return dim.low.value + offset, dim.high.value + offset


def buckets_of(context: Context, axis: Axis) -> tuple[int, ...]:
    """The lengths that batches are cut to along an axis, () where there are none."""
    dim = context.dims.get(axis) if isinstance(axis, str) else None
    return () if dim is None else dim.buckets


def padded_shape(context: Context, shape: Sequence[Axis]) -> tuple[int, ...]:
    """The lengths that examples are padded to."""
    return tuple(bounds(context, axis)[1] for axis in shape)


def varies(type: ValueType) -> bool:
    """Whether a value has an axis of varying length."""
    if isinstance(type, TupleType):
        return any(map(varies, type.items))
    axes = type.shape if isinstance(type, TensorType) else ()
    names = (split_axis(axis)[0] for axis in axes if isinstance(axis, str))
    return any(name != BATCH_AXIS for name in names)


# ------------------------------------------------------------------------------ slices


def sliced(body: Body, axis: str, item: Slice, span: Span) -> Axis | None:
    """What a slice leaves of a varying axis; None where that would read padding."""
    start, stop = _end(item.start), _end(item.stop)
    if start is not None and start < 0:
        body.add(errors.reads_padding(axis, span))
        return None
    if stop is None or stop < 0:
        return shifted(axis, (stop or 0) - (start or 0))
    if stop > bounds(body.context, axis)[0]:
        body.add(errors.beyond_shortest(axis, bounds(body.context, axis)[0], span))
        return None
    return max(0, stop - (start or 0))


def axis_length(body: Body, dim: ast.Name) -> AxisLength | None:
    """How long an axis is here; None, once said, where no input of a model has it."""
    if dim_named(body.context, dim.text) is None:
        return None
    names = body.scope.names if body.place == "model" else {}
    for binding in names.values():
        type = binding.value.type
        if binding.given and isinstance(type, TensorType) and dim.text in type.shape:
            position = type.shape.index(dim.text)
            return AxisLength(span=dim.span, input=binding.value, position=position)
    body.add(errors.no_such_axis(dim.text, dim.span))
    return None


def up_to(body: Body, length: Axis, stop: AxisLength, span: Span) -> Axis | None:
    """The axis that a slice up to the length of another one leaves."""
    type = stop.input.type
    assert isinstance(type, TensorType)
    axis = type.shape[stop.position]
    assert isinstance(axis, str)
    longest = bounds(body.context, axis)[1]
    if isinstance(length, int) and length < longest:
        body.add(errors.table_too_short(length, axis, longest, span))
        return None
    return axis


def indexed(body: Body, axis: str, index: int, span: Span) -> bool:
    """Whether every example has a position; says so if not."""
    shortest = bounds(body.context, axis)[0]
    if index < 0:
        body.add(errors.reads_padding(axis, span))
    elif index >= shortest:
        body.add(errors.beyond_shortest(axis, shortest, span))
    return 0 <= index < shortest


def _end(value: object) -> int | None:
    found = value.value if isinstance(value, Static) else None
    return found if isinstance(found, int) else None


# ------------------------------------------------------------------------------- calls


def matched(
    context: Context, found: TensorType, declared: TensorType, lengths: dict[str, Axis]
) -> TensorType:
    """The declared type with its dims as long as those of what is given.

    `lengths` holds what the dims of this call stand for, and learns the new ones.
    """
    if len(found.shape) != len(declared.shape):
        return declared
    for given, wanted in zip(found.shape, declared.shape, strict=True):
        if isinstance(wanted, str):
            name, offset = split_axis(wanted)
            length = shifted(given, -offset)
            if name not in lengths and _within(context, length, name):
                lengths[name] = length
    return called_type(declared, lengths)


def _within(context: Context, length: Axis, name: str) -> bool:
    """Whether a dim may be that long; a shorter one is only short of padding."""
    shortest, longest = bounds(context, name)
    low, high = bounds(context, length)
    return high <= longest and (isinstance(length, str) or shortest <= low)


def called_type(type: TensorType, lengths: dict[str, Axis]) -> TensorType:
    """A type of the model as a caller sees it."""
    shape = tuple(substituted(axis, lengths) for axis in type.shape)
    return replace(type, shape=shape)
