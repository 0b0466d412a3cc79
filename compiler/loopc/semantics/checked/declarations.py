"""Params, constants, models, layers and functions."""

from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode, StaticValue
from loopc.semantics.checked.schedules import CheckedSchedule
from loopc.semantics.checked.statements import CheckedStatement
from loopc.semantics.checked.statics import Cadence, Static, StaticExpression
from loopc.vocabulary.types import TensorType, ValueType

ParamBase: TypeAlias = Literal["int", "float", "bool", "enum", "duration"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedParam(CheckedNode):
    """`value` is the default or the override; `choices` for one_of."""

    name: str
    base: ParamBase
    value: StaticValue
    low: int | float | None = None
    high: int | float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedConst(CheckedNode):
    """Computed in float64 now; nested tuples of numbers. `expression` is how it was
    written, for the script (`np.linspace(...)`); None prints the numbers.
    """

    name: str
    value: StaticValue
    type: TensorType
    expression: "StaticExpression | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDim(CheckedNode):
    """An axis of varying length, both ends included; `buckets` ascend to its high."""

    name: str
    low: Static
    high: Static
    buckets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWeight(CheckedNode):
    """`weight nu: f32 = 0.1`: `initial` is a Static or a ConstantTable."""

    initial: CheckedExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptValue(CheckedNode):
    """`state h: f32[64] = zeros reset every 1 epoch`: as OneWeight, but not trained.

    `lanes`: one value for each lane of the batches, `f32[batch, 64]`.
    """

    initial: CheckedExpression
    reset: Cadence | None
    lanes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingAverage(CheckedNode):
    """`ema(online, 0.99)`."""

    source: str
    decay: Static | CheckedSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOf(CheckedNode):
    """`snapshot(q, every: 500 updates)`: `every` counts updates."""

    source: str
    every: Static


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragedByChain(CheckedNode):
    """`averaged(net)`: the weights that the chains of its updates evaluate it by."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFile(CheckedNode):
    """`frozen(load("t.keras"))`."""

    path: str


Origin: TypeAlias = (
    OneWeight | KeptValue | MovingAverage | SnapshotOf | AveragedByChain | FromFile
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModel(CheckedNode):
    """`inputs`: the declared ones, then the masks that the body reads. `contains`:
    models called inside, directly or not. `trainable`, `non_trainable` count weights,
    not those of Python's layers (`counted` False). `origin` None: a network of its
    `body`; else the body is empty.
    """

    name: str
    inputs: tuple[tuple[str, TensorType], ...]
    body: tuple[CheckedStatement, ...]
    output: ValueType
    contains: tuple[str, ...]
    layers: tuple["LayerSummary", ...]
    trainable: int
    non_trainable: int
    origin: "Origin | None" = None
    counted: bool = True

    @property
    def has_statistics(self) -> bool:
        """Whether it has, or may have, values that calls in training change."""
        return self.non_trainable > 0 or not self.counted

    @property
    def source(self) -> str | None:
        """The model that this one follows, if it follows one."""
        if isinstance(self.origin, MovingAverage | SnapshotOf | AveragedByChain):
            return self.origin.source
        return None

    @property
    def is_variable(self) -> bool:
        """Whether this is a weight or a state: one variable, without a network."""
        return isinstance(self.origin, OneWeight | KeptValue)


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One applied instance, for `plan`: path, vocabulary name, output, weights.

    `keras` is the name of the Keras layer; `names` are those of its trainable weights.
    """

    path: str
    layer: str
    output: ValueType
    trainable: int
    non_trainable: int
    shared: bool = False
    keras: str = ""
    names: tuple[str, ...] = ()
    counted: bool = True  # False: a layer of Python, whose weights nobody knows here


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTemplate(CheckedNode):
    """A `layer` declaration; `body` is checked per signature, the first one is kept for
    printing.
    """

    name: str
    static: tuple[tuple[str, Static | None], ...]  # name, default
    tensors: tuple[str, ...]
    body: tuple[CheckedStatement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFunction(CheckedNode):
    """One signature of a `fn` or `loss`; `name` is unique (`focal`, `focal_2`).
    `inside` tells whether it computes in a step or on Keras tensors in a model.
    """

    name: str
    parameters: tuple[tuple[str, ValueType], ...]
    body: tuple[CheckedStatement, ...]
    result: ValueType
    inside: Literal["step", "model"] = "step"
