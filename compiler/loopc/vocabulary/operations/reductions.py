"""Functions that reduce axes of an example, or run along one."""

from dataclasses import replace

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.operations.build import extreme, float_check, reduction
from loopc.vocabulary.rules import (
    axis_index,
    chosen_axes,
    counted,
    require_bool,
    require_number,
    target_dtype,
)
from loopc.vocabulary.types import TensorType

PICKS = "it picks an index, which does not change smoothly"

_ALL = "All axes of the example are reduced unless `axis` names some; never the batch."


def _extreme(name: str, word: str) -> FunctionEntry:
    one = reduction(
        name, f"tf.reduce_{name}({{0}}, axis={{axes}})",
        f"keras.ops.{name}({{0}}, axis={{axes}})",
        f"The {word} element, or with two operands the {word} of each pair.",
        f"{_ALL} Equal extremes share the gradient.",
        check=require_number, operands=(1, 2),
        meant=lambda operands, options: f"{name}imum" if len(operands) == 2 else name,
    )  # fmt: skip

    def result(operands: Operands, options: Options) -> TensorType:
        if len(operands) == 2:
            if options.get("axis") is not None:
                raise Mismatch("two operands and an axis", "leave out one of them")
            return extreme(operands, options)
        return one.result(operands, options)

    return replace(one, result=result)


_REDUCTIONS = (
    reduction(
        "sum", "tf.reduce_sum({0}, axis={axes})", "keras.ops.sum({0}, axis={axes})",
        "The sum over the axes of the example.",
        f"{_ALL} Of truth values it counts the true ones.", casts="number",
    ),
    reduction(
        "prod", "tf.reduce_prod({0}, axis={axes})", "keras.ops.prod({0}, axis={axes})",
        "The product over the axes of the example.",
        f"{_ALL} A sum of logarithms overflows less.", check=require_number,
    ),
    reduction(
        "mean_axes", "tf.reduce_mean({0}, axis={axes})",
        "keras.ops.mean({0}, axis={axes})",
        "The mean over axes of the example, written `mean(x, axis: 0)`.",
        "Without an axis `mean` averages the examples of the batch as well and leaves "
        "a plain number.", casts="float",
    ),
    reduction(
        "variance", "tf.math.reduce_variance({0}, axis={axes})",
        "keras.ops.var({0}, axis={axes})",
        "The mean squared distance from the mean, over axes of the example.",
        f"{_ALL} It divides by the count, not by the count less one.",
        check=float_check,
    ),
    reduction(
        "std", "tf.math.reduce_std({0}, axis={axes})",
        "keras.ops.std({0}, axis={axes})",
        "The standard deviation, over axes of the example.",
        f"{_ALL} The root of `variance`; its gradient is not a number at 0.",
        check=float_check,
    ),
    reduction(
        "norm", "tf.sqrt(tf.reduce_sum(tf.square({0}), axis={axes}))",
        "keras.ops.sqrt(keras.ops.sum(keras.ops.square({0}), axis={axes}))",
        "The Euclidean norm: the root of the sum of squares.",
        f"{_ALL} The gradient at 0 is not a number; `sqrt(sum(x ^ 2) + 1e-12)` "
        "has one.",
        check=float_check,
    ),
    reduction(
        "logsumexp", "tf.reduce_logsumexp({0}, axis={axes})",
        "keras.ops.logsumexp({0}, axis={axes})",
        "The logarithm of the sum of exponentials, without overflow.",
        f"{_ALL} The largest element is taken out before exponentiating.",
        check=float_check,
    ),
    reduction(
        "any", "tf.reduce_any({0}, axis={axes})", "keras.ops.any({0}, axis={axes})",
        "Whether at least one element is true.", _ALL,
        check=require_bool, cuts="it is true or false",
    ),
    reduction(
        "all", "tf.reduce_all({0}, axis={axes})", "keras.ops.all({0}, axis={axes})",
        "Whether every element is true.", _ALL,
        check=require_bool, cuts="it is true or false",
    ),
    _extreme("min", "smallest"),
    _extreme("max", "largest"),
)  # fmt: skip

ONE_AXIS = Option(
    name="axis", kind="int", default=None, none=True,
    doc="the declared axis; it may be left out where the example has one axis",
)  # fmt: skip


def only_axis(operand: TensorType, options: Options) -> int:
    """Return the axis that is meant; Mismatch where several could be."""
    rank = len(operand.shape)
    if options.get("axis") is None and rank != 1:
        help = "name one: `axis: -1`" if rank else "a single number has no axis"
        raise Mismatch(f"the example has {counted(rank, 'axis')}", help)
    return axis_index(chosen_axes(options, rank)[0], rank)


def _index(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    require_number(operand, "the operand")
    axis = only_axis(operand, options)
    kept = tuple(a for i, a in enumerate(operand.shape) if i != axis)
    length = operand.shape[axis]
    if isinstance(length, int):
        return TensorType("i32", kept, "class", length)
    return TensorType("i32", kept)


def _running(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    only_axis(operand, options)
    dtype = target_dtype("number", operands) or operand.dtype
    return TensorType(dtype, operand.shape)


def _along(
    name: str, step: str, model: str, summary: str, doc: str, index: bool
) -> FunctionEntry:
    return FunctionEntry(
        name=name,
        summary=summary,
        doc=doc,
        options=(ONE_AXIS,),
        family="reductions",
        result=_index if index else _running,
        step=step,
        model=model,
        casts="" if index else "number",
        differentiable=not index,
        cuts=PICKS if index else "",
    )


_ALONG = (
    _along("argmax", "tf.argmax({0}, axis={axes}, output_type=tf.int32)",
           "keras.ops.argmax({0}, axis={axes})",
           "The index of the largest element, a label of that many classes.",
           "The first of equals wins. It cuts the path of gradients; "
           "`straight_through` goes around.", True),
    _along("argmin", "tf.argmin({0}, axis={axes}, output_type=tf.int32)",
           "keras.ops.argmin({0}, axis={axes})",
           "The index of the smallest element, a label of that many classes.",
           "The first of equals wins. It cuts the path of gradients; "
           "`straight_through` goes around.", True),
    _along("cumsum", "tf.cumsum({0}, axis={axes})",
           "keras.ops.cumsum({0}, axis={axes})",
           "The running sum along an axis.",
           "Element i is the sum of elements 0 to i.", False),
    _along("sort", "tf.sort({0}, axis={axes})", "keras.ops.sort({0}, axis={axes})",
           "The elements along an axis, the smallest first.",
           "The gradient goes back to where each element came from.", False),
    _along("flip", "tf.reverse({0}, [{axes}])", "keras.ops.flip({0}, axis={axes})",
           "The elements along an axis, the last one first.",
           "Nothing is drawn; `random_flip` mirrors images at random.", False),
    _along("cumprod", "tf.math.cumprod({0}, axis={axes})",
           "keras.ops.cumprod({0}, axis={axes})",
           "The running product along an axis.",
           "Element i is the product of elements 0 to i.", False),
)  # fmt: skip

ENTRIES = (*_REDUCTIONS, *_ALONG)
