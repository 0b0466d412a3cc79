"""What a value is: dtype, axes of one example, kind, and the stream it varies over."""

from typing import Literal, TypeAlias

from loopc.records import dataclass

Dtype: TypeAlias = Literal["f16", "bf16", "f32", "f64", "i32", "i64", "u8", "bool"]
Kind: TypeAlias = Literal["value", "class", "logits", "probabilities"]
Axis: TypeAlias = int | str  # a length, or the name of a `dim`

FLOATS: tuple[Dtype, ...] = ("f16", "bf16", "f32", "f64")
INTEGERS: tuple[Dtype, ...] = ("u8", "i32", "i64")

BATCH_AXIS = "batch"  # of a value that holds a whole batch

MODEL_STREAM = "*"  # inside model and layer bodies: whatever stream the caller has


@dataclass(frozen=True, slots=True)
class TensorType:
    """A tensor value; `shape` counts the axes of one example, never the batch.

    `stream` is None for a plain value; otherwise the value has one entry per example of
    that stream (`"fashion.train"`, a draw's name, or MODEL_STREAM) and a leading batch
    axis at run time. `weak` marks literals and static numbers, which take the dtype of
    what they meet. `coupled` marks values in which examples influence each other.
    """

    dtype: Dtype
    shape: tuple[Axis, ...] = ()
    kind: Kind = "value"
    classes: int | None = None
    stream: str | None = None
    coupled: bool = False
    weak: bool = False

    @property
    def per_example(self) -> bool:
        return self.stream is not None

    @property
    def is_float(self) -> bool:
        return self.dtype in FLOATS

    def __str__(self) -> str:
        names = {"class": f"class({self.classes})"}
        base = names.get(self.kind, self.kind if self.kind != "value" else self.dtype)
        axes = (["batch"] if self.per_example else []) + [str(a) for a in self.shape]
        return f"{base}[{', '.join(axes)}]" if axes else base


@dataclass(frozen=True, slots=True)
class TupleType:
    """Several outputs of a model, layer or function."""

    items: tuple["ValueType", ...]

    def __str__(self) -> str:
        return f"({', '.join(str(i) for i in self.items)})"


@dataclass(frozen=True, slots=True)
class StaticType:
    """A value known before anything runs; its expression carries it in `value`."""

    base: Literal[
        "int", "float", "bool", "string", "enum", "list", "duration", "shape", "none"
    ]

    def __str__(self) -> str:
        return self.base


@dataclass(frozen=True, slots=True)
class InstanceType:
    """A constructed layer that has a name and may be applied more than once."""

    layer: str

    def __str__(self) -> str:
        return f"{self.layer} layer"


@dataclass(frozen=True, slots=True)
class ModelType:
    """A model as a value: an argument of a `fn`; `value`: one with weights of its own,
    `fast = net`.
    """

    model: str
    value: bool = False

    def __str__(self) -> str:
        return f"model {self.model}"


@dataclass(frozen=True, slots=True)
class ScheduleType:
    """A schedule as a value: a number that follows a clock."""

    def __str__(self) -> str:
        return "schedule"


@dataclass(frozen=True, slots=True)
class RecordType:
    """An example as one value: its fields are read as `t.image`."""

    fields: tuple[tuple[str, TensorType], ...]

    def __str__(self) -> str:
        return "record"


@dataclass(frozen=True, slots=True)
class ErrorType:
    """Already reported; meets everything in silence."""

    def __str__(self) -> str:
        return "?"


ValueType: TypeAlias = (
    TensorType | TupleType | StaticType | InstanceType | ModelType | ScheduleType
    | RecordType | ErrorType
)  # fmt: skip
