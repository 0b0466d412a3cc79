"""Tensor expressions: what is computed on the axes of one example."""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode
from loopc.semantics.checked.statics import Static

if TYPE_CHECKING:
    from loopc.semantics.checked.schedules import CheckedChain, CheckedSchedule


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
    """A function or operator of the vocabulary (`add`, `matmul`, `exp`, `sum`,
    `concat`...).

    `arguments` are tensors (or Static numbers); `options` are static keyword values,
    all defaults filled in. A loss or metric function carries the variant that its
    operands chose in `variant` (`sparse_logits`, `one_hot_probabilities`, ...), else
    "".
    """

    name: str
    arguments: tuple[CheckedExpression, ...]
    options: Mapping[str, Static] = field(default_factory=dict)
    variant: str = ""
    site: int | None = None  # of a function that draws random numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Average(CheckedExpression):
    """`mean(v)`, `mean(v, weight: w)`: a plain scalar; also the coercion of a per-
    example value under minimize, maximize and report (`implied`).
    """

    value: CheckedExpression
    weight: CheckedExpression | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Total(CheckedExpression):
    """`total(v)`: the sum over examples, plain, of the shape of one example."""

    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeBatch(CheckedExpression):
    """`whole_batch(v)`: all examples as one plain value, the batch its first axis."""

    value: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(CheckedExpression):
    """`position(v)`: the place of each example in its batch, from 0."""

    value: CheckedExpression


Distribution: TypeAlias = Literal[
    "normal", "truncated_normal", "uniform", "uniform_int", "gamma", "beta"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Random(CheckedExpression):
    """A draw; `site` numbers the textual call within its train block or model."""

    distribution: Distribution
    options: Mapping[str, CheckedExpression]
    site: int
    like: CheckedExpression | None = None  # gives the batch; None: the header's batch
    batch: Static | None = None  # an explicit `batch: 64`


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisLength(CheckedNode):
    """The length of a varying axis, which is axis `position` of the local `input`."""

    input: CheckedExpression
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    start: Static | None
    stop: "Static | AxisLength | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexing(CheckedExpression):
    """Index of the example's axes: integers drop an axis, slices keep it; a tensor
    index gathers along axis 0 (`table[codes]`).
    """

    value: CheckedExpression
    items: tuple["CheckedExpression | Slice", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TupleValue(CheckedExpression):
    items: tuple[CheckedExpression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Select(CheckedExpression):
    """`a if condition else b`: `taken` is the branch that exists under this signature;
    the other one may be ill-typed and is then an expression of ErrorType.
    """

    condition: Static
    then: CheckedExpression
    otherwise: CheckedExpression
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Construct(CheckedExpression):
    """A layer of the vocabulary or a template, constructed with static options (all
    defaults filled in; only `explicit` ones were written or differ from Keras' own
    default) and an instance name unique in the body it stands in.
    """

    layer: str
    options: Mapping[str, Static]
    explicit: frozenset[str]
    instance: str
    template: bool = False
    inner: "Construct | None" = (
        None  # the wrapped layer of bidirectional(...) and the like
    )
    beside: "tuple[Construct, ...]" = ()  # the cells behind `inner` in rnn([...])


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyLayer(CheckedExpression):
    """`construct` is a Construct (written in place) or a Local of InstanceType (a named
    instance). `inputs` are the tensors, `keywords` tensor or static call options
    (`mask:`, `causal:`).
    """

    construct: "Construct | Local"
    inputs: tuple[CheckedExpression, ...]
    as_list: bool = False  # the layer takes one list of tensors
    keywords: Mapping[str, CheckedExpression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWeight(CheckedExpression):
    """`weight position: f32[256, 64]` in a model: a plain tensor. `beside` is an input
    of the body, which ties it to the network; `initial` a Static or ConstantTable.
    """

    instance: str
    initial: CheckedExpression
    beside: "Local"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWeight(CheckedExpression):
    """`table.embeddings`: a weight of a named layer, as a plain tensor; `beside` as in
    ModelWeight.
    """

    layer: "Local"
    weight: str
    beside: "Local"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightValue(CheckedExpression):
    """A `weight` declared outside of models, read as it is at that moment."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateValue(CheckedExpression):
    """A `state`, read as it is at that moment; a constant for gradients."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallModel(CheckedExpression):
    model: str
    inputs: tuple[CheckedExpression, ...]
    training: bool | None  # None in a model or function: follows the caller
    mode: Literal["", "training", "inference"] = ""  # "": that of the place
    derived: bool = False  # an average, snapshot or file: nothing of it ever changes
    moves: bool = True  # moving statistics; planning takes it from calls off the path


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightPenalty(CallModel):
    """`regularization(net)`: the penalties of a model's weights, read as a call reads
    them; there are no inputs.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient(CheckedExpression):
    """`grad(v, wrt: x)`: of the sum of `value`, in the shape of the variable. Planning
    gives each its `site`, takes several of one value together (then it is a tuple), and
    says where the value, itself a gradient, may not depend on a variable (`partial`).
    """

    value: CheckedExpression
    variables: tuple[Local, ...]
    site: str = ""
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyModel(CheckedExpression):
    """`fast = net`: a declared model with the weights of this moment, as a value."""

    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallModelValue(CheckedExpression):
    """`fast(x)`: a call of a model value."""

    model: Local
    inputs: tuple[CheckedExpression, ...]
    training: bool | None  # None in a function: follows the caller


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedModel(CheckedExpression):
    """`updated(fast, minimize: e, using: sgd(0.01))`: `model` (a model value, or a
    declared model) after one step down `objective`. `order` 1 takes the step as
    constant. Planning names the `site`.
    """

    model: Local
    declared: bool
    objective: CheckedExpression
    chain: "CheckedChain"
    order: Literal[1, 2]
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFunction(CheckedExpression):
    """A call of a `fn` or `loss`: `function` names one checked signature of it.
    Planning adds which arguments its result hands no gradient on to (`cuts`), the
    models whose moving statistics it leaves alone (`unchanged`), and whether its result
    reaches something through gradients alone (`second_order`).
    """

    function: str
    arguments: tuple[CheckedExpression, ...]
    cuts: tuple[int, ...] = ()
    unchanged: tuple[str, ...] = ()
    second_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatefulMetric(CheckedExpression):
    """`auc(label, scores)` in a report: a metric with state, of the vocabulary."""

    name: str
    arguments: tuple[CheckedExpression, ...]
    options: Mapping[str, Static]
    explicit: frozenset[str]
