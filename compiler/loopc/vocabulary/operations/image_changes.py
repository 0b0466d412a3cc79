"""Functions that change images at random, each example in its own way."""

from collections.abc import Callable

from loopc.vocabulary.entry import (
    REQUIRED,
    FunctionEntry,
    Mismatch,
    Operands,
    Option,
    Options,
    Required,
)
from loopc.vocabulary.rules import as_integers, counted, require_float, value
from loopc.vocabulary.types import TensorType

Rule = Callable[[Operands, Options], TensorType]

_FILL = Option(
    name="fill_mode", kind="enum", default="constant",
    choices=("constant", "nearest", "reflect"),
    doc="what comes in from outside: zeros, the pixels of the edge, the mirrored image",
)  # fmt: skip
_VALUE = Option(name="value", kind="float", default=0.0, doc="what is put there")


def _length(name: str) -> Option:
    return Option(name=name, kind="int", low=1, doc=f"the new {name} in pixels")


def _share(name: str, doc: str, default: float | Required = REQUIRED) -> Option:
    return Option(name=name, kind="float", default=default, low=0, high=1, doc=doc)


def _image(operands: Operands, options: Options) -> TensorType:
    image = operands[0]
    require_float(image, "the image")
    if len(image.shape) in (2, 3) and image.per_example:
        return value(image.dtype, image.shape)
    if not image.per_example:
        raise Mismatch("a plain value has no examples", "give it a field of a batch")
    axes = counted(len(image.shape), "axis")
    fact = f"an image has 2 or 3 axes, this example has {axes}"
    raise Mismatch(fact, "arrange it as height, width and, if any, channels")


def _cropped(operands: Operands, options: Options) -> TensorType:
    image = _image(operands, options)
    sizes = as_integers((options["height"], options["width"]))
    for size, axis in zip(sizes, image.shape[:2], strict=True):
        if isinstance(axis, int) and size > axis:
            fact = f"a piece of {size} pixels does not fit into {axis}"
            raise Mismatch(fact, "crop less, or `pad` the image before")
    return value(image.dtype, (*sizes, *image.shape[2:]))


def _ordered(operands: Operands, options: Options) -> TensorType:
    low, high = options["low"], options["high"]
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        raise Mismatch(f"`low` {low} lies above `high` {high}", "exchange them")
    return _image(operands, options)


def _colored(operands: Operands, options: Options) -> TensorType:
    image = _image(operands, options)
    if len(image.shape) == 3 and image.shape[2] == 3:
        return image
    fact = (
        f"an image in colors has 3 channels on its last axis, not {list(image.shape)}"
    )
    raise Mismatch(fact, "`random_brightness` and `random_contrast` take any image")


def _colored_within(operands: Operands, options: Options) -> TensorType:
    return _ordered(operands, options) and _colored(operands, options)


def _change(
    name: str,
    form: str,
    summary: str,
    doc: str,
    *options: Option,
    result: Rule = _image,
    draws: bool = True,
    meant: Callable[[Operands, Options], str] | None = None,
    internal: str = "",
) -> FunctionEntry:
    """An entry; one that is `internal` stands for `name` where `meant` says so."""
    return FunctionEntry(
        name=internal or name,
        summary=summary,
        doc=doc,
        options=options,
        family="images",
        result=result,
        step=f"{name}({{0}}, {form})",
        model=None,
        imports=(name,),
        draws=draws,
        meant=meant,
        internal=bool(internal),
    )


_COLOR = (
    Option(name="strength", kind="float", low=0, doc="how far factors lie from 1"),
    Option(name="hue", kind="float", default=0.0, low=0, high=0.5,
           doc="the largest turn, as a part of the circle"),
)  # fmt: skip


def _with_hue(operands: Operands, options: Options) -> str:
    return "random_color_and_hue" if options["hue"] else "random_color"


