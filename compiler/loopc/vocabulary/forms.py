"""What forms of functions and losses may name: axes past the batch, shapes, dtypes."""

from loopc.vocabulary.entry import (
    FunctionEntry,
    LossEntry,
    LossVariant,
    Operands,
    Options,
)
from loopc.vocabulary.rules import as_integers, target_dtype
from loopc.vocabulary.types import Axis, Dtype, TensorType

PYTHON_DTYPES: dict[Dtype, str] = {
    "f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64",
    "i32": "int32", "i64": "int64", "u8": "uint8", "bool": "bool",
}  # fmt: skip


def resolve(
    entry: FunctionEntry, operands: Operands, options: Options
) -> FunctionEntry:
    """Return the entry whose forms serve these operands: `max` of two is `maximum`."""
    if entry.meant is None:
        return entry
    from loopc.vocabulary import functions

    name = entry.meant(operands, options)
    return entry if name == entry.name else functions()[name]


def operand_dtype(
    entry: FunctionEntry | LossVariant, operands: Operands
) -> Dtype | None:
    """Return the dtype to which every operand is cast, or None: they stay as they are.

    Literals (weak) take the dtype of what they meet by themselves.
    """
    return target_dtype(entry.casts, operands)


def missing_axes(operands: Operands) -> tuple[int, ...]:
    """Return how many axes each operand gets behind its batch axis to be aligned.

    Plain operands get none: broadcasting counts axes from the last one.
    """
    rank = max((len(o.shape) for o in operands), default=0)
    return tuple(rank - len(o.shape) if o.per_example else 0 for o in operands)


def fields(
    entry: FunctionEntry | LossEntry, operands: Operands, options: Options
) -> dict[str, str]:
    """Return what the forms of `entry` may name besides operands and options.

    `axes`: the option `axis`, or all axes, moved past the batch axis. `shape`: the
    result's axes, the batch as -1. `dtype`, `dtype_name`: of the result. For a loss
    `axes` counts both operands aligned, and `classes` is the output's last length.
    """
    per_example = any(o.per_example for o in operands)
    texts = {"axes": axes_text(_axes(entry, operands, options, per_example))}
    if isinstance(entry, LossEntry):
        return texts | {
            "classes": str(operands[1].shape[-1:][0] if operands[1].shape else 1)
        }
    result = entry.result(operands, options)
    name = PYTHON_DTYPES[result.dtype]
    texts |= {"dtype": f"tf.{name}", "dtype_name": f'"{name}"'}
    texts["shape"] = shape_text(result.shape, per_example)
    return texts | {k: f(operands, options) for k, f in entry.derived.items()}


def _axes(
    entry: FunctionEntry | LossEntry,
    operands: Operands,
    options: Options,
    per_example: bool,
) -> tuple[int, ...]:
    ranks = [len(o.shape) for o in operands]
    rank = max(ranks[:2] if isinstance(entry, LossEntry) else ranks[:1], default=0)
    if options.get("axis") is None:
        return tuple(range(int(per_example), rank + int(per_example)))
    return tuple(moved(a, per_example) for a in as_integers(options["axis"]))


def moved(axis: int, per_example: bool) -> int:
    """Return a declared axis at run time: one further, or as it is if from the end."""
    return axis + 1 if per_example and axis >= 0 else axis


def axes_text(axes: tuple[int, ...]) -> str:
    """Write axes as both libraries take them: one as a number, more as a tuple."""
    return str(axes[0]) if len(axes) == 1 else tuple_text(axes)


def tuple_text(values: tuple[object, ...]) -> str:
    """Write a Python tuple."""
    comma = "," if len(values) == 1 else ""
    return f"({', '.join(str(v) for v in values)}{comma})"


def shape_text(shape: tuple[Axis, ...], per_example: bool) -> str:
    """Write a shape at run time; the batch, and an axis that varies, as -1."""
    axes = [-1] if per_example else []
    return tuple_text((*axes, *(a if isinstance(a, int) else -1 for a in shape)))


def batched(operand: TensorType, values: tuple[object, ...], batch: object) -> str:
    """Write one value per axis of an operand, `batch` in front where it has a batch."""
    return tuple_text((batch, *values) if operand.per_example else values)
