"""The shape of an entry: what a name of the language means and becomes, as data."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.vocabulary.types import TensorType, ValueType

OptionKind: TypeAlias = Literal[
    "int", "float", "bool", "enum", "string", "ints", "floats", "any",
    "number",  # a float that may also be a schedule (transforms)
    "duration", "durations",  # of schedules: in steps, epochs, a share of the run
    "activation", "initializer", "regularizer", "constraint",
    "chain",  # of gradient transforms (wrappers)
]  # fmt: skip

# What a transform's `update` is given besides gradients, state and variables: the value
# of the objective; the objective as a function, to evaluate it elsewhere or to multiply
# by its Hessian; gradients with a leading axis of examples; how many examples, or which
# sum of their weights, the mean in the objective is over; the objective after the step;
# one weight for each of several objectives instead of one gradient for each; a gradient
# for each objective also of what one alone depends on.
Need: TypeAlias = Literal[
    "value", "evaluate", "hessian_vector", "per_example", "weight", "observe", "weigh",
    "stacked",
]  # fmt: skip

OptionValue: TypeAlias = "int | float | bool | str | tuple[OptionValue, ...] | None"
Options: TypeAlias = Mapping[str, OptionValue]
Operands: TypeAlias = tuple[TensorType, ...]

# What operands of a function are cast to before its Python form sees them: nothing,
# their common dtype, that dtype but a float one, or itself with booleans as int32.
Casts: TypeAlias = Literal["", "common", "float", "number"]


class Required:
    """The default of an option that has none."""


REQUIRED = Required()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A parameter of an entry: `ints` is one int or a list of them (a kernel size).


    `none` says that the option may be left at None. `low`/`high` bound numbers;
    `open_low` and `open_high` exclude the bound itself.
    """

    name: str
    kind: OptionKind
    default: "OptionValue | Required" = REQUIRED
    choices: tuple[str, ...] = ()
    none: bool = False
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    doc: str = ""


