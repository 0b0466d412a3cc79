"""Typing rules that entries share: joined dtypes, broadcasting, kinds, axes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from loopc.vocabulary.entry import Casts, Mismatch, Operands, Options, OptionValue
from loopc.vocabulary.types import FLOATS, INTEGERS, Axis, Dtype, Kind, TensorType

# Wider to the right; f16 and bf16 have no order and meet in f32.
FLOAT_ORDER: tuple[Dtype, ...] = ("f16", "bf16", "f32", "f64")


def shown(shape: Sequence[Axis]) -> str:
    """Write axes as the language does: `[28, 28]`."""
    return f"[{', '.join(str(axis) for axis in shape)}]"


def counted(number: int, noun: str) -> str:
    """Write `1 axis`, `2 axes`."""
    plural = "axes" if noun == "axis" else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


# --------------------------------------------------------------------------- dtypes


def joined_dtype(operands: Operands, floating: bool = False) -> Dtype:
    """Return the dtype in which operands meet: ints become floats, literals give way.

    bool gives way to every number. With `floating` the result is a float: f32 where no
    operand is one.
    """
    firm = [o.dtype for o in operands if not o.weak] or [o.dtype for o in operands]
    weak_float = any(o.weak and o.is_float for o in operands)
    floats = [d for d in firm if d in FLOATS]
    if floats:
        return widest_float(floats)
    if floating or weak_float:
        return "f32"
    integers = [d for d in firm if d in INTEGERS]
    if integers:
        return max(integers, key=INTEGERS.index)
    return "i32" if any(o.weak and o.dtype in INTEGERS for o in operands) else "bool"


def widest_float(dtypes: Iterable[Dtype]) -> Dtype:
    """Return the float dtype that holds all of them."""
    kinds = set(dtypes)
    if {"f16", "bf16"} <= kinds:
        kinds.add("f32")
    return max(kinds, key=FLOAT_ORDER.index)


def target_dtype(casts: Casts, operands: Operands) -> Dtype | None:
    """Return what operands are cast to under a `casts` rule, None where to nothing."""
    match casts:
        case "":
            return None
        case "float":
            return joined_dtype(operands, floating=True)
        case "number":
            dtype = joined_dtype(operands)
            return "i32" if dtype == "bool" else dtype
    return joined_dtype(operands)


def require_float(operand: TensorType, what: str) -> None:
    """Raise Mismatch unless the operand is a float."""
    if operand.is_float:
        return
    if operand.kind == "class":
        fact = f"{what} is a label, {operand}"
        raise Mismatch(fact, "turn it into numbers: `one_hot(...)` or `embedding(...)`")
    help = "divide it, multiply it by 1.0, or `cast(x, f32)`"
    raise Mismatch(f"{what} is {operand}, not a float", help)


def require_bool(operand: TensorType, what: str) -> None:
    """Raise Mismatch unless the operand is true-or-false."""
    if operand.dtype != "bool":
        raise Mismatch(f"{what} is {operand}, not true or false", "compare it: `x > 0`")


def require_number(operand: TensorType, what: str) -> None:
    """Raise Mismatch where the operand is true-or-false."""
    if operand.dtype == "bool":
        fact = f"{what} is true or false, not a number"
        raise Mismatch(fact, "write `where(x, 1.0, 0.0)`")


# ----------------------------------------------------------------------------- axes


def broadcast(shapes: Sequence[tuple[Axis, ...]]) -> tuple[Axis, ...]:
    """Return the shape in which shapes meet by NumPy's rule, from the last axis on.

    Raises Mismatch where two lengths differ and neither is 1.
    """
    rank = max((len(shape) for shape in shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple(_meet(lengths, shapes) for lengths in zip(*padded, strict=True))


def _meet(lengths: tuple[Axis, ...], shapes: Sequence[tuple[Axis, ...]]) -> Axis:
    found = dict.fromkeys(length for length in lengths if length != 1)
    if len(found) > 1:
        first, second = list(found)[:2]
        whole = " and ".join(shown(shape) for shape in shapes)
        fact = f"axes of {first} and {second} do not meet in {whole}"
        raise Mismatch(fact, "make the lengths equal, or one of them 1")
    return next(iter(found), 1)


def as_integers(value: OptionValue) -> tuple[int, ...]:
    """Return an `ints` option as a tuple; Mismatch for what is no whole number."""
    values = value if isinstance(value, tuple) else (value,)
    wrong = [v for v in values if isinstance(v, bool) or not isinstance(v, int)]
    if wrong:
        raise Mismatch(f"{wrong[0]} is not a whole number", "write whole numbers")
    return tuple(v for v in values if isinstance(v, int))


def axis_index(axis: int, rank: int) -> int:
    """Return a declared axis counted from 0; Mismatch if there is none."""
    if -rank <= axis < rank:
        return axis % rank
    fact = f"axis {axis} of an example with {counted(rank, 'axis')}"
    help = "the batch is not an axis: count the declared ones from 0"
    raise Mismatch(fact, help if rank else "a single number has no axis")


def chosen_axes(options: Options, rank: int, name: str = "axis") -> tuple[int, ...]:
    """Return the axes an option names, counted from 0, all of them where it is None."""
    value = options.get(name)
    if value is None:
        return tuple(range(rank))
    axes = tuple(axis_index(axis, rank) for axis in as_integers(value))
    if len(set(axes)) < len(axes):
        raise Mismatch("names an axis twice", "name each axis once")
    return axes


def known(axis: Axis, what: str) -> int:
    """Return the length of an axis; Mismatch where it is a `dim` known only later."""
    if isinstance(axis, int):
        return axis
    raise Mismatch(f"{what} needs the length of `{axis}`, which varies", "")


def product(shape: Sequence[Axis], what: str) -> int:
    """Return how many elements an example has; Mismatch where a length varies."""
    size = 1
    for axis in shape:
        size *= known(axis, what)
    return size


# ---------------------------------------------------------------------------- kinds


def kept_kind(source: TensorType, shape: tuple[Axis, ...]) -> TensorType:
    """Return `source` arranged in another shape: labels stay labels, probabilities
    probabilities, and logits logits while their last axis keeps its length."""
    if source.kind == "logits" and source.shape[-1:] != shape[-1:]:
        return replace(source, shape=shape, kind="value", classes=None)
    return replace(source, shape=shape)


def value(dtype: Dtype, shape: tuple[Axis, ...], kind: Kind = "value") -> TensorType:
    """Return a tensor type that is neither weak nor of a stream."""
    return TensorType(dtype, shape, kind)


def shared_kind(operands: Operands) -> tuple[Kind, int | None]:
    """Return the kind and classes that all operands have in common, else a value's.

    Literals have the kind of what they meet.
    """
    firm = [o for o in operands if not o.weak] or list(operands)
    pairs = {(o.kind, o.classes) for o in firm}
    return pairs.pop() if len(pairs) == 1 else ("value", None)
