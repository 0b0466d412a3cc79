"""Statements of models, functions and steps."""

from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.syntax.ast.base import Identifier, Node
from loopc.syntax.ast.expressions import Expression, TypeExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Node):
    statements: "tuple[Statement, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Node):
    """`logits = net(x)`, `mu, log_variance = encoder(x)`."""

    targets: tuple[Identifier, ...]
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Node):
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(Node):
    """`repeat 5 {}` (no targets: `iterable` is the count) or `repeat f, s in [[..]]
    {}`.
    """

    targets: tuple[Identifier, ...]
    iterable: Expression
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Node):
    """`x = image` binds field `image` as `x`; `image` alone has `name` and `field`
    equal.
    """

    name: Identifier
    field: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(Node):
    """`from fashion.train batch 128 parts 4 drop`; `batch_size` None is `batch all`."""

    data: Identifier
    split: Identifier
    batch_size: Expression | None
    modifiers: tuple[Identifier, ...]  # drop, contiguous
    parts: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw(Node):
    """`draw (real = image) from ...` (bindings) or `draw task from ...` (record)."""

    bindings: tuple[Binding, ...]
    record: Identifier | None
    stream: Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Node):
    """`update a, b to minimize E using T every 4 steps`; several objectives: `[a, b]`
    in E.
    """

    models: tuple[Identifier, ...]
    direction: Literal["minimize", "maximize"]
    objective: Expression
    transform: Expression
    every: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState(Node):
    target: Identifier
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportItem(Node):
    """`accuracy = accuracy(label, logits)` or a bare name, which is its own report
    name.
    """

    name: Identifier | None
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Node):
    items: tuple[ReportItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryBlock(Node):
    """`every 100 steps { ... }` inside a step."""

    cadence: Expression
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight(Node):
    """`weight nu: f32 = 0.1`, a declaration or a statement of a model body."""

    name: Identifier
    type: TypeExpression
    initial: Expression | None


Statement: TypeAlias = (
    Assign | Return | Repeat | Draw | Update | SetState | Report | EveryBlock | Weight
)