ENTRIES = (
    _change(
        "random_crop", "{height}, {width}, site={site}",
        "A piece of the image from a place that is drawn for each example.",
        "Every place is as likely as any other. Usually behind `pad`.",
        _length("height"), _length("width"), result=_cropped,
    ),
    _change(
        "center_crop", "{height}, {width}",
        "The middle of the image.", "Where the rest is odd, the smaller half is above.",
        _length("height"), _length("width"), result=_cropped, draws=False,
    ),
    _change(
        "random_flip", "site={site}, mode={mode}",
        "The image, mirrored or not.",
        "With a chance of one half, left and right change places; `vertical` exchanges "
        "top and bottom, and `both` draws for each of the two.",
        Option(name="mode", kind="enum", default="horizontal",
               choices=("horizontal", "vertical", "both"), doc="what changes places"),
    ),
    _change(
        "random_rotation", "{degrees}, site={site}, fill_mode={fill_mode}",
        "The image turned about its centre by up to so many degrees either way.",
        "New pixels are computed bilinearly.",
        Option(name="degrees", kind="float", low=0, doc="the largest angle"), _FILL,
    ),
    _change(
        "random_translation", "{height}, {width}, site={site}, fill_mode={fill_mode}",
        "The image shifted by up to a share of its height and of its width.",
        "Either way, by parts of pixels too; new pixels are computed bilinearly.",
        _share("height", "the largest share, up or down"),
        _share("width", "the largest share, left or right"), _FILL,
    ),
    _change(
        "random_zoom", "{low}, {high}, site={site}, fill_mode={fill_mode}",
        "The image enlarged about its centre by a factor between two numbers.",
        "Below 1 it shrinks. New pixels are computed bilinearly.",
        Option(name="low", kind="float", low=0, open_low=True, doc="the least factor"),
        Option(name="high", kind="float", low=0, open_low=True,
               doc="the largest factor"),
        _FILL, result=_ordered,
    ),
    _change(
        "random_brightness", "{amount}, site={site}",
        "The image plus one number, drawn up to an amount either way.",
        "The arithmetic of `tf.image.random_brightness`, a number for each example.",
        Option(name="amount", kind="float", low=0, doc="the largest change"),
    ),
    _change(
        "random_contrast", "{low}, {high}, site={site}",
        "The image with its distance from its mean scaled.",
        "The mean is that of each channel, as in `tf.image.adjust_contrast`.",
        Option(name="low", kind="float", low=0, doc="the least factor"),
        Option(name="high", kind="float", low=0, doc="the largest factor"),
        result=_ordered,
    ),
    _change(
        "random_saturation", "{low}, {high}, site={site}",
        "The image in stronger or paler colors.",
        "Of images in red, green and blue from 0 to 1. The factor is that of "
        "`tf.image.adjust_saturation`: 0 leaves grays.",
        Option(name="low", kind="float", low=0, doc="the least factor"),
        Option(name="high", kind="float", low=0, doc="the largest factor"),
        result=_colored_within,
    ),
    _change(
        "random_hue", "{factor}, site={site}",
        "The image with its hues turned.",
        "Of images in red, green and blue from 0 to 1. The arithmetic of the Keras "
        "layer `RandomHue`: by up to half of `factor` of the circle, either way.",
        Option(name="factor", kind="float", low=0, high=1,
               doc="twice the largest turn, as a part of the circle"),
        result=_colored,
    ),
    _change(
        "random_color", "{strength}, site={site}",
        "The image with other brightness, contrast, saturation and hue.",
        "Three factors from 1 - strength to 1 + strength, in this order, with the "
        "arithmetic of torchvision's `ColorJitter`; pixels stay between 0 and 1, "
        "where they lie before. Then hues turn, by up to `hue` of the circle either "
        "way. Images without three channels have neither saturation nor hue.",
        *_COLOR, meant=_with_hue,
    ),
    _change(
        "random_color", "{strength}, site={site}, hue={hue}",
        "The image with another hue too.", "`random_color` with a hue.",
        *_COLOR, internal="random_color_and_hue",
    ),
    _change(
        "cutout", "{size}, site={site}, value={value}",
        "The image with a square blotted out (DeVries and Taylor, 2017).",
        "Its centre may be any pixel; what lies outside is cut off.",
        Option(name="size", kind="int", low=1, doc="its side in pixels"), _VALUE,
    ),
    _change(
        "random_erasing",
        "{rate}, {low}, {high}, {aspect}, site={site}, value={value}",
        "The image with a rectangle blotted out, in a share of the examples "
        "(Zhong et al., 2017).",
        "The area is a share of the image, uniform from `low` to `high`; height to "
        "width is log-uniform from `aspect` to its inverse; it lies inside the image.",
        _share("rate", "how many of the examples", 0.5),
        _share("low", "the smallest area", 0.02),
        _share("high", "the largest area", 0.4),
        Option(name="aspect", kind="float", default=0.3, low=0, open_low=True, high=1,
               doc="the least ratio of height to width"),
        _VALUE, result=_ordered,
    ),
)  # fmt: skip
