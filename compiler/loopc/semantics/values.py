"""Small questions about checked values, and the makers of the simplest ones."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, TypeVar

from loopc.semantics import checked
from loopc.semantics.checked import CheckedExpression, Static, StaticValue
from loopc.source import Span
from loopc.vocabulary.entry import OptionValue
from loopc.vocabulary.types import (
    ErrorType,
    InstanceType,
    ModelType,
    RecordType,
    ScheduleType,
    StaticType,
    TensorType,
    TupleType,
    ValueType,
)

StaticBase = Literal[
    "int", "float", "bool", "string", "list", "duration", "enum", "none"
]
Expression = TypeVar("Expression", bound=CheckedExpression)


def failed(span: Span) -> Static:
    """A value that was already complained about."""
    return Static(span=span, type=ErrorType(), value=None)


def is_failed(value: CheckedExpression) -> bool:
    return isinstance(value.type, ErrorType)


def static(
    value: StaticValue,
    span: Span,
    expression: checked.StaticExpression | None = None,
) -> Static:
    """A static value of the base that its Python value has."""
    type = StaticType(base_of(value))
    return Static(span=span, type=type, value=value, expression=expression)


def enum_value(value: str, span: Span) -> Static:
    return Static(span=span, type=StaticType("enum"), value=value)


def base_of(value: StaticValue) -> StaticBase:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str():
            return "string"
        case tuple():
            return "list"
        case checked.Duration():
            return "duration"
        case checked.ObjectValue():
            return "enum"
        case None:
            return "none"


def is_static(value: CheckedExpression) -> bool:
    return isinstance(value, Static) and isinstance(value.type, StaticType)


def is_number(value: CheckedExpression) -> bool:
    return isinstance(value, Static) and isinstance(value.value, int | float)


def at(value: Expression, span: Span) -> Expression:
    return replace(value, span=span)


def printed(value: Static) -> checked.StaticExpression:
    """How a static value is printed where it takes part in something larger."""
    if value.expression is not None:
        return value.expression
    return checked.StaticLiteral(span=value.span, value=value.value)


def weak_type(value: Static) -> TensorType | None:
    """The tensor that a static number or bool is where tensors are expected."""
    match value.value:
        case bool():
            return TensorType("bool", weak=True)
        case int():
            return TensorType("i32", weak=True)
        case float():
            return TensorType("f32", weak=True)
        case _:
            return None


def describe_type(type: ValueType) -> str:
    """A type as people read it, with an article."""
    match type:
        case TensorType():
            return str(type)
        case StaticType():
            article = "an" if type.base in ("int", "enum") else "a"
            return "nothing" if type.base == "none" else f"{article} {type.base}"
        case TupleType():
            return f"{len(type.items)} values"
        case InstanceType():
            return f"a {type.layer} layer"
        case ModelType():
            return f"the model {type.model}"
        case ScheduleType():
            return "a schedule"
        case RecordType():
            return "a record"
        case ErrorType():
            return "an error"


def plain_options(options: Mapping[str, Static]) -> dict[str, OptionValue]:
    """Option values as the vocabulary's rules take them."""
    return {name: _plain(value.value) for name, value in options.items()}


def _plain(value: StaticValue) -> OptionValue:
    if isinstance(value, checked.Duration):
        return None
    if isinstance(value, checked.ObjectValue):
        options = ((name, _plain(option)) for name, option in value.options)
        return (value.name, *options)
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value
