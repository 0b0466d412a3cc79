"""Convolutions over steps, images and volumes, forward and transposed."""

import math

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.keras_layers.options import (
    USE_BIAS,
    activated,
    activation,
    count,
    float_input,
    integer,
    integers,
    optional_sizes,
    padding,
    sizes,
    weight_options,
    with_bias,
)
from loopc.vocabulary.keras_layers.windows import slid_shape, unslid
from loopc.vocabulary.rules import known
from loopc.vocabulary.types import TensorType

PLACES = {1: "steps", 2: "images", 3: "volumes"}


def ones(rank: int) -> int | tuple[int, ...]:
    """Return 1 as Keras writes it for this many axes."""
    return 1 if rank == 1 else (1,) * rank


def kernel_options(rank: int, transposed: bool = False) -> tuple[Option, ...]:
    """Make kernel size, strides, padding and dilation."""
    more = () if rank > 1 or transposed else ("causal",)
    return (
        sizes("kernel_size", "the window, one length or one for each axis"),
        sizes("strides", "how far the window moves", ones(rank)),
        padding(*more),
    )


def dilation(rank: int) -> Option:
    """Make the distance of the taps of a window."""
    return sizes("dilation_rate", "distance between the taps of a window", ones(rank))


def _convolved(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = float_input(inputs, rank + 1)
    channels = known(source.shape[-1], "a convolution")
    groups, filters = integer(options, "groups"), integer(options, "filters")
    for number, what in ((channels, "channels"), (filters, "filters")):
        if number % groups:
            fact = f"{number} {what} are not a multiple of {groups} groups"
            raise Mismatch(fact, f"choose groups that divide {number}")
    windows = integers(options, "kernel_size", rank)
    lengths = slid_shape(source.shape[:-1], windows, options)
    return activated(options, (*lengths, filters))


def _convolved_weights(
    inputs: Operands, options: Options, rank: int
) -> tuple[int, int]:
    window = math.prod(integers(options, "kernel_size", rank))
    channels = known(inputs[0].shape[-1], "a convolution")
    filters = integer(options, "filters")
    each = window * (channels // integer(options, "groups"))
    return with_bias(options, each * filters, filters)


def _convolution(rank: int) -> LayerEntry:
    return LayerEntry(
        name=f"conv{rank}d",
        aliases=(f"convolution{rank}d",),
        summary=f"A convolution over {PLACES[rank]} with a bias and an activation.",
        doc=(
            "Channels are last. `groups` splits the channels into parts that do not "
            "see each other; strides and dilation exclude one another."
        ),
        family="convolutional",
        python=f"keras.layers.Conv{rank}D",
        options=(
            count("filters", "how many channels come out"),
            *kernel_options(rank),
            dilation(rank),
            count("groups", "parts of channels that do not see each other", 1),
            activation(),
            USE_BIAS,
            *weight_options(("kernel", "glorot_uniform"), ("bias", "zeros")),
        ),
        shape=lambda inputs, options: _convolved(inputs, options, rank),
        weights=lambda inputs, options: _convolved_weights(inputs, options, rank),
    )


def _transposed(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = float_input(inputs, rank + 1)
    known(source.shape[-1], "a convolution")
    extras: tuple[int | None, ...] = (None,) * rank
    strides = integers(options, "strides", rank)
    if options.get("output_padding") is not None:
        extras = integers(options, "output_padding", rank)
        _require_below(extras, strides)
    lengths = tuple(
        unslid(known(n, "a convolution"), k, s, str(options["padding"]), e, d)
        for n, k, s, e, d in zip(
            source.shape[:-1], integers(options, "kernel_size", rank), strides, extras,
            integers(options, "dilation_rate", rank), strict=True,
        )
    )  # fmt: skip
    return activated(options, (*lengths, integer(options, "filters")))


def _require_below(extras: tuple[int | None, ...], strides: tuple[int, ...]) -> None:
    for extra, stride in zip(extras, strides, strict=True):
        if extra is not None and extra >= stride:
            fact = f"an output padding of {extra} with a stride of {stride}"
            raise Mismatch(fact, "the padding has to be below the stride")


def _transposed_weights(
    inputs: Operands, options: Options, rank: int
) -> tuple[int, int]:
    window = math.prod(integers(options, "kernel_size", rank))
    channels = known(inputs[0].shape[-1], "a convolution")
    filters = integer(options, "filters")
    return with_bias(options, window * channels * filters, filters)


def _transposed_convolution(rank: int) -> LayerEntry:
    return LayerEntry(
        name=f"conv{rank}d_transpose",
        aliases=(f"convolution{rank}d_transpose",),
        summary=f"A transposed convolution over {PLACES[rank]}: they become larger.",
        doc=(
            "The gradient of a convolution as a layer. With padding `same` a stride of "
            "s makes an axis s times as long; `output_padding` settles the length."
        ),
        family="convolutional",
        python=f"keras.layers.Conv{rank}DTranspose",
        options=(
            count("filters", "how many channels come out"),
            *kernel_options(rank, transposed=True),
            optional_sizes("output_padding", "elements added at the far end", low=0),
            dilation(rank),
            activation(),
            USE_BIAS,
            *weight_options(("kernel", "glorot_uniform"), ("bias", "zeros")),
        ),
        shape=lambda inputs, options: _transposed(inputs, options, rank),
        weights=lambda inputs, options: _transposed_weights(inputs, options, rank),
    )


ENTRIES = (
    *(_convolution(rank) for rank in (1, 2, 3)),
    *(_transposed_convolution(rank) for rank in (1, 2, 3)),
)
