"""Convolutions that treat channels one by one, and then mix them."""

import math

from loopc.vocabulary.entry import LayerEntry, Operands, Options
from loopc.vocabulary.keras_layers.convolution import PLACES, dilation, kernel_options
from loopc.vocabulary.keras_layers.options import (
    USE_BIAS,
    activated,
    activation,
    count,
    float_input,
    integer,
    integers,
    weight_options,
    with_bias,
)
from loopc.vocabulary.keras_layers.windows import slid_shape
from loopc.vocabulary.rules import known
from loopc.vocabulary.types import TensorType

_MULTIPLIER = count("depth_multiplier", "outputs for each input channel", 1)


def _widened(inputs: Operands, options: Options) -> int:
    """Return how many channels the depthwise step makes."""
    channels = known(inputs[0].shape[-1], "a convolution")
    return channels * integer(options, "depth_multiplier")


def _depthwise(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = float_input(inputs, rank + 1)
    windows = integers(options, "kernel_size", rank)
    lengths = slid_shape(source.shape[:-1], windows, options)
    filters = options.get("filters")
    last = _widened(inputs, options) if filters is None else integer(options, "filters")
    return activated(options, (*lengths, last))


def _depthwise_weights(
    inputs: Operands, options: Options, rank: int
) -> tuple[int, int]:
    wide = _widened(inputs, options)
    kernel = math.prod(integers(options, "kernel_size", rank)) * wide
    return with_bias(options, kernel, wide)


def _separable_weights(
    inputs: Operands, options: Options, rank: int
) -> tuple[int, int]:
    wide, filters = _widened(inputs, options), integer(options, "filters")
    kernel = math.prod(integers(options, "kernel_size", rank)) * wide
    return with_bias(options, kernel + wide * filters, filters)


def _depthwise_convolution(rank: int) -> LayerEntry:
    strides = kernel_options(rank)
    return LayerEntry(
        name=f"depthwise_conv{rank}d",
        aliases=(f"depthwise_convolution{rank}d",),
        summary=f"A convolution over {PLACES[rank]} within each channel.",
        doc=(
            "Each input channel has `depth_multiplier` kernels of its own, and "
            "channels are not mixed; follow it by a convolution of size 1 to mix them."
        ),
        family="convolutional",
        python=f"keras.layers.DepthwiseConv{rank}D",
        options=(
            *strides,
            _MULTIPLIER,
            dilation(rank),
            activation(),
            USE_BIAS,
            *weight_options(("depthwise", "glorot_uniform"), ("bias", "zeros")),
        ),
        shape=lambda inputs, options: _depthwise(inputs, options, rank),
        weights=lambda inputs, options: _depthwise_weights(inputs, options, rank),
    )


def _separable_convolution(rank: int) -> LayerEntry:
    weights = (
        ("depthwise", "glorot_uniform"), ("pointwise", "glorot_uniform"),
        ("bias", "zeros"),
    )  # fmt: skip
    dilations = dilation(rank) if rank == 1 else dilation(2)
    return LayerEntry(
        name=f"separable_conv{rank}d",
        aliases=(f"separable_convolution{rank}d",),
        summary=f"A convolution over {PLACES[rank]} within channels, then one across.",
        doc=(
            "Far fewer weights than a full convolution of the same window: a depthwise "
            "step and then a mixing of channels at each place."
        ),
        family="convolutional",
        python=f"keras.layers.SeparableConv{rank}D",
        options=(
            count("filters", "how many channels come out"),
            *kernel_options(rank),
            dilations,
            _MULTIPLIER,
            activation(),
            USE_BIAS,
            *weight_options(*weights),
        ),
        shape=lambda inputs, options: _depthwise(inputs, options, rank),
        weights=lambda inputs, options: _separable_weights(inputs, options, rank),
    )


ENTRIES = (
    *(_depthwise_convolution(rank) for rank in (1, 2)),
    *(_separable_convolution(rank) for rank in (1, 2)),
)
