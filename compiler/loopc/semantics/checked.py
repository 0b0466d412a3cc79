"""The checked program: every name resolved, every default filled in, a type on every value.

Tensor expressions say what is computed on the axes of one example; the batch axis is the
business of code generation. Names of primitives, layers, transforms and schedules are those
of the vocabulary. Spans lead back to the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from loopc.vocabulary.types import TensorType, ValueType
from loopc.source import Span

StaticValue: TypeAlias = (
    "int | float | bool | str | None | tuple[StaticValue, ...] | Duration"
)


@dataclass(frozen=True, slots=True)
class Duration:
    """`500 steps`, `3 epochs`, `5%` of the run, `2 hours` (in seconds), or `rest`."""

    amount: int | float
    unit: Literal["steps", "epochs", "updates", "percent", "seconds", "rest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedNode:
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExpression(CheckedNode):
    type: ValueType


# ------------------------------------------------------------ static expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Static(CheckedExpression):
    """A value known now. `expression` keeps how it was computed when a param, const, static
    parameter or loop name took part (so that the script can say `config.units * 2`); None
    where the plain value is all there is to print."""

    value: StaticValue
    expression: "StaticExpression | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticName(CheckedNode):
    """A param, const, static parameter of a layer or fn, or a loop name."""

    name: str
    origin: Literal["param", "const", "parameter", "loop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticOperation(CheckedNode):
    """`+ - * / // ^`, comparisons, `and or not`, or a function (`min`, `max`, `mod`...)."""

    operator: str
    operands: "tuple[StaticExpression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticLiteral(CheckedNode):
    value: StaticValue


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticShape(CheckedNode):
    """`x.shape` (all axes) or `x.shape[i]` (index not None) of a tensor expression."""

    tensor: CheckedExpression
    index: int | None = None


StaticExpression: TypeAlias = StaticName | StaticOperation | StaticLiteral | StaticShape


# ------------------------------------------------------------ tensor expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Local(CheckedExpression):
    """A name bound by a parameter, a stream field, an assignment, or a record field."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantTable(CheckedExpression):
    """A `const` used as a tensor."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockValue(CheckedExpression):
    """`step`, `epoch` or `progress` as a float32 scalar."""

    clock: Literal["step", "epoch", "progress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleValue(CheckedExpression):
    """A schedule where a number stands; read on the step, or `at` another clock."""

    schedule: "CheckedSchedule"
    at: Literal["step", "epoch", "update"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Primitive(CheckedExpression):
    """A function or operator of the vocabulary (`add`, `matmul`, `exp`, `sum`, `concat`...).

    `arguments` are tensors (or Static numbers); `options` are static keyword values, all
    defaults filled in. A loss or metric function carries the variant that its operands chose
    in `variant` (`sparse_logits`, `one_hot_probabilities`, ...), else "".
    """

    name: str
    arguments: tuple[CheckedExpression, ...]
    options: Mapping[str, Static] = field(default_factory=dict)
    variant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Average(CheckedExpression):
    """`mean(v)`, `mean(v, weight: w)`: a plain scalar; also the coercion of a per-example value
    under minimize, maximize and report (`implied`)."""

    value: CheckedExpression
    weight: CheckedExpression | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Total(CheckedExpression):
    """`total(v)`: the sum over examples, plain, of the shape of one example."""

    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class Random(CheckedExpression):
    """A draw; `site` numbers the textual call within its train block or model."""

    distribution: Literal["normal", "uniform", "uniform_int"]
    options: Mapping[str, CheckedExpression]
    site: int
    like: CheckedExpression | None = None  # gives the batch; None: the header's batch
    batch: Static | None = None  # an explicit `batch: 64`


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    start: Static | None
    stop: Static | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexing(CheckedExpression):
    """Index of the example's axes: integers drop an axis, slices keep it; a tensor index gathers
    along axis 0 (`table[codes]`)."""

    value: CheckedExpression
    items: tuple["CheckedExpression | Slice", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TupleValue(CheckedExpression):
    items: tuple[CheckedExpression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Select(CheckedExpression):
    """`a if condition else b`: `taken` is the branch that exists under this signature; the other
    one may be ill-typed and is then an expression of ErrorType."""

    condition: Static
    then: CheckedExpression
    otherwise: CheckedExpression
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Construct(CheckedExpression):
    """A layer of the vocabulary or a template, constructed with static options (all defaults
    filled in; only `explicit` ones were written or differ from Keras' own default) and an
    instance name unique in the body it stands in."""

    layer: str
    options: Mapping[str, Static]
    explicit: frozenset[str]
    instance: str
    template: bool = False
    inner: "Construct | None" = (
        None  # the wrapped layer of bidirectional(...) and the like
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyLayer(CheckedExpression):
    """`construct` is a Construct (written in place) or a Local of InstanceType (a named instance).
    `inputs` are the tensors, `keywords` tensor or static call options (`mask:`, `causal:`).
    """

    construct: "Construct | Local"
    inputs: tuple[CheckedExpression, ...]
    as_list: bool = False  # the layer takes one list of tensors
    keywords: Mapping[str, CheckedExpression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallModel(CheckedExpression):
    model: str
    inputs: tuple[CheckedExpression, ...]
    training: bool | None  # None inside a model body: follows the caller


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFunction(CheckedExpression):
    """A call of a `fn` or `loss`: `function` names one checked signature of it."""

    function: str
    arguments: tuple[CheckedExpression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatefulMetric(CheckedExpression):
    """`auc(label, scores)` in a report: a metric with state, of the vocabulary."""

    name: str
    arguments: tuple[CheckedExpression, ...]
    options: Mapping[str, Static]
    explicit: frozenset[str]


# ---------------------------------------------------------------------- statements


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
    """Runs `body` once per entry of `values`; `iterable` says how to print it (a count, a range, a
    list). `carried` are names bound before and rebound inside. `body` is the checked body of the
    first pass; every pass was checked."""

    names: tuple[str, ...]
    iterable: Static
    values: tuple[StaticValue, ...]
    carried: tuple[str, ...]
    body: tuple["CheckedStatement", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedUpdate(CheckedNode):
    """One update site. `objective` is a plain scalar. `models` are those written; `trained` those the
    objective depends on. `site` is unique in the train block and a good Python name."""

    site: str
    models: tuple[str, ...]
    trained: tuple[str, ...]
    objective: CheckedExpression
    maximize: bool
    chain: "CheckedChain"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReportItem(CheckedNode):
    """A per-example value arrives wrapped in Average(implied=True)."""

    name: str
    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReport(CheckedNode):
    items: tuple[CheckedReportItem, ...]


CheckedStatement: TypeAlias = (
    CheckedAssign | CheckedReturn | CheckedRepeat | CheckedUpdate | CheckedReport
)


# -------------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedParam(CheckedNode):
    """`value` is the default or the override; `choices` for one_of."""

    name: str
    base: Literal["int", "float", "bool", "enum", "duration"]
    value: StaticValue
    low: int | float | None = None
    high: int | float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedConst(CheckedNode):
    """Computed in float64 now; nested tuples of numbers. `expression` is how it was written, for
    the script (`np.linspace(...)`); None prints the numbers."""

    name: str
    value: StaticValue
    type: TensorType
    expression: "StaticExpression | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSource(CheckedNode):
    """`format` npz, csv, idx or arrays. `files`: column -> file for idx, {"": file} else (for arrays
    the name under which the arrays are given). `options`: separator, ..."""

    split: str
    format: Literal["npz", "csv", "idx", "arrays"]
    files: Mapping[str, str]
    options: Mapping[str, StaticValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCarve(CheckedNode):
    """`rest` takes what the others left of the parent."""

    split: str
    parent: str
    how: Literal["percent", "count", "last_percent", "last_count", "fold", "rest"]
    amount: Static | None  # percent or count; the fold's index
    folds: Static | None = None
    by: str | None = None  # a column or field name


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnValue(CheckedExpression):
    """`column("x")` as a tensor of the field's shape."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standardized(CheckedExpression):
    """`standardize(column("x"), over: train)`; several columns stack on a last axis."""

    columns: tuple[str, ...]
    over: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(CheckedExpression):
    """`category(column("c"), over: train, unknown: 0)`."""

    column: str
    over: str
    unknown: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedField(CheckedNode):
    """`value` is an expression over ColumnValue, Standardized, Category and primitives."""

    name: str
    type: TensorType  # stream None here
    value: CheckedExpression
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedData(CheckedNode):
    """`splits` in an order in which they can be made (parents first)."""

    name: str
    splits: tuple[CheckedSource | CheckedCarve, ...]
    fields: tuple[CheckedField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModel(CheckedNode):
    """`contains`: models called inside, directly or not. `parameters`: trainable weights, counted."""

    name: str
    inputs: tuple[tuple[str, TensorType], ...]
    body: tuple[CheckedStatement, ...]
    output: ValueType
    contains: tuple[str, ...]
    layers: tuple["LayerSummary", ...]
    trainable: int
    non_trainable: int


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One applied instance, for `plan`: path, vocabulary name, output, weights."""

    path: str
    layer: str
    output: ValueType
    trainable: int
    non_trainable: int
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTemplate(CheckedNode):
    """A `layer` declaration; `body` is checked per signature, the first one is kept for printing."""

    name: str
    static: tuple[tuple[str, Static | None], ...]  # name, default
    tensors: tuple[str, ...]
    body: tuple[CheckedStatement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFunction(CheckedNode):
    """One signature of a `fn` or `loss`; `name` is unique (`focal`, `focal_2`)."""

    name: str
    parameters: tuple[tuple[str, ValueType], ...]
    body: tuple[CheckedStatement, ...]
    result: ValueType


# ----------------------------------------------------------- schedules and chains


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePiece(CheckedNode):
    """`linear(0 -> peak, 500 steps)`: kind constant, linear, cosine, exponential, polynomial or
    piecewise; numbers by name, and how long it lasts (None: for ever)."""

    kind: str
    numbers: Mapping[str, Static]
    duration: Duration | None
    duration_value: Static | None = (
        None  # prints `config.warmup` where a param was used
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSequence(CheckedNode):
    pieces: tuple["ScheduleBody", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleArithmetic(CheckedNode):
    operator: Literal["add", "subtract", "multiply", "divide", "power", "negate"]
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
    """One transform: vocabulary name, options by name (numbers, enums, or schedules), all defaults of
    the chosen flavor filled in; `explicit` are those that must be printed (written, or not the
    runtime function's own default)."""

    name: str
    options: Mapping[str, Static | CheckedSchedule]
    explicit: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedChain(CheckedNode):
    """`name` is that of the `transform` declaration it was written as, else empty."""

    name: str
    links: tuple[CheckedLink, ...]


# --------------------------------------------------------------------------- train


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStream(CheckedNode):
    """`batch_size` None is `batch all`; `bindings`: (name in the step, field)."""

    data: str
    split: str
    batch_size: Static | None
    drop: bool
    bindings: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return f"{self.data}.{self.split}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence(CheckedNode):
    duration: Duration  # steps or epochs
    value: Static | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEval(CheckedNode):
    """`every` None: at end."""

    name: str
    stream: CheckedStream
    every: Cadence | None
    body: tuple[CheckedStatement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedKeep(CheckedNode):
    count: int
    mode: Literal["max", "min"]
    eval: str
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStop(CheckedNode):
    mode: Literal["max", "min"]
    eval: str
    metric: str
    patience: Cadence


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExport(CheckedNode):
    best: bool
    model: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTrain(CheckedNode):
    """One loop. `duration` in steps, epochs or seconds. `streams` has the header's stream or is empty."""

    name: str
    duration: Duration
    duration_value: Static
    seed: Static
    execution: Literal["auto", "graph", "xla", "streamed_graph", "streamed_xla"]
    log_every: Cadence
    stream: CheckedStream | None
    body: tuple[CheckedStatement, ...]
    evals: tuple[CheckedEval, ...]
    checkpoint_every: Cadence | None
    checkpoint_keep: int
    keeps: tuple[CheckedKeep, ...]
    stops: tuple[CheckedStop, ...]
    exports: tuple[CheckedExport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProgram:
    """Everything, in file order. `title` is the first comment line of the file, for people."""

    title: str
    params: tuple[CheckedParam, ...]
    consts: tuple[CheckedConst, ...]
    data: tuple[CheckedData, ...]
    models: tuple[CheckedModel, ...]
    templates: tuple[CheckedTemplate, ...]
    functions: tuple[CheckedFunction, ...]
    schedules: tuple[CheckedSchedule, ...]
    chains: tuple[CheckedChain, ...]
    trains: tuple[CheckedTrain, ...]
