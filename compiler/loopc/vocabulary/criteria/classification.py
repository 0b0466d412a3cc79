"""Losses over classes, and over truth values element by element."""

from loopc.vocabulary.criteria.pairing import (
    chosen_elements,
    classes_left,
    elements_left,
    elementwise,
    example_left,
    paired_classes,
    paired_elements,
    scores,
)
from loopc.vocabulary.entry import LossEntry, LossVariant, Mismatch, Option, Options
from loopc.vocabulary.types import TensorType

SMOOTHING = Option(
    name="label_smoothing", kind="float", default=0.0, low=0.0, high=1.0,
    open_high=True, doc="the share of the target spread evenly over all classes",
)  # fmt: skip
IGNORE = Option(
    name="ignore_class", kind="int", default=None, none=True,
    doc="a label whose places have loss 0; weight them 0 in a mean",
)  # fmt: skip
ALPHA = Option(
    name="alpha", kind="float", default=0.25, low=0.0, doc="the weight of a class"
)
GAMMA = Option(
    name="gamma", kind="float", default=2.0, low=0.0,
    doc="how much less what is already right counts; 0: no less",
)  # fmt: skip

READS_KINDS = (
    "The types say how it is read: `class(n)` is a label and a float target a "
    "distribution; an output of kind `probabilities` is used as it is, any other "
    "counts as logits."
)


# ----------------------------------------------------------------------- cross entropy


def _cross_entropy(target: TensorType, output: TensorType, options: Options) -> str:
    pairing, reading = paired_classes(target, output), scores(output)
    ignores = options.get("ignore_class") is not None
    if pairing == "one_hot" and ignores:
        raise Mismatch("`ignore_class` with a distribution as target", "weight it 0")
    special = bool(options.get("label_smoothing")) or ignores
    return f"{'smoothed_' if special else ''}{pairing}_{reading}"


def _entropy(pairing: str, reading: str, smoothed: bool) -> LossVariant:
    function = {"sparse": "sparse_cross_entropy", "one_hot": "cross_entropy"}[pairing]
    options = f"from_logits={reading == 'logits'}"
    if smoothed:
        options += ", label_smoothing={label_smoothing}"
        options += ", ignore_class={ignore_class}" if pairing == "sparse" else ""
    return LossVariant(
        name=f"{'smoothed_' if smoothed else ''}{pairing}_{reading}",
        python=f"{function}({{0}}, {{1}}, {options})",
        imports=(function,),
    )


_CROSS_ENTROPY = LossEntry(
    name="cross_entropy",
    aliases=("categorical_crossentropy", "sparse_categorical_crossentropy"),
    summary="Minus the logarithm of the probability given to the right class.",
    doc=(
        f"The class axis, the last one, is reduced. {READS_KINDS} Arithmetic and "
        "bounds are those of Keras; smoothing mixes the target with the even "
        "distribution."
    ),
    family="classification",
    options=(SMOOTHING, IGNORE),
    choose=_cross_entropy,
    result=classes_left,
    variants=(
        LossVariant(
            name="sparse_logits",
            python="tf.nn.sparse_softmax_cross_entropy_with_logits({0}, {1})",
        ),
        LossVariant(
            name="one_hot_logits",
            python="tf.nn.softmax_cross_entropy_with_logits({0}, {1})",
        ),
        *(_entropy(p, "probabilities", False) for p in ("sparse", "one_hot")),
        *(
            _entropy(pairing, reading, True)
            for pairing in ("sparse", "one_hot")
            for reading in ("logits", "probabilities")
        ),
    ),
)

# --------------------------------------------------------------- binary cross entropy


def _binary(target: TensorType, output: TensorType, options: Options) -> str:
    paired_elements(target, output)
    if target.kind == "class" and target.classes != 2:
        fact = f"{target} has {target.classes} classes, not 2"
        raise Mismatch(fact, "write `cross_entropy`")
    smooth = "smoothed_" if options.get("label_smoothing") else ""
    return chosen_elements(f"{smooth}{scores(output)}", target)


_SIGMOID = "tf.nn.sigmoid_cross_entropy_with_logits({0}, {1})"


def _binary_form(reading: str, smoothed: bool) -> str:
    options = f"from_logits={reading == 'logits'}"
    smoothing = ", label_smoothing={label_smoothing}" if smoothed else ""
    return f"binary_cross_entropy({{0}}, {{1}}, {options}{smoothing})"


