"""The syntax tree: frozen nodes one-to-one with the spelling, a span on each, no meaning."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from loopc.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier(Node):
    """A name where it is bound or mentioned outside an expression."""

    text: str


# ---------------------------------------------------------------- expressions


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
    """`500 steps`, `2 hours`, `warm epochs`: an amount and a unit as written (singular or plural)."""

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
    """`biases => sgd(0.01)`; `pattern` is a String, a role Identifier, or `otherwise`."""

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


# ---------------------------------------------------------------------- types


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeExpression(Node):
    """`f32[28, 28]`, `class(65)[time]`, `logits[10]`, `int`, `one_of(relu, gelu)`, `model`.

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


# ----------------------------------------------------------------- statements


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
    """`repeat 5 {}` (no targets: `iterable` is the count) or `repeat f, s in [[..]] {}`."""

    targets: tuple[Identifier, ...]
    iterable: Expression
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Node):
    """`x = image` binds field `image` as `x`; `image` alone has `name` and `field` equal."""

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
    """`update a, b to minimize E using T every 4 steps`; several objectives: `[a, b]` in E."""

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
    """`accuracy = accuracy(label, logits)` or a bare name, which is its own report name."""

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


# --------------------------------------------------------------- declarations


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
    """`valid = 10% of train by label`; `amount` Percent, Number, Rest, or Call (`last`, `fold`)."""

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
    """`model net(x: f32[13]) -> f32[10] = ...`; `parameters` None for `model m = ema(net, 0.9)`.

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
    """`transform tuned = ...`, `transform tuned(rate) = ...` (None: no parameter list)."""

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


# ---------------------------------------------------------------------- train


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Node):
    """`seed = 7`, `precision = mixed_bfloat16`."""

    name: Identifier
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Node):
    """`step (image, label) from fashion.train batch 128 { ... }`; both None for a bare `step {`."""

    bindings: tuple[Binding, ...]
    record: Identifier | None
    stream: Stream | None
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Eval(Node):
    """`eval valid (image, label) from fashion.valid batch 512 every 1 epoch { ... }`; None: `at end`."""

    name: Identifier
    bindings: tuple[Binding, ...]
    record: Identifier | None
    stream: Stream
    every: Expression | None
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(Node):
    """`freeze backbone` or `freeze "stem/*" of backbone`."""

    pattern: String | None
    model: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSchedule(Node):
    """`set rate = cosine(1e-3 -> 0, rest)` inside a stage."""

    name: Identifier
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Node):
    name: Identifier
    duration: Expression
    items: tuple[Freeze | SetSchedule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint(Node):
    every: Expression
    keep: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPath(Node):
    """`valid.accuracy`."""

    split: Identifier
    metric: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep(Node):
    """`keep 1 best valid.accuracy`, `keep 1 best min valid.loss`."""

    count: Expression
    mode: Literal["max", "min"] | None
    metric: MetricPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(Node):
    """`stop when valid.accuracy stalls for 3 epochs`; `mode` as in `keep`."""

    mode: Literal["max", "min"] | None
    metric: MetricPath
    patience: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Node):
    """`export best classifier to "classifier.keras"`."""

    best: bool
    model: Identifier
    path: String


@dataclass(frozen=True, slots=True, kw_only=True)
class OnNonfinite(Node):
    """`on nonfinite halt | skip at most 10 | rollback`."""

    policy: Literal["halt", "skip", "rollback"]
    at_most: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Node):
    """`start encoder from best(pretrain)` or `from load("t.keras")`."""

    model: Identifier
    origin: Expression


TrainItem: TypeAlias = (
    Setting | Step | Eval | Stage | Checkpoint | Keep | Stop | Export | OnNonfinite | Start
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Train(Node):
    """`train [NAME] [for DURATION] { ... }`."""

    name: Identifier | None
    duration: Expression | None
    items: tuple[TrainItem, ...]


Declaration: TypeAlias = (
    Param | Const | Dim | Data | Model | Layer | Function | Weight | State | Schedule
    | Transform | Import | Extern | Train
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Node):
    """`# text`, without the newline; `own_line` when nothing but blanks stands before it."""

    text: str
    own_line: bool = field(compare=False)  # layout, like spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Node):
    """A file. `broken`: names that statements left out for syntax errors would have bound."""

    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...]
    broken: tuple[Identifier, ...] = ()
