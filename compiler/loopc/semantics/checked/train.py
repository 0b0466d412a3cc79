"""A training loop and what stands in it."""

from typing import Literal

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedNode, Duration
from loopc.semantics.checked.schedules import (
    CheckedChain,
    CheckedSchedule,
    SchedulePiece,
)
from loopc.semantics.checked.statements import CheckedStatement
from loopc.semantics.checked.statics import Cadence, Static
from loopc.semantics.checked.streams import CheckedStream


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEval(CheckedNode):
    """`every` None: at end."""

    name: str
    stream: CheckedStream
    every: Cadence | None
    body: tuple[CheckedStatement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedKeep(CheckedNode):
    """`eval` is the name of an eval, or of the loop where the step reports it."""

    count: int
    mode: Literal["max", "min"]
    eval: str
    metric: str
    of_step: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStop(CheckedNode):
    mode: Literal["max", "min"]
    eval: str
    metric: str
    patience: Cadence
    of_step: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedGoal(CheckedNode):
    """`stop when valid.accuracy >= 0.99`: a value that ends the run."""

    eval: str
    metric: str
    operator: Literal["<", "<=", ">", ">="]
    bound: Static
    of_step: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPlateau(CheckedNode):
    """`plateau(valid.loss, factor: 0.5)` in a schedule that the loop reads."""

    mode: Literal["max", "min"]
    eval: str
    metric: str
    of_step: bool
    piece: SchedulePiece


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExport(CheckedNode):
    best: bool
    model: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStart(CheckedNode):
    """`start encoder from best(pretrain)`: from the weights that an earlier `loop` kept
    as best, from its last ones, or from those of a `file`.
    """

    model: str
    loop: str = ""
    best: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFreeze(CheckedNode):
    """`freeze "stem/*" of backbone`; `pattern` None: the whole model."""

    model: str
    pattern: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStage(CheckedNode):
    """One regime of a loop, in steps or epochs. `schedules` and `chains` stand for the
    declared ones of the same name while it lasts.
    """

    name: str
    duration: Duration
    duration_value: Static
    frozen: tuple[CheckedFreeze, ...]
    schedules: tuple[tuple[str, CheckedSchedule], ...]
    chains: tuple[tuple[str, CheckedChain], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedNonfinite(CheckedNode):
    """`on nonfinite skip at most 10`: what happens to steps that give NaN."""

    policy: Literal["skip", "rollback"]
    at_most: Static


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTrain(CheckedNode):
    """One loop. `duration` in steps, epochs or seconds; the sum of the `stages`, where
    there are any. `stream` is the header's.
    """

    name: str
    duration: Duration
    duration_value: Static
    seed: Static
    execution: Literal["auto", "graph", "xla", "streamed_graph", "streamed_xla"]
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    log_every: Cadence
    stream: CheckedStream | None
    body: tuple[CheckedStatement, ...]
    evals: tuple[CheckedEval, ...]
    checkpoint_every: Cadence | None
    checkpoint_keep: int
    keeps: tuple[CheckedKeep, ...]
    stops: tuple[CheckedStop, ...]
    goals: tuple[CheckedGoal, ...]
    exports: tuple[CheckedExport, ...]
    starts: tuple[CheckedStart, ...] = ()
    stages: tuple[CheckedStage, ...] = ()
    nonfinite: CheckedNonfinite | None = None  # None: the run ends
    plateaus: tuple[CheckedPlateau, ...] = ()
    devices: Static | None = None  # how many, or "all"; None: one
