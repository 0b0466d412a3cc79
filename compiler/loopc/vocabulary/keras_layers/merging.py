"""Layers that merge a list of tensors into one."""

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.keras_layers.options import flag, from_last, no_weights
from loopc.vocabulary.operations.shape_rules import concatenated_shape
from loopc.vocabulary.rules import (
    as_integers,
    broadcast,
    joined_dtype,
    require_number,
    shown,
)
from loopc.vocabulary.types import TensorType


def _merged(inputs: Operands, options: Options) -> TensorType:
    for source in inputs:
        require_number(source, "an input")
    logits = all(source.kind == "logits" for source in inputs)
    shape = broadcast([source.shape for source in inputs])
    return TensorType(joined_dtype(inputs), shape, "logits" if logits else "value")


def _values(inputs: Operands, options: Options) -> TensorType:
    merged = _merged(inputs, options)
    return TensorType(merged.dtype, merged.shape)


def _joined(inputs: Operands, options: Options) -> TensorType:
    (axis,) = from_last(options, "axis", len(inputs[0].shape))
    shape = concatenated_shape(inputs, {"axis": axis})
    return TensorType(joined_dtype(inputs), shape)


def _dotted(inputs: Operands, options: Options) -> TensorType:
    left, right = inputs
    axes = as_integers(options["axes"])
    (first,) = from_last({"axes": axes[0]}, "axes", len(left.shape))
    (second,) = from_last({"axes": axes[-1]}, "axes", len(right.shape))
    lengths = (left.shape[first], right.shape[second])
    if lengths[0] != lengths[1]:
        fact = f"axes of {lengths[0]} and {lengths[1]} in {shown(left.shape)}"
        raise Mismatch(f"{fact} and {shown(right.shape)}", "make them equal")
    rest = (
        *(a for i, a in enumerate(left.shape) if i != first),
        *(a for i, a in enumerate(right.shape) if i != second),
    )
    return TensorType("f32", rest or (1,))


def _merge(
    name: str, python: str, summary: str, doc: str, two: bool = False
) -> LayerEntry:
    return LayerEntry(
        name=name,
        summary=summary,
        doc=doc,
        family="merging",
        python=f"keras.layers.{python}",
        inputs=(2, 2) if two else (2, None),
        as_list=True,
        shape=_merged if name in ("add", "subtract", "average") else _values,
        weights=no_weights,
    )


_BROADCAST = "Axes of length 1 are broadcast. Outside of models, operators do the same."

ENTRIES = (
    _merge("add", "Add", "The sum of a list of tensors.", _BROADCAST),
    _merge("subtract", "Subtract", "The first of two tensors minus the second.",
           _BROADCAST, two=True),
    _merge("multiply", "Multiply", "The product of a list of tensors, by element.",
           _BROADCAST),
    _merge("average", "Average", "The mean of a list of tensors, by element.",
           _BROADCAST),
    _merge("maximum", "Maximum", "The largest of a list of tensors, by element.",
           _BROADCAST),
    _merge("minimum", "Minimum", "The smallest of a list of tensors, by element.",
           _BROADCAST),
    LayerEntry(
        name="concatenate",
        summary="A list of tensors joined along an axis.",
        doc=(
            "The axis counts from the last one; the function `concat` counts declared "
            "axes from 0 too, and serves steps as well."
        ),
        family="merging",
        python="keras.layers.Concatenate",
        inputs=(2, None),
        as_list=True,
        options=(
            Option(name="axis", kind="int", default=-1, high=-1,
                   doc="the axis, counted from the last"),
        ),
        shape=_joined,
        weights=no_weights,
    ),
    LayerEntry(
        name="dot",
        summary="The product of two tensors summed over one axis of each.",
        doc=(
            "Axes count from the last one. With `normalize` both are divided by their "
            "norm first, which makes it a cosine."
        ),
        family="merging",
        python="keras.layers.Dot",
        inputs=(2, 2),
        as_list=True,
        options=(
            Option(name="axes", kind="ints", high=-1,
                   doc="the axis from the last, or one of each"),
            flag("normalize", False, "divide by the norm first"),
        ),
        shape=_dotted,
        weights=no_weights,
    ),
)  # fmt: skip
