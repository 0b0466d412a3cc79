"""Functions of the vocabulary on tensors: operands typed, streams joined."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.checked import (
    CheckedExpression,
    ConstantTable,
    Primitive,
    Static,
    StaticExpression,
    StaticLiteral,
    StaticName,
    StaticOperation,
)
from loopc.semantics.context import Body
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.values import (
    describe_type,
    failed,
    is_failed,
    plain_options,
    static,
    weak_type,
)
from loopc.source import Span
from loopc.vocabulary import functions
from loopc.vocabulary.entry import FunctionEntry, Mismatch
from loopc.vocabulary.types import MODEL_STREAM, ScheduleType, TensorType, TupleType

OPERATORS = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "//",
        "^",
        "@",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "and",
        "or",
        "not",
    ]
)


ARITHMETIC = {
    ("+", 2): "add",
    ("-", 2): "subtract",
    ("*", 2): "multiply",
    ("/", 2): "divide",
    ("^", 2): "power",
    ("-", 1): "negate",
}


def as_tensor(body: Body, value: CheckedExpression) -> CheckedExpression:
    """A value where a tensor is expected; says so where it is none.

    Static numbers stay Static (they are printed as numbers), a list that has a name
    becomes the constant table of that name.
    """
    if is_failed(value) or isinstance(value.type, TensorType):
        return value
    if isinstance(value, Static):
        return _static_operand(body, value)
    if isinstance(value.type, ScheduleType):
        return value
    found, help = describe_type(value.type), ""
    if isinstance(value.type, TupleType):
        names = ", ".join("abcdefgh"[: len(value.type.items)])
        help = f"take them apart: `{names} = ...`"
    body.add(value_errors.wrong_type("this", "a tensor", found, value.span, help))
    return failed(value.span)


def _static_operand(body: Body, value: Static) -> CheckedExpression:
    if weak_type(value) is not None:
        return value
    if isinstance(value.value, tuple):
        return _table(body, value)
    found = describe_type(value.type)
    body.add(value_errors.wrong_type("this", "a tensor", found, value.span))
    return failed(value.span)


def _table(body: Body, value: Static) -> CheckedExpression:
    name = value.expression
    if isinstance(name, StaticName) and name.origin == "const":
        const = body.context.consts.get(name.name)
        if const is not None:
            return ConstantTable(span=value.span, type=const.type, name=name.name)
    if isinstance(name, StaticOperation):
        computed = _computed(body, name)
        if computed is not None:
            return replace(computed, span=value.span)
    body.add(value_errors.list_as_tensor(value.span))
    return failed(value.span)


def _computed(body: Body, node: StaticExpression) -> CheckedExpression | None:
    """`quantiles - 1` of a table, as an operation on tensors; None for other lists."""
    match node:
        case StaticLiteral(value=int() | float() as number):
            return static(number, node.span)
        case StaticName(origin="param", name=name):
            param = body.context.params.get(name)
            return None if param is None else static(param.value, node.span, node)
        case StaticName(origin="const", name=name):
            const = body.context.consts.get(name)
            if const is None:
                return None
            return as_tensor(body, static(const.value, node.span, node))
        case StaticOperation() if len(node.operands) in (1, 2):
            return _operation(body, node)
    return None


def _operation(body: Body, node: StaticOperation) -> CheckedExpression | None:
    name = ARITHMETIC.get((node.operator, len(node.operands)))
    found = [_computed(body, operand) for operand in node.operands]
    operands = [operand for operand in found if operand is not None]
    if name is None or len(operands) < len(found):
        return None
    if all(isinstance(operand, Static) for operand in operands):
        return None
    return apply_function(body, name, node.operator, operands, {}, node.span)


def tensor_type(value: CheckedExpression) -> TensorType:
    """The tensor type of what `as_tensor` let through."""
    if isinstance(value.type, TensorType):
        return value.type
    if isinstance(value, Static):
        return weak_type(value) or TensorType("f32")
    return TensorType("f32")


def apply_function(
    body: Body,
    name: str,
    shown: str,
    operands: Sequence[CheckedExpression],
    options: Mapping[str, Static],
    span: Span,
) -> CheckedExpression:
    """Apply a vocabulary function to operands and static options, all defaults in."""
    values = [as_tensor(body, operand) for operand in operands]
    if any(is_failed(value) for value in values):
        return failed(span)
    entry = functions()[name]
    types = tuple(tensor_type(value) for value in values)
    if not streams_meet(body, values):
        return failed(span)
    try:
        result = entry.result(types, plain_options(options))
    except Mismatch as mismatch:
        _report(body, shown, values, mismatch, span)
        return failed(span)
    if not _stands_here(body, entry, span):
        return failed(span)
    return Primitive(
        span=span,
        type=joined(result, types),
        name=name,
        arguments=tuple(values),
        options=options,
        site=body.context.random_site(span) if entry.draws else None,
    )


def _stands_here(body: Body, entry: FunctionEntry, span: Span) -> bool:
    form = entry.model if body.inside == "model" else entry.step
    if form is not None:
        return True
    where = "a model" if body.inside == "model" else "a step"
    body.add(errors.not_here(entry.name, span, where, entry.summary))
    return False


def _report(
    body: Body,
    shown: str,
    values: Sequence[CheckedExpression],
    mismatch: Mismatch,
    span: Span,
) -> None:
    if shown in OPERATORS and len(values) == 2:
        left, right = ((v.span, str(tensor_type(v))) for v in values)
        body.add(
            errors.shape_mismatch(shown, left, right, mismatch.fact, mismatch.help)
        )
        return
    body.add(errors.function_operands(shown, mismatch.fact, mismatch.help, span))


def joined(result: TensorType, types: Sequence[TensorType]) -> TensorType:
    """The result with the stream and coupling of what it came from."""
    stream = next((t.stream for t in types if t.stream is not None), None)
    coupled = result.coupled or any(t.coupled for t in types)
    weak = bool(types) and all(t.weak for t in types)
    return replace(result, stream=stream, coupled=coupled, weak=weak)


def streams_meet(body: Body, values: Sequence[CheckedExpression]) -> bool:
    """Whether per-example values all vary over one stream; says so if not."""
    first: CheckedExpression | None = None
    for value in values:
        stream = tensor_type(value).stream
        if stream is None:
            continue
        if first is None:
            first = value
        elif stream != tensor_type(first).stream:
            body.add(_mix(first, value))
            return False
    return True


def _mix(first: CheckedExpression, second: CheckedExpression) -> Diagnostic:
    names = (stream_name(first), stream_name(second))
    pair = [(v.span, str(v.type)) for v in (first, second)]
    return errors.streams_mix(pair[0], pair[1], names)


def stream_name(value: CheckedExpression) -> str:
    """What people call the stream a value varies over."""
    stream = tensor_type(value).stream or ""
    if stream.startswith(MODEL_STREAM):
        return "another argument" if stream != MODEL_STREAM else "the argument"
    if stream.startswith("draw "):
        return "a draw of its own batch"
    if "#" in stream:
        return f"a `draw` from `{stream.split('#')[0]}`"
    return f"`{stream}`"


def operand_labels(values: Sequence[CheckedExpression]) -> list[Label]:
    return [Label(v.span, f"this is {tensor_type(v)}") for v in values]
