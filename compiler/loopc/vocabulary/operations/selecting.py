"""Functions that pick, make, convert or measure tensors, or turn gradients aside."""

from dataclasses import replace

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.forms import PYTHON_DTYPES, moved, tuple_text
from loopc.vocabulary.operations.build import LAST_AXIS, elementwise
from loopc.vocabulary.rules import (
    as_integers,
    axis_index,
    broadcast,
    joined_dtype,
    kept_kind,
    known,
    require_float,
    require_number,
    shared_kind,
    shown,
    target_dtype,
    value,
)
from loopc.vocabulary.types import FLOATS, INTEGERS, Dtype, TensorType

# ------------------------------------------------------------------------------ picking


def _taken(operands: Operands, options: Options) -> TensorType:
    table, indices = operands
    if indices.dtype not in INTEGERS:
        raise Mismatch(f"the indices are {indices}", "index with labels or integers")
    axis = axis_index(as_integers(options.get("axis", 0))[0], len(table.shape))
    length = table.shape[axis]
    if indices.kind == "class" and isinstance(length, int):
        _require_range(indices, length)
    shape = (*table.shape[:axis], *indices.shape, *table.shape[axis + 1 :])
    return kept_kind(table, shape)


def _require_range(indices: TensorType, length: int) -> None:
    if (indices.classes or 0) > length:
        fact = f"{indices} indexes an axis of {length}"
        raise Mismatch(fact, f"give the table at least {indices.classes} entries")


def _take_meant(operands: Operands, options: Options) -> str:
    return "take_each" if all(o.per_example for o in operands) else "take"


def _take_axis(operands: Operands, options: Options) -> str:
    table = operands[0]
    axis = axis_index(as_integers(options.get("axis", 0))[0], len(table.shape))
    return str(moved(axis, table.per_example))


_TAKE_AXIS = Option(
    name="axis", kind="int", default=0, doc="the declared axis to index"
)

_TAKE = FunctionEntry(
    name="take",
    summary="The entries of a table that indices name.",
    doc=(
        "`take(table, codes)` is `table[codes]`: the axes of the indices stand where "
        "the indexed axis stood. Labels are checked against the length of that axis."
    ),
    options=(_TAKE_AXIS,),
    aliases=("gather",),
    family="shaping",
    operands=(2, 2),
    result=_taken,
    step="tf.gather({0}, {1}, axis={place})",
    model="keras.ops.take({0}, {1}, axis={place})",
    meant=_take_meant,
    derived={"place": _take_axis},
)
_TAKE_EACH = replace(
    _TAKE,
    name="take_each",
    summary="The entries that indices name in a table of each example's own.",
    doc="Stands for `take` where the table and the indices both have a batch.",
    aliases=(),
    step="tf.gather({0}, {1}, axis={place}, batch_dims=1)",
    model=None,
    internal=True,
    meant=None,
)


def _one_hot_depth(operands: Operands, options: Options) -> int:
    label = operands[0]
    if label.dtype not in INTEGERS:
        raise Mismatch(f"the operand is {label}", "one_hot takes labels or integers")
    depth = options.get("depth")
    if depth is None and label.classes is None:
        fact = f"how many classes {label} has is not known"
        raise Mismatch(fact, "write it: `one_hot(x, 10)`")
    return int(str(label.classes if depth is None else depth))


def _one_hot(operands: Operands, options: Options) -> TensorType:
    depth = _one_hot_depth(operands, options)
    if (operands[0].classes or 0) > depth:
        raise Mismatch(f"{operands[0]} does not fit into {depth}", "raise the depth")
    return value("f32", (*operands[0].shape, depth), "probabilities")


_ONE_HOT = FunctionEntry(
    name="one_hot",
    summary="A label as a vector that is 1 at its class and 0 elsewhere.",
    doc=(
        "The depth is the number of classes unless it is written. The result counts as "
        "probabilities, so that it can be the target of a cross-entropy."
    ),
    options=(
        Option(name="depth", kind="int", default=None, none=True, low=1,
               doc="the length of the new last axis"),
    ),
    family="shaping",
    result=_one_hot,
    step="tf.one_hot({0}, {classes})",
    model="keras.ops.one_hot({0}, {classes})",
    differentiable=False,
    cuts="a label has no gradient",
    derived={"classes": lambda o, options: str(_one_hot_depth(o, options))},
)  # fmt: skip

