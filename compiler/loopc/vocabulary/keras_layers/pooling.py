"""Pooling: windows or whole axes reduced to their maximum or mean."""

from loopc.vocabulary.entry import LayerEntry, Operands, Option, Options
from loopc.vocabulary.keras_layers.convolution import PLACES
from loopc.vocabulary.keras_layers.options import (
    flag,
    float_input,
    integers,
    no_weights,
    optional_sizes,
    padding,
    sizes,
)
from loopc.vocabulary.keras_layers.windows import slid
from loopc.vocabulary.types import TensorType

WHOLES = {1: "all steps", 2: "the whole image", 3: "the whole volume"}


def _pooled(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = float_input(inputs, rank + 1)
    windows = integers(options, "pool_size", rank)
    strides = windows
    if options.get("strides") is not None:
        strides = integers(options, "strides", rank)
    lengths = tuple(
        slid(length, window, stride, str(options["padding"]))
        for length, window, stride in zip(
            source.shape[:-1], windows, strides, strict=True
        )
    )
    return TensorType("f32", (*lengths, source.shape[-1]))


def _global(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = float_input(inputs, rank + 1)
    kept = (1,) * rank if options.get("keepdims") else ()
    return TensorType("f32", (*kept, source.shape[-1]))


def _adaptive(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = float_input(inputs, rank + 1)
    lengths = integers(options, "output_size", rank)
    return TensorType("f32", (*lengths, source.shape[-1]))


def _pool_size(kind: str, rank: int) -> Option:
    doc = "the window, one length or one for each axis"
    if kind == "average":
        return sizes("pool_size", doc)
    return sizes("pool_size", doc, 2 if rank == 1 else (2,) * rank)


def _pooling(kind: str, rank: int) -> LayerEntry:
    short = {"max": f"max_pool{rank}d", "average": f"avg_pool{rank}d"}[kind]
    word = {"max": "largest element", "average": "mean"}[kind]
    capital = kind.capitalize()
    python = f"MaxPooling{rank}D" if kind == "max" else f"{capital}Pooling{rank}D"
    return LayerEntry(
        name=f"{kind}_pooling{rank}d",
        aliases=(short,),
        summary=f"The {word} of each window over {PLACES[rank]}.",
        doc=(
            "Windows lie side by side unless `strides` says otherwise. With padding "
            "`same` windows at the border see only what is there."
        ),
        family="pooling",
        python=f"keras.layers.{python}",
        options=(
            _pool_size(kind, rank),
            optional_sizes("strides", "how far windows move; their size if left out"),
            padding(),
        ),
        shape=lambda inputs, options: _pooled(inputs, options, rank),
        weights=no_weights,
    )


def _global_pooling(kind: str, rank: int) -> LayerEntry:
    short = {"max": f"global_max_pool{rank}d", "average": f"global_avg_pool{rank}d"}
    word = {"max": "largest element", "average": "mean"}[kind]
    return LayerEntry(
        name=f"global_{kind}_pooling{rank}d",
        aliases=(short[kind],),
        summary=f"The {word} of each channel over {WHOLES[rank]}.",
        doc="Only the channels are left, unless `keepdims` keeps axes of length 1.",
        family="pooling",
        python=f"keras.layers.Global{kind.capitalize()}Pooling{rank}D",
        options=(flag("keepdims", False, "keep the reduced axes with length 1"),),
        shape=lambda inputs, options: _global(inputs, options, rank),
        weights=no_weights,
    )


def _adaptive_pooling(kind: str, rank: int) -> LayerEntry:
    word = {"max": "largest element", "average": "mean"}[kind]
    return LayerEntry(
        name=f"adaptive_{kind}_pooling{rank}d",
        summary=f"The {word} over windows chosen so that a given size comes out.",
        doc="The windows differ by one in length where the sizes do not divide.",
        family="pooling",
        python=f"keras.layers.Adaptive{kind.capitalize()}Pooling{rank}D",
        options=(sizes("output_size", "the length of each axis that comes out"),),
        shape=lambda inputs, options: _adaptive(inputs, options, rank),
        weights=no_weights,
    )


ENTRIES = tuple(
    make(kind, rank)
    for make in (_pooling, _global_pooling, _adaptive_pooling)
    for kind in ("max", "average")
    for rank in (1, 2, 3)
)
