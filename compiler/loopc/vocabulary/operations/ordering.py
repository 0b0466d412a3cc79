"""Functions that order, rank, shift or count the elements along one axis."""

from dataclasses import replace

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.operations.reductions import ONE_AXIS, PICKS, only_axis
from loopc.vocabulary.rules import (
    as_integers,
    known,
    require_float,
    require_number,
    shown,
    value,
)
from loopc.vocabulary.types import INTEGERS, TensorType


def _ranks(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    require_number(operand, "the operand")
    length = operand.shape[only_axis(operand, options)]
    if isinstance(length, int):
        return TensorType("i32", operand.shape, "class", length)
    return TensorType("i32", operand.shape)


def _last(operand: TensorType) -> int:
    require_number(operand, "the operand")
    if not operand.shape:
        raise Mismatch(f"{operand} is a single number", "give it a vector")
    return known(operand.shape[-1], "top_k")


def _largest(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    length, (k,) = _last(operand), as_integers(options["k"])
    if k > length:
        raise Mismatch(f"the {k} largest of {length}", f"ask for {length} at most")
    return value(operand.dtype, (*operand.shape[:-1], k))


def _largest_places(operands: Operands, options: Options) -> TensorType:
    shape = _largest(operands, options).shape
    return TensorType("i32", shape, "class", _last(operands[0]))


def _quantile(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    require_float(operand, "the operand")
    axis = only_axis(operand, options)
    known(operand.shape[axis], "a quantile")
    kept = tuple(a for i, a in enumerate(operand.shape) if i != axis)
    return value(operand.dtype, kept)


def _accumulated(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    require_float(operand, "the operand")
    only_axis(operand, options)
    return value(operand.dtype, operand.shape)


def _shifted(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    only_axis(operand, options)
    return replace(operand, weak=False)


def _along_last(operands: Operands, options: Options) -> TensorType:
    source, places = operands
    if places.dtype not in INTEGERS:
        raise Mismatch(f"the places are {places}", "index with labels or integers")
    rank, shape = len(source.shape), places.shape
    if rank != len(shape) or rank == 0 or source.shape[:-1] != shape[:-1]:
        fact = f"{shown(source.shape)} is indexed by places of {shown(shape)}"
        raise Mismatch(fact, "all axes but the last must be equal")
    length = source.shape[-1]
    if isinstance(length, int) and (places.classes or 0) > length:
        raise Mismatch(f"{places} indexes an axis of {length}", "index what there is")
    if source.per_example != places.per_example:
        fact = "one of the two has a value for each example, the other has not"
        raise Mismatch(fact, "a plain table is indexed by `take(table, places)`")
    return value(source.dtype, shape)


def _leading(operands: Operands, options: Options) -> str:
    return str(len(operands[0].shape) - 1 + operands[0].per_example)


def _bins(operands: Operands, options: Options) -> TensorType:
    require_number(operands[0], "the operand")
    bins = _bounds(options)
    if list(bins) != sorted(set(bins)):
        raise Mismatch(f"the bounds {list(bins)}", "let each be above the one before")
    return TensorType("i32", operands[0].shape, "class", len(bins) + 1)


def _bounds(options: Options) -> tuple[float, ...]:
    given = options["bins"]
    values = given if isinstance(given, tuple) else (given,)
    return tuple(float(str(bound)) for bound in values)


_K = Option(name="k", kind="int", low=1, doc="how many")

ENTRIES = (
    FunctionEntry(
        name="argsort",
        summary="The places of the elements along an axis, the smallest first.",
        doc=(
            "`take_along(x, argsort(x))` is `sort(x)`; equals stay in order. Twice "
            "applied it gives ranks."
        ),
        options=(ONE_AXIS,),
        family="reductions",
        result=_ranks,
        step="tf.argsort({0}, axis={axes}, stable=True)",
        model="keras.ops.argsort({0}, axis={axes})",
        differentiable=False,
        cuts=PICKS,
    ),
    FunctionEntry(
        name="top_k",
        summary="The k largest elements of the last axis, the largest first.",
        doc="The gradient goes back to where each element came from.",
        options=(_K,),
        family="reductions",
        result=_largest,
        step="tf.math.top_k({0}, {k}).values",
        model="keras.ops.top_k({0}, {k})[0]",
    ),
    FunctionEntry(
        name="top_k_indices",
        summary="Where the k largest elements of the last axis stand.",
        doc="Labels of as many classes as the axis is long, for `take` and `one_hot`.",
        options=(_K,),
        family="reductions",
        result=_largest_places,
        step="tf.math.top_k({0}, {k}).indices",
        model="keras.ops.top_k({0}, {k})[1]",
        differentiable=False,
        cuts=PICKS,
    ),
    FunctionEntry(
        name="quantile",
        summary="The number below which a share of the elements along an axis lies.",
        doc=(
            "Between two elements it is interpolated linearly, as in NumPy; the "
            "gradient goes to those two."
        ),
        options=(
            Option(name="share", kind="float", low=0.0, high=1.0,
                   doc="0.5 is the median"),
            ONE_AXIS,
        ),
        family="reductions",
        result=_quantile,
        step="quantile({0}, {share}, axis={axes})",
        model="keras.ops.quantile({0}, {share}, axis={axes})",
        imports=("quantile",),
    ),
    FunctionEntry(
        name="median",
        summary="The middle element along an axis.",
        doc="`quantile(x, 0.5)`: of an even number, the mean of the two middle ones.",
        options=(ONE_AXIS,),
        family="reductions",
        result=_quantile,
        step="quantile({0}, 0.5, axis={axes})",
        model="keras.ops.median({0}, axis={axes})",
        imports=("quantile",),
    ),
    FunctionEntry(
        name="cumulative_logsumexp",
        summary="The running logarithm of the sum of exponentials along an axis.",
        doc="Element i is `logsumexp` of 0 to i; likelihoods of ranks have it.",
        options=(ONE_AXIS,),
        family="reductions",
        result=_accumulated,
        step="tf.math.cumulative_logsumexp({0}, axis={axes})",
        model=None,
    ),
    FunctionEntry(
        name="roll",
        summary="The elements shifted along an axis; what leaves comes in again.",
        doc="The last one follows the first, so nothing is lost.",
        options=(
            Option(name="shift", kind="int", doc="how far; negative: to the front"),
            ONE_AXIS,
        ),
        family="shaping",
        result=_shifted,
        step="tf.roll({0}, {shift}, axis={axes})",
        model="keras.ops.roll({0}, {shift}, axis={axes})",
    ),
    FunctionEntry(
        name="take_along",
        summary="Elements of the last axis that each row names for itself.",
        doc=(
            "Row by row: result[..., i] = x[..., places[..., i]]. `take` uses one list "
            "of places for all rows."
        ),
        aliases=("take_along_axis",),
        family="shaping",
        operands=(2, 2),
        result=_along_last,
        step="tf.gather({0}, {1}, batch_dims={leading})",
        model="keras.ops.take_along_axis({0}, {1}, axis=-1)",
        derived={"leading": _leading},
    ),
    FunctionEntry(
        name="digitize",
        summary="The bin into which each element falls, a label.",
        doc=(
            "Bin i goes from bound i - 1 to, and not with, bound i: below the first "
            "bound is 0. In a model the layer `discretization` does the same."
        ),
        options=(
            Option(name="bins", kind="floats", doc="the bounds, in ascending order"),
        ),
        family="shaping",
        result=_bins,
        step=(
            "tf.reduce_sum("
            "tf.cast(tf.expand_dims({0}, -1) >= {written}, tf.int32), axis=-1)"
        ),
        model=(
            "keras.ops.sum(keras.ops.cast(keras.ops.greater_equal("
            'keras.ops.expand_dims({0}, -1), {written}), "int32"), axis=-1)'
        ),
        casts="float",
        differentiable=False,
        cuts=PICKS,
        derived={"written": lambda o, options: str(list(_bounds(options)))},
    ),
)  # fmt: skip
