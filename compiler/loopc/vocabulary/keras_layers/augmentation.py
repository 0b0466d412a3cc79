"""Layers that change images at random in training: where things are."""

from loopc.vocabulary.entry import LayerEntry, Operands, Option, Options
from loopc.vocabulary.keras_layers.options import choice, count, no_weights, number
from loopc.vocabulary.keras_layers.preprocessing import VALUE_RANGE, cropped, image
from loopc.vocabulary.types import TensorType

FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATION = choice(
    "interpolation", "bilinear", ("bilinear", "nearest"), "how pixels are computed"
)
FILL = choice("fill_mode", "reflect", FILL_MODES, "what appears at the border")
FILL_VALUE = number("fill_value", 0.0, "what `constant` fills with")
IN_TRAINING = (
    "It acts in training only; its draws are a function of seed, step and place, so "
    "that a run can be repeated."
)


GRAPH = " XLA cannot compile it: the loop runs as a graph."


def factor(
    name: str = "factor", default: float | None = None,
    doc: str = "how strong: at most this, or from `[low, high]`", none: bool = False,
) -> Option:  # fmt: skip
    """Make the strength of a change: a number or a range."""
    if none:
        return Option(name=name, kind="floats", default=None, none=True, doc=doc)
    if default is None:
        return Option(name=name, kind="floats", doc=doc)
    return Option(name=name, kind="floats", default=default, doc=doc)


def same_image(inputs: Operands, options: Options) -> TensorType:
    """Type a layer that keeps the size of an image."""
    return TensorType("f32", image(inputs).shape)


def changed(
    name: str, python: str, summary: str, *options: Option, random: bool = True,
    graph: bool = False,
) -> LayerEntry:  # fmt: skip
    """Make the entry of a layer that keeps the size of an image."""
    fixed = "It always acts, in evaluation too."
    return LayerEntry(
        name=name,
        summary=summary,
        doc=(IN_TRAINING if random else fixed) + (GRAPH if graph else ""),
        family="augmentation",
        python=python if python == "AugMix" else f"keras.layers.{python}",
        graph_only=graph,
        options=options,
        shape=same_image,
        weights=no_weights,
        random=random,
    )


ENTRIES = (
    LayerEntry(
        name="random_crop",
        summary="A piece of an image at a random place; the middle in evaluation.",
        doc=IN_TRAINING,
        family="augmentation",
        python="keras.layers.RandomCrop",
        options=(count("height", "the new height"), count("width", "the new width")),
        shape=cropped,
        weights=no_weights,
        random=True,
    ),
    changed("random_flip", "RandomFlip", "An image mirrored at random.",
            choice("mode", "horizontal_and_vertical",
                   ("horizontal", "vertical", "horizontal_and_vertical"), "which way")),
    changed("random_translation", "RandomTranslation", "An image moved at random.",
            factor("height_factor", doc="how far up or down, as a share"),
            factor("width_factor", doc="how far sideways, as a share"),
            FILL, INTERPOLATION, FILL_VALUE, graph=True),
    changed("random_rotation", "RandomRotation", "An image turned at random.",
            factor(doc="how far, as a share of a full turn"), FILL, INTERPOLATION,
            FILL_VALUE, graph=True),
    changed("random_zoom", "RandomZoom", "An image made larger or smaller at random.",
            factor("height_factor", doc="how much; negative numbers come closer"),
            factor("width_factor", doc="how much sideways; as the height if left out",
                   none=True),
            FILL, INTERPOLATION, FILL_VALUE, graph=True),
    changed("random_shear", "RandomShear", "An image slanted at random.",
            factor("x_factor", 0.0, "how far sideways"),
            factor("y_factor", 0.0, "how far up or down"), INTERPOLATION, FILL,
            FILL_VALUE, graph=True),
    changed("random_perspective", "RandomPerspective", "An image seen from aside.",
            factor("factor", 1.0, "how often"), number("scale", 1.0, "how far aside"),
            INTERPOLATION, FILL_VALUE, graph=True),
    changed("random_elastic_transform", "RandomElasticTransform",
            "An image bent like rubber at random.", factor("factor", 1.0, "how often"),
            number("scale", 1.0, "how far"), INTERPOLATION, FILL, FILL_VALUE,
            VALUE_RANGE, graph=True),
    changed("random_erasing", "RandomErasing",
            "An image with a random rectangle blank.",
            factor("factor", 1.0, "how often"),
            Option(name="scale", kind="floats", default=(0.02, 0.33),
                   doc="the share of the image, from and to"),
            Option(name="fill_value", kind="float", default=None, none=True,
                   doc="what it is filled with; noise if left out"), VALUE_RANGE),
)  # fmt: skip