class Mismatch(Exception):
    """Raised by rules: `fact` completes "... : fact", `help` says what to change."""

    def __init__(self, fact: str, help: str = "") -> None:
        super().__init__(fact)
        self.fact = fact
        self.help = help


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    name: str
    summary: str  # one sentence
    options: tuple[Option, ...] = ()  # in positional order
    aliases: tuple[str, ...] = ()
    doc: str = ""  # one paragraph: arithmetic, source, traps
    family: str = ""  # how lists of entries are grouped

    def option(self, name: str) -> Option | None:
        return next((o for o in self.options if o.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerEntry(Entry):
    """A Keras layer. `shape(inputs, options)` gives the output for one example (no
    batch) or raises Mismatch; `weights(inputs, options)` counts (trainable,
    non-trainable)."""

    python: str  # "keras.layers.Dense" or "Dropout" (a runtime name)
    inputs: tuple[int, int | None] = (1, 1)  # how many tensors, None: any number
    as_list: bool = False  # one list of tensors (add, concatenate)
    keywords: tuple[Option, ...] = ()  # of the application: causal, mask, ...
    keyword_python: Mapping[str, str] = field(
        default_factory=dict
    )  # causal -> use_causal_mask
    shape: Callable[[tuple[TensorType, ...], Options], ValueType]
    weights: Callable[[tuple[TensorType, ...], Options], tuple[int, int]]
    coupled: bool = False  # examples influence each other in training (batch norm)
    random: bool = False
    graph_only: bool = False  # has an operation that XLA cannot compile
    always: str = ""  # arguments that every construction has, as Python
    wraps: bool = False  # takes a layer as its first argument (bidirectional, ...)
    stacks: bool = False  # or a list of layers (rnn)
    attributes: Mapping[
        str, Callable[[tuple[TensorType, ...], Options], TensorType]
    ] = field(
        default_factory=dict
    )  # weights that a named instance lets one read: `table.embeddings`
    wrapped_shape: (
        "Callable[[tuple[TensorType, ...], Options, Inner], ValueType] | None"
    ) = None
    wrapped_weights: (
        "Callable[[tuple[TensorType, ...], Options, Inner], tuple[int, int]] | None"
    ) = None


@dataclass(frozen=True, slots=True)
class Inner:
    """The layer that a wrapper (`wraps`) was given, with its options.

    `instance` is its name, `beside` what follows it where a list was given.
    """

    entry: LayerEntry
    options: Options
    instance: str = ""
    beside: "tuple[Inner, ...]" = ()

    def stack(self) -> "tuple[Inner, ...]":
        """Return all that the wrapper was given."""
        return (self, *self.beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionEntry(Entry):
    """A stateless operation on tensors.

    `result(operands, options)` types one example's value (stream, weak and coupled are
    joined by the checker afterwards). Python forms are format strings: `{0}`, `{1}` the
    operands, `{name}` an option, `{axes}` the reduced axes shifted past the batch axis;
    `step` for plain TensorFlow, `model` for Keras tensors; None where the function
    cannot stand there. What else a form may name comes from `forms.fields`: `{shape}`
    (of the result, the batch as -1), `{dtype}` (`tf.float32`), `{dtype_name}`
    (`"float32"`), and what `derived` computes. An `as_list` entry has all items
    of its list, commas between them, as `{0}`.

    `meant` names the internal entry that stands for it with these operands (`max` of
    two is `maximum`); `forms.resolve` follows it. An `internal` entry is never called
    by its name.
    """

    operands: tuple[int, int | None] = (1, 1)
    as_list: bool = False
    result: Callable[[tuple[TensorType, ...], Options], TensorType]
    step: str | None
    model: str | None
    imports: tuple[str, ...] = ()  # runtime names that the forms use
    differentiable: bool = True
    cuts: str = ""  # why not differentiable, for people
    broadcasts: bool = False  # elementwise over operands of compatible shapes
    precedence: int = (
        100  # of the printed form: 100 atom/call, 60 power, 50 mul, 40 add, 30 compare
    )
    internal: bool = False
    meant: Callable[[tuple[TensorType, ...], Options], str] | None = None
    casts: Casts = ""
    derived: Mapping[str, Callable[[tuple[TensorType, ...], Options], str]] = field(
        default_factory=dict
    )
    draws: bool = False  # random numbers; its form names the place as `{site}`


@dataclass(frozen=True, slots=True, kw_only=True)
class LossVariant:
    """One reading of a loss or metric: chosen by the operands' kinds.

    Forms may name what `forms.fields` gives: `{axes}` of both operands aligned,
    `{classes}`, the length of the output's last axis."""

    name: str  # "sparse_logits"
    python: str  # as FunctionEntry.step
    imports: tuple[str, ...] = ()
    casts: Casts = ""
    broadcasts: bool = False  # both operands are aligned to the higher rank first


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEntry(Entry):
    """What an `activation`, `initializer`, `regularizer` or `constraint` option may
    name, as a bare word or a call: `he_normal`, `random_normal(stddev: 0.02)`."""

    python: (
        str  # "keras.initializers.HeNormal", called with the options that were given
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LossEntry(Entry):
    """A loss or stateless metric of (target, output) that stays per example.

    `choose(target, output, options)` names the variant or raises Mismatch (softmax
    twice, labels against a value); `result` types what is left of the example's
    axes."""

    choose: Callable[[TensorType, TensorType, Options], str]
    result: Callable[[TensorType, TensorType, Options], TensorType]
    variants: tuple[LossVariant, ...]
    target: str = "target"  # what the first and the second operand are called
    output: str = "output"
    metric: bool = False
    coupled: bool = False  # the value of an example depends on the rest of its batch
    differentiable: bool = True
    cuts: str = ""
    better: Literal["max", "min"] = "min"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatefulMetricEntry(Entry):
    """A Keras metric with state; legal only in `report`. `verify(target, output,
    options)` raises Mismatch."""

    python: str
    verify: Callable[[TensorType, TensorType, Options], None]
    additive: bool  # its variables are sums, so windows can be merged
    vectors: bool = False  # reads [batch, n] alone: a number becomes a vector of one
    better: Literal["max", "min"] = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformEntry(Entry):
    """A gradient transform or named optimizer. `role` orders chains: clip, decay,
    precondition, momentum, step (ends in a step size), optimizer, wrapper (is what the
    chain among its options is), objectives (combines several, so comes first), other.
    `flavors` maps a flavor to its defaults, `foreign` to what it does not have: an
    option (`dampening`), or a value of one (`linesearch: zoom`). `needs` says which
    keywords its `update` has to be given (`loopc_runtime.transforms.base`): all of
    them, but none where every option of `idle` has its value there.
    """

    python: str  # runtime name
    role: Literal[
        "clip", "decay", "precondition", "momentum", "step", "optimizer", "wrapper",
        "objectives", "other"
    ]  # fmt: skip
    needs: frozenset[Need] = frozenset()
    scope: Literal["", "global", "tensor", "element"] = ""
    internal: bool = False  # written in a form of its own, never called by its name
    flavors: Mapping[str, Options] = field(default_factory=dict)
    foreign: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    idle: Options = field(default_factory=dict)
    mathematics: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntry(Entry):
    """A schedule piece. `arrow` names the options that `a -> b` fills.

    `time` says what its duration is: how long it lasts, how long it may last, a period
    that goes on for ever; "" for none. `inner` is not empty where the first argument is
    another schedule: it goes on below (through), begins after the duration (after), or
    begins again and again. `verify(numbers)` raises Mismatch.
    """

    python: str
    arrow: tuple[str, str] | None = None
    time: Literal["", "lasts", "may", "period"] = ""
    inner: Literal["", "through", "after", "again"] = ""
    watches: bool = False  # its first argument is a reported value, `valid.loss`
    mathematics: str = ""
    verify: Callable[[Mapping[str, object]], None] | None = None


AnyEntry: TypeAlias = (
    LayerEntry | FunctionEntry | LossEntry | StatefulMetricEntry | TransformEntry
    | ScheduleEntry | ObjectEntry
)  # fmt: skip
