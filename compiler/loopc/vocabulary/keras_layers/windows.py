"""Lengths of windows that slide: convolutions and pooling."""

from loopc.vocabulary.entry import Mismatch, Options
from loopc.vocabulary.keras_layers.options import integers
from loopc.vocabulary.rules import known, shown
from loopc.vocabulary.types import Axis


def slid(
    length: Axis, window: int, stride: int, padding: str, dilation: int = 1
) -> Axis:
    """Return how many windows fit along an axis.

    Raises Mismatch where the window is longer than the axis without padding.
    """
    if padding in ("same", "causal"):
        if stride == 1:
            return length
        return -(-known(length, "a stride above 1") // stride)
    reach = (window - 1) * dilation + 1
    inside = known(length, "padding `valid`")
    if inside < reach:
        dilated = f" ({window} dilated by {dilation})" if dilation > 1 else ""
        fact = f"a window of {reach}{dilated} does not fit into an axis of {inside}"
        raise Mismatch(fact, "write `padding: same`, or make the window smaller")
    return (inside - reach) // stride + 1


def slid_shape(
    lengths: tuple[Axis, ...], windows: tuple[int, ...], options: Options
) -> tuple[Axis, ...]:
    """Return the lengths after a convolution. Mismatch: stride with dilation."""
    rank = len(lengths)
    strides = integers(options, "strides", rank)
    dilations = integers(options, "dilation_rate", rank)
    if max(strides) > 1 and max(dilations) > 1:
        fact = f"strides {shown(strides)} with dilation {shown(dilations)}"
        raise Mismatch(fact, "one of the two has to be 1")
    padding = str(options["padding"])
    return tuple(
        slid(length, window, stride, padding, dilation)
        for length, window, stride, dilation in zip(
            lengths, windows, strides, dilations, strict=True
        )
    )


def unslid(
    length: int,
    window: int,
    stride: int,
    padding: str,
    extra: int | None,
    dilation: int = 1,
) -> int:
    """Return what a transposed convolution makes; `extra` is `output_padding`."""
    reach = (window - 1) * dilation + 1
    if padding == "valid":
        more = max(reach, stride) - reach if extra is None else extra
        return (length - 1) * stride + reach + more
    if extra is None:
        return length * stride
    return (length - 1) * stride + reach % 2 + extra
