"""Schedules, and chains of gradient transforms."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode, Duration
from loopc.semantics.checked.statics import Static


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePiece(CheckedNode):
    """`linear(0 -> peak, 500 steps)`: kind constant, linear, cosine, exponential,
    polynomial or piecewise; numbers by name, and how long it lasts (None: for ever).
    """

    kind: str
    numbers: Mapping[str, Static]
    duration: Duration | None
    duration_value: Static | None = (
        None  # prints `config.warmup` where a param was used
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSequence(CheckedNode):
    pieces: tuple["ScheduleBody", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleArithmetic(CheckedNode):
    operator: Literal["add", "subtract", "multiply", "divide", "power", "negate"]
    operands: tuple["ScheduleBody", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFormula(CheckedNode):
    """An expression over ClockValue, Static and primitives."""

    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleNumber(CheckedNode):
    value: Static


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleName(CheckedNode):
    name: str


ScheduleBody: TypeAlias = (
    SchedulePiece | ScheduleSequence | ScheduleArithmetic | ScheduleFormula
    | ScheduleNumber | ScheduleName
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSchedule(CheckedNode):
    """`name` is empty for one written in place."""

    name: str
    body: ScheduleBody


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLink(CheckedNode):
    """One transform: vocabulary name, options by name (numbers, enums, or schedules),
    all defaults of the chosen flavor filled in; `explicit` are those that must be
    printed (written, or not the runtime function's own default).
    """

    name: str
    options: Mapping[str, Static | CheckedSchedule]
    explicit: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedChain(CheckedNode):
    """`name` is that of the `transform` declaration it was written as, else empty."""

    name: str
    links: tuple[CheckedLink, ...]
