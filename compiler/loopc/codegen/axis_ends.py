"""Slices up to the length of an axis that varies, in models."""

from loopc.codegen.operands import tensor_of
from loopc.codegen.statics import ATOM, Code
from loopc.semantics import checked


def first_rows(table: str, like: Code, stop: checked.AxisLength) -> Code:
    """The first rows of a table, as many as an axis of the tensor `like` is long.

    The length of the axis is no number before the model runs: rows are numbered by
    counting ones.
    """
    kind = tensor_of(stop.input)
    inner = [":" if i == stop.position else "0" for i in range(len(kind.shape))]
    items = ", ".join(["0", *inner]).removesuffix(", :")
    dtype = "" if kind.dtype == "i32" else ', dtype="int32"'
    ones = f"keras.ops.ones_like({like.within(ATOM - 1)}[{items}]{dtype})"
    return Code(f"keras.ops.take({table}, keras.ops.cumsum({ones}) - 1, axis=0)")
