"""Layers that prepare data: scales, sizes, bins and spectra."""

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.keras_layers.options import (
    choice,
    count,
    flag,
    float_input,
    integer,
    no_weights,
    number,
    optional_count,
)
from loopc.vocabulary.rules import (
    as_integers,
    axis_index,
    counted,
    known,
    require_number,
)
from loopc.vocabulary.types import INTEGERS, Axis, TensorType

INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
VALUE_RANGE = Option(
    name="value_range", kind="floats", default=(0, 255),
    doc="the smallest and largest value of a pixel",
)  # fmt: skip


def image(inputs: Operands) -> TensorType:
    """Return the one input if it is an image; Mismatch otherwise."""
    source = inputs[0]
    require_number(source, "the image")
    if len(source.shape) != 3:
        axes = counted(len(source.shape), "axis")
        fact = f"an image has 3 axes, this example has {axes}"
        raise Mismatch(fact, "arrange it as height, width, channels")
    return source


def sized(inputs: Operands, options: Options) -> TensorType:
    """Type a layer that gives images of a written height and width."""
    size = (integer(options, "height"), integer(options, "width"))
    return TensorType("f32", (*size, image(inputs).shape[2]))


def cropped(inputs: Operands, options: Options) -> TensorType:
    """Type a crop. Keras would resize an image that is too small: here a Mismatch."""
    source = image(inputs)
    for axis, name in ((0, "height"), (1, "width")):
        length = known(source.shape[axis], "a crop")
        if integer(options, name) > length:
            fact = f"a crop of {integer(options, name)} from a {name} of {length}"
            raise Mismatch(fact, "crop less, or `zero_padding2d` before it")
    return sized(inputs, options)


def _scaled(inputs: Operands, options: Options) -> TensorType:
    require_number(inputs[0], "the input")
    return TensorType("f32", inputs[0].shape)


def _normalized(inputs: Operands, options: Options) -> TensorType:
    source = inputs[0]
    require_number(source, "the input")
    for name in ("mean", "variance"):
        if options.get(name) is None:
            help = "write both, or `standardize(...)` the field from the data"
            raise Mismatch(f"`{name}` is not known", help)
    axis = options.get("axis")
    if axis is not None:
        places = [axis_index(a, len(source.shape)) for a in as_integers(axis)]
        _require_as_many(options, [source.shape[p] for p in places])
    return TensorType("f32", source.shape)


def _require_as_many(options: Options, lengths: list[Axis]) -> None:
    for name in ("mean", "variance"):
        given = options[name]
        if isinstance(given, tuple) and [len(given)] != lengths:
            fact = f"`{name}` has {len(given)} numbers for axes of {lengths}"
            raise Mismatch(fact, "write one number, or one for each")


def _binned(inputs: Operands, options: Options) -> TensorType:
    source = inputs[0]
    require_number(source, "the input")
    edges = options["bin_boundaries"]
    classes = len(edges) + 1 if isinstance(edges, tuple) else 2
    if options.get("output_mode") == "int":
        return TensorType("i64", source.shape, "class", classes)
    return _encoded(source, str(options["output_mode"]), classes)


def _encoded(source: TensorType, mode: str, classes: int) -> TensorType:
    """Type vectors of classes: one for each label, or one for all of an example."""
    if mode == "one_hot":
        rest = source.shape[:-1] if source.shape[-1:] == (1,) else source.shape
        return TensorType("f32", (*rest, classes), "probabilities")
    return TensorType("f32", (*source.shape[:-1], classes))


def _tokens(inputs: Operands, options: Options) -> TensorType:
    source = inputs[0]
    if source.dtype not in INTEGERS:
        raise Mismatch(f"the input is {source}, not labels", "give it `class(n)`")
    classes = integer(options, "num_tokens")
    if (source.classes or 0) > classes:
        raise Mismatch(f"{source} against {classes} tokens", "raise `num_tokens`")
    return _encoded(source, str(options["output_mode"]), classes)


