"""Declarations of data, models and functions."""

from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.syntax.ast.base import Identifier, Node
from loopc.syntax.ast.expressions import (
    Expression,
    Parameter,
    Range,
    String,
    TypeExpression,
)
from loopc.syntax.ast.statements import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Param(Node):
    """`param peak: float = 1e-3 in 1e-5 .. 1e-1`."""

    name: Identifier
    type: TypeExpression
    default: Expression
    range: Range | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Const(Node):
    name: Identifier
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Dim(Node):
    """`dim time in 1 .. 256`, `dim time in 1 .. 256 buckets [64, 128, 256]`."""

    name: Identifier
    range: Range
    buckets: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSplit(Node):
    """`train = npz("points.npz")`: a split that a source fills."""

    name: Identifier
    source: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class CarvedSplit(Node):
    """`valid = 10% of train by label`; `amount` Percent, Number, Rest, or Call (`last`,
    `fold`).
    """

    name: Identifier
    amount: Expression
    parent: Identifier
    by: Identifier | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDeclaration(Node):
    """`field label: class(10)`; no value: the column of that name."""

    name: Identifier
    type: TypeExpression
    value: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Augment(Node):
    split: Identifier
    body: Block


DataItem: TypeAlias = SourceSplit | CarvedSplit | FieldDeclaration | Augment


@dataclass(frozen=True, slots=True, kw_only=True)
class Data(Node):
    name: Identifier
    items: tuple[DataItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Node):
    """`model net(x: f32[13]) -> f32[10] = ...`; `parameters` None for `model m =
    ema(net, 0.9)`.

    `results` holds one type, several for several outputs, or none where it is inferred.
    """

    name: Identifier
    parameters: tuple[Parameter, ...] | None
    results: tuple[TypeExpression, ...]
    body: Expression | Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer(Node):
    """`layer residual(filters: int)(x) { ... }`: static parameters, then tensors."""

    name: Identifier
    static: tuple[Parameter, ...]
    tensors: tuple[Parameter, ...]
    body: Expression | Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Node):
    """`fn` or `loss`."""

    kind: Literal["fn", "loss"]
    name: Identifier
    parameters: tuple[Parameter, ...]
    body: Expression | Block


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Node):
    """`state h: f32[256] = zeros reset every 1 epoch`."""

    name: Identifier
    type: TypeExpression
    initial: Expression
    reset_every: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Node):
    name: Identifier
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform(Node):
    """`transform tuned = ...`, `transform tuned(rate) = ...` (None: no list)."""

    name: Identifier
    parameters: tuple[Parameter, ...] | None
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Node):
    """`import "layers.loop"` or `import residual, stem from "layers.loop"`."""

    names: tuple[Identifier, ...]
    path: String


@dataclass(frozen=True, slots=True, kw_only=True)
class Extern(Node):
    """`extern fn warp(image: f32[8, 8]) -> f32[8, 8] = "package.module:name"`."""

    kind: Literal["fn", "layer", "metric", "transform", "data"]
    name: Identifier
    static: tuple[Parameter, ...] | None
    parameters: tuple[Parameter, ...]
    results: tuple[TypeExpression, ...]
    target: String
