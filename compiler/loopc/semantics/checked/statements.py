"""Statements of bodies, in program order."""

from typing import TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode, StaticValue
from loopc.semantics.checked.schedules import CheckedChain
from loopc.semantics.checked.statics import Cadence, Static
from loopc.vocabulary.types import ValueType


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAssign(CheckedNode):
    """`names` has several entries when a tuple is taken apart."""

    names: tuple[str, ...]
    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReturn(CheckedNode):
    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRepeat(CheckedNode):
    """Runs `body` once per entry of `values`; `iterable` says how to print it (a count,
    a range, a list). `carried` are names bound before and rebound inside. `body` is the
    checked body of the first pass; every pass was checked.
    """

    names: tuple[str, ...]
    iterable: Static
    values: tuple[StaticValue, ...]
    carried: tuple[str, ...]
    body: tuple["CheckedStatement", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedUpdate(CheckedNode):
    """One update site. `objective` is a plain scalar. `models` are those written;
    `trained` those the objective depends on, but for the parts in `left_out` (models
    inside, layers as `net/dense`); `zeros` says that more of them may have no gradient.
    `site` is unique in the train block and a good Python name.
    """

    site: str
    models: tuple[str, ...]
    trained: tuple[str, ...]
    objective: CheckedExpression
    maximize: bool
    chain: "CheckedChain"
    every: Cadence | None = None  # of the steps; None: in each
    left_out: tuple[str, ...] = ()
    zeros: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSet(CheckedNode):
    """`set h = value`: of the state's axes, or one number for all of them; `type` is
    the state's own.
    """

    state: str
    type: ValueType
    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEvery(CheckedNode):
    """`every 100 steps { ... }`: runs where `cadence` fires. Names bound in `body` are
    its own; `name` is unique in the train block and a good Python name.
    """

    name: str
    cadence: Cadence
    body: tuple["CheckedStatement", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReportItem(CheckedNode):
    """A per-example value arrives wrapped in Average(implied=True)."""

    name: str
    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReport(CheckedNode):
    items: tuple[CheckedReportItem, ...]


CheckedStatement: TypeAlias = (
    CheckedAssign | CheckedReturn | CheckedRepeat | CheckedUpdate | CheckedEvery
    | CheckedSet | CheckedReport
)  # fmt: skip
