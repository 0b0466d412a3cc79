"""What every checked node has."""

from dataclasses import field
from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.source import Span
from loopc.vocabulary.types import ValueType

StaticValue: TypeAlias = (
    "int | float | bool | str | tuple[StaticValue, ...] | Duration | ObjectValue | None"
)

DurationUnit: TypeAlias = Literal[
    "steps", "epochs", "updates", "percent", "seconds", "rest"
]


@dataclass(frozen=True, slots=True)
class Duration:
    """`500 steps`, `3 epochs`, `5%` of the run, `2 hours` (in seconds), or `rest`."""

    amount: int | float
    unit: DurationUnit


@dataclass(frozen=True, slots=True)
class ObjectValue:
    """`random_normal(stddev: 0.02)`: an initializer or constraint with numbers of its
    own. `name` is the vocabulary's, `python` what makes it; only written `options`.
    """

    name: str
    python: str
    options: tuple[tuple[str, StaticValue], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedNode:
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExpression(CheckedNode):
    type: ValueType
