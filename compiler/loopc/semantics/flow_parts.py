"""What a gradient of a value simply goes through to."""

from loopc.semantics.checked import (
    Average,
    CallExtern,
    CheckedExpression,
    Indexing,
    Random,
    Select,
    Total,
    TupleValue,
)
from loopc.vocabulary.types import TensorType


def passed_through(value: CheckedExpression) -> list[CheckedExpression]:
    """The parts of a value whose flows it joins; none of what has a rule of its own."""
    match value:
        case Average():
            return [value.value] + ([] if value.weight is None else [value.weight])
        case Total():
            return [value.value]
        case Indexing():
            return [value.value]
        case Select():
            return [value.then if value.taken else value.otherwise]
        case TupleValue():
            return list(value.items)
        case CallExtern():  # Python is taken to be differentiable
            return list(value.arguments) if _may_be_float(value) else []
        case Random():
            return list(value.options.values())
        case _:
            return []


def _may_be_float(value: CheckedExpression) -> bool:
    return not isinstance(value.type, TensorType) or value.type.is_float
