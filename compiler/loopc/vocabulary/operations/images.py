"""Functions of images: height and width are the two axes before the channels."""

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.forms import tuple_text
from loopc.vocabulary.rules import as_integers, counted, known, require_float, value
from loopc.vocabulary.types import TensorType

METHODS = ("bilinear", "nearest", "bicubic")

_METHOD = Option(
    name="method", kind="enum", default="bilinear", choices=METHODS,
    doc="how new pixels are computed from old ones",
)  # fmt: skip


def _image(operands: Operands) -> TensorType:
    image = operands[0]
    require_float(image, "the image")
    if len(image.shape) != 3:
        fact = (
            f"an image has 3 axes, this example has {counted(len(image.shape), 'axis')}"
        )
        raise Mismatch(fact, "arrange it as height, width, channels")
    return image


def _size(operands: Operands, options: Options) -> tuple[int, int]:
    sizes = as_integers((options["height"], options["width"]))
    return sizes[0], sizes[1]


def _scaled_size(operands: Operands, options: Options) -> tuple[int, int]:
    image = _image(operands)
    factors = as_integers(options["size"])
    if len(factors) > 2:
        raise Mismatch(
            f"{len(factors)} factors", "write one, or one for each of two axes"
        )
    lengths = [known(axis, "upsample") for axis in image.shape[:2]]
    return lengths[0] * factors[0], lengths[1] * factors[-1]


def _resized(operands: Operands, options: Options) -> TensorType:
    image = _image(operands)
    return value(image.dtype, (*_size(operands, options), image.shape[2]))


def _upsampled(operands: Operands, options: Options) -> TensorType:
    image = _image(operands)
    return value(image.dtype, (*_scaled_size(operands, options), image.shape[2]))


_STEP = "tf.image.resize({0}, {pixels}, method={method})"
_MODEL = "keras.ops.image.resize({0}, {pixels}, interpolation={method})"

ENTRIES = (
    FunctionEntry(
        name="resize",
        summary="An image at another height and width.",
        doc=(
            "Pixels count as squares around their centres, as in TensorFlow 2, without "
            "smoothing before the image is made smaller."
        ),
        options=(
            Option(name="height", kind="int", low=1, doc="the new height in pixels"),
            Option(name="width", kind="int", low=1, doc="the new width in pixels"),
            _METHOD,
        ),
        family="images",
        result=_resized,
        step=_STEP,
        model=_MODEL,
        derived={"pixels": lambda o, options: tuple_text(_size(o, options))},
    ),
    FunctionEntry(
        name="upsample",
        summary="An image made larger by a whole factor.",
        doc="With `nearest` every pixel is repeated; no weights are involved.",
        options=(
            Option(name="size", kind="ints", low=1, 
                   doc="the factor, or one for each axis"),
            Option(
                name="method", kind="enum", default="nearest", choices=METHODS,
                doc="how new pixels are computed from old ones",
            ),
        ),
        family="images",
        result=_upsampled,
        step=_STEP,
        model=_MODEL,
        derived={"pixels": lambda o, options: tuple_text(_scaled_size(o, options))},
    ),
)  # fmt: skip
