"""Schedules, and chains of gradient transforms."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode, Duration
from loopc.semantics.checked.statics import Static
from loopc.source import Span
from loopc.vocabulary import transforms
from loopc.vocabulary.entry import Need, OptionValue

ScheduleOperator: TypeAlias = Literal[
    "add", "subtract", "multiply", "divide", "power", "negate"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePiece(CheckedNode):
    """`linear(0 -> peak, 500 steps)`: `kind` is its name in the vocabulary; numbers by
    name, durations among its options in `times` (an int is a count), and how long it
    lasts, or its period. `inner` is the schedule that a wrapper was given.
    """

    kind: str
    numbers: Mapping[str, Static]
    duration: Duration | None
    times: Mapping[str, tuple[Static, ...]] = field(default_factory=dict)
    inner: "ScheduleBody | None" = None
    watches: "WatchedMetric | None" = None
    duration_value: Static | None = (
        None  # prints `config.warmup` where a param was used
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedMetric(CheckedNode):
    """`valid.loss`, what a plateau watches; `span` is that of the eval's name."""

    eval: str
    metric: str
    metric_span: Span = field(compare=False)

    @property
    def text(self) -> str:
        return f"{self.eval}.{self.metric}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSequence(CheckedNode):
    pieces: tuple["ScheduleBody", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleArithmetic(CheckedNode):
    operator: ScheduleOperator
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
    """One transform: vocabulary name, options by name (numbers, enums, schedules, or
    chains), all defaults of the chosen flavor filled in; `explicit` are those that must
    be printed (written, or not the runtime function's own default). `groups` are those
    of `{ pattern => chain }`, whose name is `partition`. `only`: the weights that it is
    for, None for all. `extern`: the transform of Python that it is, whose name here is
    `extern_updates` or `extern_gradients`.
    """

    name: str
    options: Mapping[str, "LinkOption"]
    explicit: frozenset[str]
    groups: tuple["CheckedGroup", ...] = ()
    only: "CheckedSelection | None" = None
    extern: str = ""

    @property
    def label(self) -> str:
        """What the program calls it."""
        return self.extern or self.name

    @property
    def needs(self) -> frozenset[Need]:
        """What its `update` has to be given, with the options that it has."""
        entry = transforms()[self.name]
        idle = entry.idle.items()
        rests = all(is_static(self.options[name], value) for name, value in idle)
        return frozenset() if idle and rests else entry.needs

    @property
    def chains(self) -> tuple["CheckedChain", ...]:
        """The chains inside: of a wrapper's options, or of the groups."""
        options = [v for v in self.options.values() if isinstance(v, CheckedChain)]
        return (*options, *(group.chain for group in self.groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedChain(CheckedNode):
    """`name` is that of the `transform` declaration it was written as, else empty."""

    name: str
    links: tuple[CheckedLink, ...]

    @property
    def needs(self) -> frozenset[str]:
        """What the `update` of one of the links has to be given."""
        found = (link.needs for link in self.every_link())
        return frozenset[str]().union(*found)

    def every_link(self) -> Iterator[CheckedLink]:
        """The links, each before those of the chains inside it."""
        for link in self.links:
            yield link
            for chain in link.chains:
                yield from chain.every_link()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSelection(CheckedNode):
    """Weights by role (`biases`), by a pattern of paths (`head_a/*`), or all that are
    left (""); `role` tells the first two apart.
    """

    pattern: str
    role: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedGroup(CheckedSelection):
    """`biases => sgd(0.1)`: weights and their chain."""

    chain: CheckedChain


def is_static(option: "LinkOption | None", value: OptionValue) -> bool:
    """Whether an option is this number, name or None."""
    return isinstance(option, Static) and option.value == value


LinkOption: TypeAlias = Static | CheckedSchedule | CheckedChain
