"""Values known before anything runs, and how they were computed."""

from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import (
    CheckedExpression,
    CheckedNode,
    Duration,
    StaticValue,
)

LONGEST = 12  # characters of a number that is printed as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Static(CheckedExpression):
    """A value known now. `expression` keeps how it was computed when a param, const,
    static parameter or loop name took part (so that the script can say `config.units *
    2`), or where its digits say less (`log(2)`); None where the plain value is all
    there is to print.
    """

    value: StaticValue
    expression: "StaticExpression | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence(CheckedNode):
    duration: Duration  # steps or epochs
    value: Static | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticName(CheckedNode):
    """A param, const, static parameter of a layer or fn, loop name, or local name whose
    assigned value is static."""

    name: str
    origin: Literal["param", "const", "parameter", "loop", "local"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticOperation(CheckedNode):
    """`+ - * / // ^`, comparisons, `and or not`, or a function (`min`, `max`,
    `mod`...).
    """

    operator: str
    operands: "tuple[StaticExpression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticLiteral(CheckedNode):
    value: StaticValue


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticShape(CheckedNode):
    """`x.shape` (all axes) or `x.shape[i]` (index not None) of a tensor expression."""

    tensor: CheckedExpression
    index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticObject(CheckedNode):
    """How an ObjectValue was written."""

    python: str
    options: "tuple[tuple[str, StaticExpression], ...]"


StaticExpression: TypeAlias = (
    StaticName | StaticOperation | StaticLiteral | StaticShape | StaticObject
)


def is_long(value: StaticValue) -> bool:
    """Whether a number has more digits than a person would write."""
    return isinstance(value, float) and len(repr(value)) > LONGEST