# ------------------------------------------------------------------- making, converting


def _filled(operands: Operands, options: Options) -> TensorType:
    return value("f32", as_integers(options["shape"]))


def _like(operands: Operands, options: Options) -> TensorType:
    return value(operands[0].dtype, operands[0].shape)


def _shape_option(operands: Operands, options: Options) -> str:
    return tuple_text(as_integers(options["shape"]))


def _fill(name: str, number: int) -> tuple[FunctionEntry, FunctionEntry]:
    word = "Zeros" if number == 0 else "Ones"
    return (
        FunctionEntry(
            name=name, summary=f"{word} of a shape, the same for every example.",
            doc="A plain float32 value; it broadcasts against values of an example.",
            options=(Option(name="shape", kind="ints", low=1, doc="its axes"),),
            family="making", operands=(0, 0), result=_filled,
            step=f"tf.{name}({{axes_written}})",
            model=f"keras.ops.{name}({{axes_written}})",
            derived={"axes_written": _shape_option},
        ),
        FunctionEntry(
            name=f"{name}_like", summary=f"{word} of the type of another value.",
            doc="It has the shape, dtype and batch of its operand.",
            family="making", result=_like, step=f"tf.{name}_like({{0}})",
            model=f"keras.ops.{name}_like({{0}})",
            differentiable=False, cuts="it does not depend on its operand",
        ),
    )  # fmt: skip


def _axes_after_batch(operands: Operands, options: Options) -> str:
    return "".join(f", {axis}" for axis in operands[0].shape)


_FOR_EACH_EXAMPLE = FunctionEntry(
    name="for_each_example",
    summary="A plain value, the same for each example of another.",
    doc="What a plain input of a model becomes beside inputs of examples.",
    family="making", operands=(2, 2), internal=True, result=_like, precedence=99,
    step="tf.broadcast_to({0}, [{1}.shape[0]{after_batch}])", model=None,
    derived={"after_batch": _axes_after_batch},
)  # fmt: skip


def _linspace(operands: Operands, options: Options) -> TensorType:
    return value("f32", as_integers(options["num"]))


_LINSPACE = FunctionEntry(
    name="linspace",
    summary="Evenly spaced numbers from one bound to another, both included.",
    doc="In a `const` it is computed in float64 and cast where it is used.",
    options=(
        Option(name="start", kind="float", doc="the first number"),
        Option(name="stop", kind="float", doc="the last number"),
        Option(name="num", kind="int", low=1, doc="how many"),
    ),
    family="making",
    operands=(0, 0),
    result=_linspace,
    step="tf.linspace({start}, {stop}, {num})",
    model="keras.ops.linspace({start}, {stop}, {num})",
)


def _cast(operands: Operands, options: Options) -> TensorType:
    dtype = next(d for d in PYTHON_DTYPES if d == options["dtype"])
    if dtype in FLOATS and operands[0].is_float:
        return replace(operands[0], dtype=dtype, weak=False)
    if dtype in INTEGERS and operands[0].kind == "class":
        return replace(operands[0], dtype=dtype, weak=False)
    return value(dtype, operands[0].shape)


_DTYPES: tuple[Dtype, ...] = ("f32", "f64", "f16", "bf16", "i32", "i64", "u8", "bool")

_CAST = FunctionEntry(
    name="cast",
    summary="The same elements in another dtype.",
    doc="A float cast to an integer is cut towards 0, and with it the path of "
    "gradients.",
    options=(Option(name="dtype", kind="enum", choices=_DTYPES, doc="the new dtype"),),
    family="making",
    result=_cast,
    step="tf.cast({0}, {dtype_target})",
    model="keras.ops.cast({0}, {dtype_string})",
    derived={
        "dtype_target": lambda o, options: f"tf.{PYTHON_DTYPES[_target(options)]}",
        "dtype_string": lambda o, options: f'"{PYTHON_DTYPES[_target(options)]}"',
    },
)


