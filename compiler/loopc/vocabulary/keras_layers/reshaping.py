"""Layers that rearrange axes: flatten, reshape, pad, crop, repeat, enlarge."""

from loopc.vocabulary.entry import (
    LayerEntry,
    Mismatch,
    Operands,
    Option,
    Options,
    OptionValue,
)
from loopc.vocabulary.keras_layers.convolution import PLACES
from loopc.vocabulary.keras_layers.options import (
    choice,
    count,
    float_input,
    integer,
    integers,
    no_weights,
    sizes,
)
from loopc.vocabulary.operations.shape_rules import target_shape
from loopc.vocabulary.rules import (
    as_integers,
    counted,
    kept_kind,
    known,
    product,
    shown,
)
from loopc.vocabulary.types import Axis, TensorType

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


def _flattened(inputs: Operands, options: Options) -> TensorType:
    return kept_kind(inputs[0], (product(inputs[0].shape, "flatten"),))


def _reshaped(inputs: Operands, options: Options) -> TensorType:
    wanted = as_integers(options["target_shape"])
    return kept_kind(inputs[0], target_shape(inputs[0].shape, wanted))


def _permuted(inputs: Operands, options: Options) -> TensorType:
    shape, dims = inputs[0].shape, as_integers(options["dims"])
    if sorted(dims) != list(range(1, len(shape) + 1)):
        fact = f"{shown(dims)} of an example with {counted(len(shape), 'axis')}"
        raise Mismatch(fact, "Keras counts from 1 here: name every axis once")
    return kept_kind(inputs[0], tuple(shape[d - 1] for d in dims))


def _repeated(inputs: Operands, options: Options) -> TensorType:
    if len(inputs[0].shape) != 1:
        raise Mismatch(f"needs a vector, found {inputs[0]}", "flatten it first")
    return kept_kind(inputs[0], (integer(options, "n"), *inputs[0].shape))


# ----------------------------------------------------------------- padding and cropping


def edges(value: OptionValue, rank: int, name: str) -> tuple[tuple[int, int], ...]:
    """Return (before, after) of each axis, from one number, one each, or a pair each.

    A pair for a single axis is (before, after). Raises Mismatch for anything else.
    """
    if rank == 1 and isinstance(value, tuple) and not isinstance(value[0], tuple):
        return (_pair(value, name),)
    values = value if isinstance(value, tuple) else (value,) * rank
    if len(values) != rank:
        fact = f"`{name}` has {len(values)} parts for {rank} axes"
        raise Mismatch(fact, "write one number, or `[before, after]` for each axis")
    return tuple(_pair(item, name) for item in values)


def _pair(value: OptionValue, name: str) -> tuple[int, int]:
    numbers = as_integers(value)
    if len(numbers) not in (1, 2) or min(numbers) < 0:
        raise Mismatch(f"`{name}` holds {shown(numbers)}", "write `[before, after]`")
    return numbers[0], numbers[-1]


