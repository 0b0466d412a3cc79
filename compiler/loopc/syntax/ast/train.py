"""The items of a train block."""

from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.syntax.ast.base import Identifier, Node
from loopc.syntax.ast.expressions import Expression, String
from loopc.syntax.ast.statements import Binding, Block, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Node):
    """`seed = 7`, `precision = mixed_bfloat16`."""

    name: Identifier
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Node):
    """`step (image, label) from fashion.train batch 128 { ... }`; both None for a bare
    `step {`.
    """

    bindings: tuple[Binding, ...]
    record: Identifier | None
    stream: Stream | None
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Eval(Node):
    """`eval valid (image, label) from fashion.valid batch 512 every 1 epoch { ... }`;
    None: `at end`.
    """

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
class StopAt(Node):
    """`stop when valid.accuracy >= 0.99`."""

    metric: MetricPath
    operator: Literal["<", "<=", ">", ">="]
    bound: Expression


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
    Setting
    | Step
    | Eval
    | Stage
    | Checkpoint
    | Keep
    | Stop
    | StopAt
    | Export
    | OnNonfinite
    | Start
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Train(Node):
    """`train [NAME] [for DURATION] { ... }`."""

    name: Identifier | None
    duration: Expression | None
    items: tuple[TrainItem, ...]