def _target(options: Options) -> Dtype:
    return next(d for d in _DTYPES if d == options["dtype"])


# ------------------------------------------------------------------- vectors, distances


def _same(operands: Operands, options: Options) -> TensorType:
    return replace(operands[0], weak=False)


def _unit(operands: Operands, options: Options) -> TensorType:
    require_float(operands[0], "the operand")
    axis_index(as_integers(options["axis"])[0], len(operands[0].shape))
    return value(operands[0].dtype, operands[0].shape)


def _pairwise(operands: Operands, options: Options) -> TensorType:
    for operand in operands:
        require_number(operand, "the operand")
        if not operand.shape:
            raise Mismatch(f"{operand} is a single number", "give it vectors")
    shape = broadcast([o.shape for o in operands])
    known(shape[-1], "the distance")
    return value(joined_dtype(operands, floating=True), shape[:-1])


def _straight(operands: Operands, options: Options) -> TensorType:
    forward, backward = operands
    if forward.shape != backward.shape:
        fact = f"{shown(forward.shape)} and {shown(backward.shape)} differ"
        raise Mismatch(fact, "give both the same shape")
    dtype = target_dtype("float", operands) or forward.dtype
    kind, _ = shared_kind(operands)
    return value(dtype, forward.shape, "value" if kind == "class" else kind)


_VECTORS = (
    elementwise(
        "l2_normalize", "tf.math.l2_normalize({0}, axis={axes})",
        "keras.ops.normalize({0}, axis={axes})",
        "The vector divided by its Euclidean norm.",
        "A norm below about 1e-6 counts as that, so that a zero vector stays zero.",
        casts="", options=(LAST_AXIS,), result=_unit, family="vectors",
    ),
    elementwise(
        "squared_distance",
        "tf.reduce_sum(tf.math.squared_difference({0}, {1}), axis=-1)",
        "keras.ops.sum(keras.ops.square(keras.ops.subtract({0}, {1})), axis=-1)",
        "The squared Euclidean distance between vectors.",
        "The last axis is summed over and the others are broadcast: a vector against a "
        "table of 512 rows gives 512 distances.",
        operands=2, result=_pairwise, family="vectors",
    ),
    elementwise(
        "cosine_similarity",
        "tf.reduce_sum(tf.math.l2_normalize({0}, axis=-1) "
        "* tf.math.l2_normalize({1}, axis=-1), axis=-1)",
        "keras.ops.sum(keras.ops.normalize({0}, axis=-1) "
        "* keras.ops.normalize({1}, axis=-1), axis=-1)",
        "The cosine of the angle between vectors, from -1 to 1.",
        "The last axis is summed over and the others are broadcast. It is positive for "
        "vectors of one direction; Keras' loss of that name has the opposite sign.",
        operands=2, result=_pairwise, family="vectors",
    ),
    elementwise(
        "stop_gradient", "tf.stop_gradient({0})", "keras.ops.stop_gradient({0})",
        "The same value, a constant for gradients.",
        "What it is computed from gets no gradient through this use.",
        casts="", result=_same, cuts="it is a constant for gradients",
        family="gradients",
    ),
    elementwise(
        "straight_through", "{1} + tf.stop_gradient({0} - {1})",
        "{1} + keras.ops.stop_gradient({0} - {1})",
        "The first operand, with the gradient of the second.",
        "Goes around a step without a gradient, such as rounding or the choice of a "
        "code (Bengio and others, 2013). The value is exact up to one rounding.",
        operands=2, result=_straight, precedence=40, family="gradients",
    ),
)  # fmt: skip

ENTRIES = (
    _TAKE, _TAKE_EACH, _ONE_HOT, _LINSPACE, _CAST,
    *_fill("zeros", 0), *_fill("ones", 1), *_VECTORS, _FOR_EACH_EXAMPLE,
)  # fmt: skip