def _padded(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = _of_rank(inputs, rank + 1)
    pairs = edges(options["padding"], rank, "padding")
    lengths = tuple(
        _changed(length, sum(pair))
        for length, pair in zip(source.shape, pairs, strict=False)
    )
    return kept_kind(source, (*lengths, source.shape[-1]))


def _changed(length: Axis, amount: int) -> Axis:
    return length if amount == 0 else known(length, "padding") + amount


def _cropped(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = _of_rank(inputs, rank + 1)
    pairs = edges(options["cropping"], rank, "cropping")
    lengths = []
    for length, pair in zip(source.shape, pairs, strict=False):
        left = _changed(length, -sum(pair))
        if isinstance(left, int) and left < 1:
            fact = f"cropping {sum(pair)} of an axis of {length} leaves nothing"
            raise Mismatch(fact, "crop less")
        lengths.append(left)
    return kept_kind(source, (*lengths, source.shape[-1]))


def _of_rank(inputs: Operands, rank: int) -> TensorType:
    """Return the input if it has this many axes; labels are fine here."""
    source = inputs[0]
    if source.is_float:
        return float_input(inputs, rank)
    if len(source.shape) != rank:
        raise Mismatch(f"needs {rank} axes, found {source}", "arrange the example so")
    return source


def _enlarged(inputs: Operands, options: Options, rank: int) -> TensorType:
    source = float_input(inputs, rank + 1)
    factors = integers(options, "size", rank)
    lengths = tuple(
        known(length, "upsampling") * factor
        for length, factor in zip(source.shape[:-1], factors, strict=True)
    )
    return kept_kind(source, (*lengths, source.shape[-1]))


def _edge_option(name: str, default: OptionValue) -> Option:
    doc = "one number for every end, one for each axis, or `[before, after]` for each"
    return Option(name=name, kind="any", default=default, low=0, doc=doc)


def _padding(rank: int, default: OptionValue) -> LayerEntry:
    return LayerEntry(
        name=f"zero_padding{rank}d",
        summary=f"{PLACES[rank].capitalize()} with a margin of zeros.",
        doc="Channels are last and are not padded.",
        family="reshaping",
        python=f"keras.layers.ZeroPadding{rank}D",
        options=(_edge_option("padding", default),),
        shape=lambda inputs, options: _padded(inputs, options, rank),
        weights=no_weights,
    )


def _cropping(rank: int, default: OptionValue) -> LayerEntry:
    return LayerEntry(
        name=f"cropping{rank}d",
        summary=f"{PLACES[rank].capitalize()} without their margins.",
        doc="Channels are last and are not cropped.",
        family="reshaping",
        python=f"keras.layers.Cropping{rank}D",
        options=(_edge_option("cropping", default),),
        shape=lambda inputs, options: _cropped(inputs, options, rank),
        weights=no_weights,
    )


def _upsampling(rank: int) -> LayerEntry:
    doc = "how new pixels are computed from old ones"
    default = 2 if rank == 1 else (2,) * rank
    filling = (choice("interpolation", "nearest", INTERPOLATIONS, doc),)
    return LayerEntry(
        name=f"upsampling{rank}d",
        aliases=(f"up_sampling{rank}d",),
        summary=f"{PLACES[rank].capitalize()} made longer by whole factors.",
        doc="Elements are repeated; images may be interpolated instead.",
        family="reshaping",
        python=f"keras.layers.UpSampling{rank}D",
        options=(
            sizes("size", "the factor, or one for each axis", default),
            *(filling if rank == 2 else ()),
        ),
        shape=lambda inputs, options: _enlarged(inputs, options, rank),
        weights=no_weights,
    )


ENTRIES = (
    LayerEntry(
        name="flatten",
        summary="All axes of the example as one.",
        doc="The last axis changes fastest. A single number becomes a vector of one.",
        family="reshaping",
        python="keras.layers.Flatten",
        shape=_flattened,
        weights=no_weights,
    ),
    LayerEntry(
        name="reshape",
        summary="The same elements under other axes.",
        doc="The last axis changes fastest; one axis may be -1 and is then computed.",
        family="reshaping",
        python="keras.layers.Reshape",
        options=(
            Option(name="target_shape", kind="ints", low=-1,
                   doc="the new axes of the example; -1 for one of them"),
        ),
        shape=_reshaped,
        weights=no_weights,
    ),
    LayerEntry(
        name="permute",
        summary="The axes of the example in another order.",
        doc="Keras counts from 1 here; the function `transpose` counts from 0.",
        family="reshaping",
        python="keras.layers.Permute",
        options=(
            Option(name="dims", kind="ints", low=1, doc="the old axes, counted from 1"),
        ),
        shape=_permuted,
        weights=no_weights,
    ),
    LayerEntry(
        name="repeat_vector",
        summary="A vector repeated along a new first axis.",
        doc="Gives every step of a decoder the same summary of its input.",
        family="reshaping",
        python="keras.layers.RepeatVector",
        options=(count("n", "how often"),),
        shape=_repeated,
        weights=no_weights,
    ),
    _padding(1, 1), _padding(2, (1, 1)), _padding(3, ((1, 1), (1, 1), (1, 1))),
    _cropping(1, (1, 1)), _cropping(2, ((0, 0), (0, 0))),
    _cropping(3, ((1, 1), (1, 1), (1, 1))),
    *(_upsampling(rank) for rank in (1, 2, 3)),
)  # fmt: skip
