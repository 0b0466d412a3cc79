"""The plan: what a program will do, in order, before any Python is thought of."""

from typing import Literal

from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePlan:
    """One update site: which loss moves which variables, through which chain, on which
    clock.
    """

    site: str
    models: tuple[str, ...]
    trained: tuple[str, ...]
    objective: checked.CheckedExpression
    maximize: bool
    chain: checked.CheckedChain


Unrecorded = checked.CheckedAssign | checked.CheckedRepeat


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeBlock:
    """Statements recorded on the tapes of the sites in `tapes`; those in `opened` are
    new here, the others are entered again. `objectives` are computed at its end.
    """

    tapes: tuple[str, ...]
    opened: tuple[str, ...]
    statements: tuple[checked.CheckedStatement, ...]
    objectives: tuple[UpdatePlan, ...]


StepPart = TapeBlock | UpdatePlan | Unrecorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What the device accumulates for a report: a mean (sum and weight) or a metric's
    state.
    """

    name: str
    value: checked.CheckedExpression
    weight: checked.CheckedExpression | None = None
    metric: checked.StatefulMetric | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlan:
    """`leaves` are accumulated; `summary` is the arithmetic on their window values, by
    report name, where a report is more than one leaf (Locals named after leaves).
    """

    leaves: tuple[Leaf, ...]
    summary: tuple[tuple[str, checked.CheckedExpression], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    parts: tuple[StepPart, ...]
    report: ReportPlan

    @property
    def updates(self) -> tuple[UpdatePlan, ...]:
        return tuple(p for p in self.parts if isinstance(p, UpdatePlan))


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalPlan:
    name: str
    stream: checked.CheckedStream
    every: checked.Cadence | None
    step: StepPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPlan:
    """Where the data lives and what XLA compiles, and why."""

    data: Literal["resident", "streamed"]
    xla: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEntry:
    """One thing that a checkpoint holds."""

    name: str
    kind: Literal["model", "optimizer", "counter", "tracker", "stream", "window"]
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainPlan:
    name: str
    train: checked.CheckedTrain
    models: tuple[str, ...]
    step: StepPlan
    evals: tuple[EvalPlan, ...]
    execution: ExecutionPlan
    state: tuple[StateEntry, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`program` holds the declarations that the train plan refers to by name."""

    program: checked.CheckedProgram
    train: TrainPlan

    def model(self, name: str) -> checked.CheckedModel:
        return next(m for m in self.program.models if m.name == name)
