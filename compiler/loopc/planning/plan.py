"""The plan: what a program will do, in order, before any Python is thought of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal, TypeAlias

from loopc.planning.draws import DrawPlan
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePlan:
    """One update site: which loss moves which variables, through which chain, on which
    clock; `every` None: whenever it is reached. Where the objective may not depend on
    all weights (`partial`: it is made of gradients, say), these have gradient 0.
    """

    site: str
    models: tuple[str, ...]
    trained: tuple[str, ...]
    objective: checked.CheckedExpression
    maximize: bool
    chain: checked.CheckedChain
    every: checked.Cadence | None = None
    left_out: tuple[str, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeOpening:
    """A tape that is made before the loop or block in which it records.

    `persistent` where its gradient is taken in several passes of that loop.
    """

    site: str
    persistent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeBlock:
    """Statements recorded on the tapes of the sites in `tapes`; those in `opened` are
    new here, the others are entered again. `objectives` are computed at its end.
    `returned`: where the chain computes its objective again, the statements are those
    of a function, which gives back these names besides.
    Gradients of those in `persistent` are taken several times. `watched` are the values
    that a tape has to watch, since they are no weights.
    """

    tapes: tuple[str, ...]
    opened: tuple[str, ...]
    persistent: tuple[str, ...]
    watched: tuple[tuple[str, tuple[checked.Local, ...]], ...]
    statements: "tuple[StepPart, ...]"
    objectives: tuple[UpdatePlan, ...]
    returned: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatPlan:
    """A `repeat` whose passes take gradients: its parts run once for each entry."""

    statement: checked.CheckedRepeat
    parts: "tuple[StepPart, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryPlan:
    """Parts that run in the steps at which `cadence` fires, and what they report."""

    name: str
    cadence: checked.Cadence
    parts: "tuple[StepPart, ...]"


StepPart: TypeAlias = (
    TapeOpening | TapeBlock | UpdatePlan | RepeatPlan | EveryPlan
    | checked.CheckedStatement
)  # fmt: skip


def every_part(parts: "Sequence[StepPart]") -> "Iterator[StepPart]":
    """Each part and those inside it, in the order in which they run."""
    for part in parts:
        yield part
        if isinstance(part, RepeatPlan | EveryPlan):
            yield from every_part(part.parts)


def update_times(
    parts: "Sequence[StepPart]", times: int = 1
) -> "Iterator[tuple[UpdatePlan, int]]":
    """Each update site, and how often it is reached when its `parts` run."""
    for part in parts:
        if isinstance(part, UpdatePlan):
            yield part, times
        elif isinstance(part, RepeatPlan):
            yield from update_times(part.parts, times * len(part.statement.values))
        elif isinstance(part, EveryPlan):
            yield from update_times(part.parts, times)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What the device accumulates for a report: a mean (sum and weight), a sum, what a
    chain measured, or a metric's state. `block` is the `every` block, or the pass over
    a batch in pieces, that reports it; "" the step.
    """

    name: str
    value: checked.CheckedExpression
    weight: checked.CheckedExpression | None = None
    metric: checked.StatefulMetric | None = None
    measure: checked.Measure | None = None
    block: str = ""
    total: bool = False  # added up over the window, not averaged


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlan:
    """`leaves` are accumulated; `summary` is the arithmetic on their window values, by
    report name, where a report is more than one leaf (Locals named after leaves).
    """

    leaves: tuple[Leaf, ...]
    summary: tuple[tuple[str, checked.CheckedExpression], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassPlan:
    """A pass over the pieces of a batch. `parts` are those of one piece, in which an
    update stands for its gradient; `weights` are what the means of each objective are
    weighted by, None: examples. When it is done, the updates in `then` are made.
    """

    block: str
    parts: tuple[StepPart, ...]
    weights: tuple[checked.CheckedExpression | None, ...]
    then: tuple[UpdatePlan, ...]

    @property
    def updates(self) -> tuple[UpdatePlan, ...]:
        """The updates whose gradients the pass takes."""
        return tuple(p for p in every_part(self.parts) if isinstance(p, UpdatePlan))


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesPlan:
    """A step whose batch is gone through in pieces, once for each pass: `count` of them
    one after another, on each of several `devices` if these divide it.
    """

    count: checked.Static | None
    devices: bool
    passes: tuple[PassPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """`scaled`: objectives are scaled for their gradients, computed in float16."""

    parts: tuple[StepPart, ...]
    report: ReportPlan
    pieces: PiecesPlan | None = None
    scaled: bool = False

    @property
    def updates(self) -> tuple[UpdatePlan, ...]:
        """Every update site of the step, in the order of the program."""
        return tuple(p for p in every_part(self.parts) if isinstance(p, UpdatePlan))

    def cadence_of(self, site: str) -> checked.Cadence | None:
        """The interval at which a site is reached; None: in every step."""
        for part in every_part(self.parts):
            if isinstance(part, UpdatePlan) and part.site == site and part.every:
                return part.every
            if isinstance(part, EveryPlan):
                inner = every_part(part.parts)
                if any(isinstance(p, UpdatePlan) and p.site == site for p in inner):
                    return part.cadence
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalPlan:
    """A pass over a stream. Its draws begin anew with each pass, and so do the lanes of
    the states that it carries from batch to batch.
    """

    name: str
    stream: checked.CheckedStream
    every: checked.Cadence | None
    step: StepPlan
    draws: tuple[DrawPlan, ...]
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPlan:
    """Where the data lives and what XLA compiles, and why."""

    data: Literal["resident", "streamed"]
    xla: bool
    reason: str
    devices: str = ""  # how many, as written; "": one


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEntry:
    """One thing that a checkpoint holds."""

    name: str
    kind: Literal["model", "optimizer", "counter", "tracker", "stream", "window"]
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainPlan:
    """One loop. `models` and `schedules` are those it uses, in file order."""

    name: str
    train: checked.CheckedTrain
    models: tuple[str, ...]
    schedules: tuple[str, ...]
    step: StepPlan
    draws: tuple[DrawPlan, ...]
    evals: tuple[EvalPlan, ...]
    execution: ExecutionPlan
    state: tuple[StateEntry, ...]
    files: tuple[str, ...]

    @property
    def every_draw(self) -> tuple[DrawPlan, ...]:
        """The draws of the step, then those of the evals."""
        return self.draws + tuple(draw for item in self.evals for draw in item.draws)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`program` holds the declarations that the train plan refers to by name; `bodies`
    the parts of its functions that take gradients, what they return last.
    """

    program: checked.CheckedProgram
    trains: tuple[TrainPlan, ...]
    bodies: Mapping[str, tuple[StepPart, ...]] = field(default_factory=dict)

    @property
    def train(self) -> TrainPlan:
        """The first loop; most programs have no other."""
        return self.trains[0]

    def model(self, name: str) -> checked.CheckedModel:
        return next(m for m in self.program.models if m.name == name)
