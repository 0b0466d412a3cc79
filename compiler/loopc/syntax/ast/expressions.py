"""Expressions and types, as they are spelled."""

from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.syntax.ast.base import Identifier, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Node):
    """`128`, `1e-3`, `60_000`: `text` as written, `value` exact for int."""

    text: str
    value: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent(Node):
    """`90%`: `value` is 90."""

    text: str
    value: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity(Node):
    """`500 steps`, `2 hours`, `warm epochs`: an amount and a unit as written (singular
    or plural).
    """

    amount: "Expression"
    unit: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest(Node):
    """`rest`: what is left of the run, stage or (in data) of a split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class String(Node):
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute(Node):
    value: "Expression"
    name: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument(Node):
    """A call argument; `name` is None for a positional one."""

    name: Identifier | None
    value: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    callee: "Expression"
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Node):
    """`a:b`, `:-1`, `1:` inside an index."""

    start: "Expression | None"
    stop: "Expression | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Node):
    value: "Expression"
    items: "tuple[Expression | Slice, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Node):
    operator: Literal["-", "+", "not"]
    operand: "Expression"


BinaryOperator: TypeAlias = Literal[
    "+", "-", "*", "/", "//", "^", "@", "==", "!=", "<", "<=", ">", ">=", "and", "or"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    operator: BinaryOperator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Node):
    """`then if condition else otherwise`: static, the other branch does not exist."""

    then: "Expression"
    condition: "Expression"
    otherwise: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe(Node):
    """`left |> right`: `right` is a name, call or group."""

    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow(Node):
    """`start -> end`, only as a schedule's argument."""

    start: "Expression"
    end: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Then(Node):
    """`first then second`: schedules in sequence."""

    first: "Expression"
    second: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtClock(Node):
    """`rate at epoch`."""

    value: "Expression"
    clock: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(Node):
    """`0 .. 4`."""

    low: "Expression"
    high: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLiteral(Node):
    items: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parenthesized(Node):
    """Kept so that the formatter prints what was written."""

    value: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Node):
    """`biases => sgd(0.01)`; a String, a role, or `otherwise`."""

    pattern: String | Identifier
    chain: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups(Node):
    """`{ pattern => chain ... }`."""

    groups: tuple[Group, ...]


Expression: TypeAlias = (
    Number | Percent | Quantity | Rest | String | Boolean | Name | Attribute | Call
    | Index | Unary | Binary | Conditional | Pipe | Arrow | Then | AtClock | Range
    | ListLiteral | Parenthesized | Groups
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeExpression(Node):
    """`f32[28, 28]`, `class(65)[time]`, `logits[10]`, `int`, `one_of(relu, gelu)`,
    `model`.

    `axes` is None where no brackets stand (`f32`), and () for `f32[]`.
    """

    base: Identifier
    arguments: tuple[Expression, ...]
    axes: tuple[Expression, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Node):
    """`filters: int = 3` in a layer, fn, loss, transform or model head."""

    name: Identifier
    type: TypeExpression | None
    default: Expression | None
