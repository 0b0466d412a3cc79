"""Losses of distributions, directions, regions, sequences and whole batches."""

from loopc.vocabulary.criteria.pairing import (
    classes_left,
    embedded,
    example_left,
    is_label,
    number_left,
    paired_classes,
    paired_elements,
    require_output,
    scores,
)
from loopc.vocabulary.entry import LossEntry, LossVariant, Mismatch, Option, Options
from loopc.vocabulary.rules import counted
from loopc.vocabulary.types import TensorType

_ONE_HOT = "tf.one_hot({0}, {classes})"


def _divergence(target: TensorType, output: TensorType, options: Options) -> str:
    if paired_classes(target, output) == "sparse":
        raise Mismatch(f"the target is a label, {target}", "write `cross_entropy`")
    if output.kind == "value":
        fact = f"whether {output} are logits or probabilities is not known"
        raise Mismatch(fact, "declare the model `-> logits[n]`, or `softmax` it")
    return scores(output)


def _labelled(target: TensorType, output: TensorType, options: Options) -> str:
    if paired_classes(target, output) != "sparse":
        raise Mismatch(f"the target is {target}, not a label", "write `argmax(...)`")
    return scores(output)


def _paired(target: TensorType, output: TensorType, options: Options) -> str:
    return paired_classes(target, output)


def _direction(target: TensorType, output: TensorType, options: Options) -> str:
    if not paired_elements(target, output):
        raise Mismatch(f"{output} is a number and has no direction", "give it vectors")
    return "vectors"


def _region(target: TensorType, output: TensorType, options: Options) -> str:
    if not paired_elements(target, output):
        raise Mismatch(f"{output} is one number, not a region", "give it an axis")
    if output.kind == "logits":
        raise Mismatch("the output holds logits", "write `sigmoid(...)` or `softmax`")
    return "region"


def _aligned(target: TensorType, output: TensorType, options: Options) -> str:
    require_output(target, output)
    if not is_label(target) or len(target.shape) != 1:
        raise Mismatch(f"the target is {target}", "give it labels of one axis")
    if len(output.shape) != 2 or output.kind == "probabilities":
        axes = counted(len(output.shape), "axis")
        fact = f"the output is {output} with {axes}"
        raise Mismatch(fact, "give it logits: steps, then classes")
    return "sequence"


def _last_left(target: TensorType, output: TensorType, options: Options) -> TensorType:
    shape = paired_elements(target, output)
    return TensorType(output.dtype, shape[:-1])


_WEIGHT = Option(
    name="alpha", kind="float", default=0.5, low=0.0, doc="how much a miss weighs"
)

ENTRIES = (
    LossEntry(
        name="kl_divergence",
        aliases=("kullback_leibler_divergence",),
        summary="How far a predicted distribution is from a given one.",
        doc=(
            "The sum over classes of t log(t / p), both bounded below by 1e-7; the "
            "class axis is reduced. Logits are put through a softmax first."
        ),
        family="classification",
        choose=_divergence,
        result=classes_left,
        variants=(
            LossVariant(name="logits", python="kl_divergence({0}, tf.nn.softmax({1}))",
                        imports=("kl_divergence",)),
            LossVariant(name="probabilities", python="kl_divergence({0}, {1})",
                        imports=("kl_divergence",)),
        ),
    ),
    LossEntry(
        name="generalized_cross_entropy",
        aliases=("categorical_generalized_cross_entropy",),
        summary="A cross entropy that bears wrong labels.",
        doc=(
            "(1 - p^q) / q for the probability p of the label: the cross entropy as q "
            "goes to 0, the absolute error at 1 (Zhang and Sabuncu, 2018)."
        ),
        family="classification",
        options=(
            Option(name="q", kind="float", default=0.5, low=0.0, high=1.0,
                   open_low=True,
                   doc="how well wrong labels are borne"),
        ),
        choose=_labelled,
        result=classes_left,
        variants=(
            LossVariant(
                name="logits",
                python="generalized_cross_entropy({0}, tf.nn.softmax({1}), q={q})",
                imports=("generalized_cross_entropy",),
            ),
            LossVariant(
                name="probabilities",
                python="generalized_cross_entropy({0}, {1}, q={q})",
                imports=("generalized_cross_entropy",),
            ),
        ),
    ),
    LossEntry(
        name="categorical_hinge",
        summary="max(0, 1 + the best wrong score - the right one).",
        doc="Outputs are scores of any size; the class axis is reduced.",
        family="classification",
        choose=_paired,
        result=classes_left,
        variants=(
            LossVariant(name="sparse", python=f"categorical_hinge({_ONE_HOT}, {{1}})",
                        imports=("categorical_hinge",)),
            LossVariant(name="one_hot", python="categorical_hinge({0}, {1})",
                        imports=("categorical_hinge",)),
        ),
    ),
    LossEntry(
        name="cosine_loss",
        summary="Minus the cosine of the angle between target and output.",
        doc=(
            "Keras' loss CosineSimilarity; the last axis is reduced. The function "
            "`cosine_similarity` has the other sign."
        ),
        family="structured",
        choose=_direction,
        result=_last_left,
        variants=(
            LossVariant(name="vectors", python="cosine_loss({0}, {1})",
                        imports=("cosine_loss",), casts="float", broadcasts=True),
        ),
    ),
    LossEntry(
        name="dice",
        summary="1 minus twice the overlap of two regions over their sizes.",
        doc=(
            "One number for each example, over all its axes, of values from 0 to 1. "
            "Keras' default sums over the whole batch, which couples examples."
        ),
        family="structured",
        choose=_region,
        result=example_left,
        variants=(
            LossVariant(name="region", python="dice({0}, {1})", imports=("dice",),
                        casts="float", broadcasts=True),
        ),
    ),
    LossEntry(
        name="tversky",
        summary="1 minus the Tversky index of two regions; `dice` with weights.",
        doc=(
            "`alpha` weighs what the output misses and `beta` what it adds, as in "
            "Keras; both 0.5 give `dice`. One number for each example."
        ),
        family="structured",
        options=(
            _WEIGHT,
            Option(name="beta", kind="float", default=0.5, low=0.0,
                   doc="how much an addition weighs"),
        ),
        choose=_region,
        result=example_left,
        variants=(
            LossVariant(name="region",
                        python="tversky({0}, {1}, alpha={alpha}, beta={beta})",
                        imports=("tversky",), casts="float", broadcasts=True),
        ),
    ),
    LossEntry(
        name="circle",
        summary="Pulls embeddings of one class together and others apart.",
        doc=(
            "Each example is compared with the rest of its batch, so the value depends "
            "on the batch (Sun and others, 2020). Embeddings are unit vectors."
        ),
        family="structured",
        options=(
            Option(name="gamma", kind="float", default=80.0, low=0.0, doc="the scale"),
            Option(name="margin", kind="float", default=0.4, low=0.0, doc="the margin"),
        ),
        choose=embedded,
        result=number_left,
        coupled=True,
        variants=(
            LossVariant(name="batch",
                        python="circle({0}, {1}, gamma={gamma}, margin={margin})",
                        imports=("circle",)),
        ),
    ),
    LossEntry(
        name="ctc",
        summary="Minus the log likelihood of a label sequence without its timing.",
        doc=(
            "Labels are padded with 0, which is also the blank; the output has steps "
            "and then classes, as logits (Graves and others, 2006)."
        ),
        family="structured",
        choose=_aligned,
        result=number_left,
        variants=(
            LossVariant(name="sequence", python="ctc({0}, {1})", imports=("ctc",)),
        ),
    ),
)  # fmt: skip