def _mel(inputs: Operands, options: Options) -> TensorType:
    source = float_input(inputs, 1)
    length = known(source.shape[0], "a spectrogram")
    frames = (length // integer(options, "sequence_stride")) + 1
    return TensorType("f32", (integer(options, "num_mel_bins"), frames))


_OUTPUT = "labels, one-hot vectors, one vector of all labels, or their counts"

ENTRIES = (
    LayerEntry(
        name="rescaling",
        summary="The input times a number plus another.",
        doc="`rescaling(1 / 255)` brings bytes to 0 .. 1; in a field `/ 255` does too.",
        family="preprocessing",
        python="keras.layers.Rescaling",
        options=(
            Option(name="scale", kind="float", doc="the factor"),
            number("offset", 0.0, "what is added"),
        ),
        shape=_scaled,
        weights=no_weights,
    ),
    LayerEntry(
        name="normalization",
        summary="The input less a mean, over the root of a variance.",
        doc=(
            "Mean and variance are written here; `standardize` in a field computes "
            "them from a split and keeps them with the run."
        ),
        family="preprocessing",
        python="keras.layers.Normalization",
        options=(
            Option(name="axis", kind="ints", default=-1, none=True,
                   doc="the declared axes with numbers of their own"),
            Option(name="mean", kind="floats", default=None, none=True, doc="the mean"),
            Option(name="variance", kind="floats", default=None, none=True,
                   doc="the variance"),
            flag("invert", False, "turn normalized numbers back"),
        ),
        shape=_normalized,
        weights=no_weights,
    ),
    LayerEntry(
        name="discretization",
        summary="Numbers sorted into bins.",
        doc="n boundaries make n + 1 bins, which are the classes of the result.",
        family="preprocessing",
        python="keras.layers.Discretization",
        options=(
            Option(name="bin_boundaries", kind="floats", doc="where bins begin"),
            choice("output_mode", "int", ("int", "one_hot", "multi_hot", "count"),
                   _OUTPUT),
        ),
        shape=_binned,
        weights=no_weights,
    ),
    LayerEntry(
        name="category_encoding",
        summary="Labels as vectors: one-hot, or all labels of an example together.",
        doc="For one label `one_hot` does the same anywhere.",
        family="preprocessing",
        python="keras.layers.CategoryEncoding",
        options=(
            count("num_tokens", "how many labels there are"),
            choice("output_mode", "multi_hot", ("one_hot", "multi_hot", "count"),
                   _OUTPUT),
        ),
        shape=_tokens,
        weights=no_weights,
    ),
    LayerEntry(
        name="resizing",
        summary="Images at another height and width.",
        doc="The function `resize` does the same without cropping or padding.",
        family="preprocessing",
        python="keras.layers.Resizing",
        options=(
            count("height", "the new height"),
            count("width", "the new width"),
            choice("interpolation", "bilinear", INTERPOLATIONS,
                   "how pixels are computed"),
            flag("crop_to_aspect_ratio", False, "crop rather than distort"),
            flag("pad_to_aspect_ratio", False, "pad rather than distort"),
            choice("fill_mode", "constant", ("constant",), "how padding is filled"),
            number("fill_value", 0.0, "what padding holds"),
            flag("antialias", False, "smooth before making smaller"),
        ),
        shape=sized,
        weights=no_weights,
    ),
    LayerEntry(
        name="center_crop",
        summary="The middle of an image.",
        doc="In training and evaluation alike.",
        family="preprocessing",
        python="keras.layers.CenterCrop",
        options=(count("height", "the new height"), count("width", "the new width")),
        shape=cropped,
        weights=no_weights,
    ),
    LayerEntry(
        name="mel_spectrogram",
        summary="A waveform as energies of mel bands over time.",
        doc="The input is samples; the result has bands and then frames.",
        family="preprocessing",
        python="keras.layers.MelSpectrogram",
        options=(
            count("fft_length", "samples in a frame's transform", 2048),
            count("sequence_stride", "samples between frames", 512),
            optional_count("sequence_length", "samples in a frame"),
            choice("window", "hann", ("hann", "hamming"), "how a frame fades"),
            count("sampling_rate", "samples a second", 16000),
            count("num_mel_bins", "how many bands", 128),
            number("min_freq", 20.0, "the lowest frequency"),
            Option(name="max_freq", kind="float", default=None, none=True,
                   doc="the highest frequency; half the rate if left out"),
            flag("power_to_db", True, "in decibels"),
            number("top_db", 80.0, "how far below the loudest"),
            number("mag_exp", 2.0, "the power of the magnitude"),
            number("min_power", 1e-10, "the smallest power"),
            number("ref_power", 1.0, "what 0 decibels are"),
        ),
        shape=_mel,
        weights=no_weights,
    ),
)  # fmt: skip