def _binary_variants() -> tuple[LossVariant, ...]:
    name = "binary_cross_entropy"
    return (
        *elementwise("logits", _SIGMOID),
        *elementwise("probabilities", _binary_form("probabilities", False), name),
        *elementwise("smoothed_logits", _binary_form("logits", True), name),
        *elementwise(
            "smoothed_probabilities", _binary_form("probabilities", True), name
        ),
    )


_BINARY_CROSS_ENTROPY = LossEntry(
    name="binary_cross_entropy",
    aliases=("binary_crossentropy",),
    summary="The cross entropy of one truth value, element by element.",
    doc=(
        f"Targets lie from 0 to 1 or are `class(2)`; nothing is reduced. {READS_KINDS} "
        "One plain number, 0 or 1, may be the target of every element."
    ),
    family="classification",
    options=(SMOOTHING,),
    choose=_binary,
    result=elements_left,
    variants=_binary_variants(),
)


def _within(variant: LossVariant) -> LossVariant:
    return LossVariant(
        name=variant.name,
        python=f"tf.reduce_mean({variant.python}, axis={{axes}})",
        imports=variant.imports,
        casts=variant.casts,
        broadcasts=variant.broadcasts,
    )


_MEAN_BINARY = LossEntry(
    name="mean_binary_cross_entropy",
    summary="The binary cross entropy, averaged within each example.",
    doc="The mean over all axes of the example of `binary_cross_entropy`.",
    family="classification",
    options=(SMOOTHING,),
    choose=_binary,
    result=example_left,
    variants=tuple(_within(variant) for variant in _binary_variants()),
)

# ------------------------------------------------------------------------ focal losses


def _focal(target: TensorType, output: TensorType, options: Options) -> str:
    return f"{paired_classes(target, output)}_{scores(output)}"


def _focal_variant(pairing: str, reading: str) -> LossVariant:
    target = "tf.one_hot({0}, {classes})" if pairing == "sparse" else "{0}"
    options = "alpha={alpha}, gamma={gamma}, label_smoothing={label_smoothing}"
    return LossVariant(
        name=f"{pairing}_{reading}",
        python=f"focal_cross_entropy({target}, {{1}}, "
        f"from_logits={reading == 'logits'}, {options})",
        imports=("focal_cross_entropy",),
    )


_FOCAL = LossEntry(
    name="focal_cross_entropy",
    aliases=("categorical_focal_crossentropy",),
    summary="A cross entropy in which what is already right counts less.",
    doc=(
        "Each class counts alpha (1 - p)^gamma times its cross entropy (Lin and "
        f"others, 2017; Keras' CategoricalFocalCrossentropy). {READS_KINDS}"
    ),
    family="classification",
    options=(ALPHA, GAMMA, SMOOTHING),
    choose=_focal,
    result=classes_left,
    variants=tuple(
        _focal_variant(pairing, reading)
        for pairing in ("sparse", "one_hot")
        for reading in ("logits", "probabilities")
    ),
)


def _binary_focal(target: TensorType, output: TensorType, options: Options) -> str:
    paired_elements(target, output)
    balanced = "balanced_" if options.get("apply_class_balancing") else ""
    return chosen_elements(f"{balanced}{scores(output)}", target)


def _binary_focal_form(reading: str, balanced: bool) -> str:
    alpha = "alpha={alpha}, " if balanced else ""
    return (
        f"binary_focal_cross_entropy({{0}}, {{1}}, from_logits={reading == 'logits'}, "
        f"{alpha}gamma={{gamma}}, label_smoothing={{label_smoothing}})"
    )


_BINARY_FOCAL = LossEntry(
    name="binary_focal_cross_entropy",
    aliases=("binary_focal_crossentropy",),
    summary="A binary cross entropy in which what is already right counts less.",
    doc=(
        "Element by element (1 - p)^gamma times the binary cross entropy, p being the "
        "probability given to the target. Balancing weights 1 by alpha and 0 by 1 - "
        "alpha."
    ),
    family="classification",
    options=(
        Option(name="apply_class_balancing", kind="bool", default=False,
               doc="weight targets 1 by alpha and 0 by 1 - alpha"),
        ALPHA, GAMMA, SMOOTHING,
    ),
    choose=_binary_focal,
    result=elements_left,
    variants=tuple(
        variant
        for reading in ("logits", "probabilities")
        for prefix, balanced in (("", False), ("balanced_", True))
        for variant in elementwise(
            f"{prefix}{reading}", _binary_focal_form(reading, balanced),
            "binary_focal_cross_entropy",
        )
    ),
)  # fmt: skip

ENTRIES = (_CROSS_ENTROPY, _BINARY_CROSS_ENTROPY, _MEAN_BINARY, _FOCAL, _BINARY_FOCAL)
