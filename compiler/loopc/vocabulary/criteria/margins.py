"""Losses of scores and quantiles that Keras has not: those of optax, and of boxes."""

from loopc.vocabulary.criteria.pairing import (
    chosen_elements,
    classes_left,
    elements_left,
    elementwise,
    paired_classes,
    paired_elements,
    scores,
)
from loopc.vocabulary.criteria.regression import pointwise
from loopc.vocabulary.entry import LossEntry, LossVariant, Mismatch, Option, Options
from loopc.vocabulary.types import TensorType

_GAMMA = Option(
    name="gamma", kind="float", default=2.0, low=0.0,
    doc="how much less what is already right counts; 0: no less",
)  # fmt: skip


def _scores(target: TensorType, output: TensorType, options: Options) -> str:
    paired_elements(target, output)
    _refuse_probabilities(output)
    return chosen_elements("elements", target)


def _refuse_probabilities(output: TensorType) -> None:
    if scores(output) == "probabilities":
        fact = f"the output holds probabilities, {output}"
        raise Mismatch(fact, "give it logits: leave out the sigmoid or softmax")


def _labelled(target: TensorType, output: TensorType, options: Options) -> str:
    if paired_classes(target, output) != "sparse":
        raise Mismatch(f"the target is {target}, not a label", "write `argmax(...)`")
    _refuse_probabilities(output)
    return "sparse"


def _classes(target: TensorType, output: TensorType, options: Options) -> str:
    _refuse_probabilities(output)
    return paired_classes(target, output)


def _relevance(target: TensorType, output: TensorType, options: Options) -> str:
    _refuse_probabilities(output)
    if paired_classes(target, output) == "sparse":
        fact = f"the target is one label, {target}"
        raise Mismatch(fact, "give the relevance of each item, or `cross_entropy`")
    return "list"


def _rates(target: TensorType, output: TensorType, options: Options) -> str:
    if paired_classes(target, output) == "sparse" or output.kind == "logits":
        fact = f"the target is {target} and the output {output}"
        raise Mismatch(fact, "give it positive numbers: `exp` or `softplus` them")
    return "rates"


def _boxes(target: TensorType, output: TensorType, options: Options) -> str:
    shape = paired_elements(target, output)
    if shape[-1:] != (4,):
        fact = f"the last axis of {output} holds no box"
        raise Mismatch(fact, "give it y_min, x_min, y_max, x_max")
    return "boxes"


def _of_label(name: str, summary: str, doc: str) -> LossEntry:
    """Make a loss of a label and scores that reduces the class axis."""
    return LossEntry(
        name=name,
        summary=summary,
        doc=doc,
        family="classification",
        choose=_labelled,
        result=classes_left,
        variants=(
            LossVariant(name="sparse", python=f"{name}({{0}}, {{1}})", imports=(name,)),
        ),
    )


def _of_scores(name: str, summary: str, doc: str, *options: Option) -> LossEntry:
    """Make an elementwise loss of a truth value and a score."""
    given = "".join(f", {o.name}={{{o.name}}}" for o in options)
    return LossEntry(
        name=name,
        summary=summary,
        doc=doc,
        family="classification",
        options=options,
        choose=_scores,
        result=elements_left,
        variants=elementwise("elements", f"{name}({{0}}, {{1}}{given})", name),
    )


ENTRIES = (
    pointwise(
        "l2_loss", "(0.5 * tf.math.squared_difference({0}, {1}))",
        "Half the squared difference, element by element.",
        "optax's l2_loss: its gradient is the error itself.",
    ),
    pointwise(
        "quantile_error", "quantile_error({0}, {1}, quantile={quantile})",
        "The error whose least mean is a quantile, element by element.",
        "The pinball loss: q e where the target e above the output, (q - 1) e below "
        "(Koenker and Bassett, 1978).",
        Option(name="quantile", kind="float", default=0.5, low=0.0, high=1.0,
               open_low=True, open_high=True, doc="which quantile; 0.5 is the median"),
        runtime="quantile_error", aliases=("pinball",),
    ),
    _of_scores(
        "perceptron", "max(0, -sign * output) for signs -1 and 1.",
        "Targets 0 and 1 count as -1 and 1. optax's perceptron_loss.",
    ),
    _of_scores(
        "binary_sparsemax", "A hinge with a parabola in place of its corner.",
        "0 below a margin of 1, linear above -1; its gradient is that of sparsemax. "
        "optax's sparsemax_loss.",
    ),
    _of_scores(
        "sigmoid_focal", "The focal cross entropy of logits, element by element.",
        "optax's sigmoid_focal_loss (Lin and others, 2017). "
        "`binary_focal_cross_entropy` has Keras' arithmetic, which clips.",
        Option(name="alpha", kind="float", default=None, none=True, low=0.0, high=1.0,
               doc="weight targets 1 by it and 0 by the rest; none if left out"),
        _GAMMA,
    ),
    LossEntry(
        name="poly_loss",
        summary="The cross entropy plus a multiple of the probability that is missed.",
        doc="optax's poly_loss_cross_entropy (Leng and others, 2022), of logits.",
        family="classification",
        options=(
            Option(name="epsilon", kind="float", default=2.0, doc="the multiple"),
        ),
        choose=_classes,
        result=classes_left,
        variants=(
            LossVariant(
                name="sparse",
                python="poly_loss(tf.one_hot({0}, {classes}), {1}, epsilon={epsilon})",
                imports=("poly_loss",),
            ),
            LossVariant(name="one_hot",
                        python="poly_loss({0}, {1}, epsilon={epsilon})",
                        imports=("poly_loss",)),
        ),
    ),
    _of_label(
        "sparsemax_loss", "The loss that belongs to sparsemax, as the cross entropy to "
        "softmax.",
        "Exactly 0 where the right score leads by 1 (Martins and Astudillo, 2016); "
        "optax's multiclass_sparsemax_loss.",
    ),
    _of_label(
        "multiclass_perceptron", "The best score minus the right one.",
        "optax's multiclass_perceptron_loss.",
    ),
    _of_label(
        "multiclass_hinge", "max(0, 1 + the best wrong score - the right one).",
        "Crammer and Singer's hinge, optax's. Keras' `categorical_hinge` counts wrong "
        "scores below 0 as 0.",
    ),
    LossEntry(
        name="ranking_softmax",
        summary="The cross entropy of a list whose items have relevances.",
        doc=(
            "Minus the sum over the last axis of relevance times log softmax of the "
            "score, of one list for each example. optax's ranking_softmax_loss."
        ),
        family="structured",
        choose=_relevance,
        result=classes_left,
        variants=(
            LossVariant(name="list", python="ranking_softmax({0}, {1})",
                        imports=("ranking_softmax",), casts="float"),
        ),
    ),
    LossEntry(
        name="generalized_kl_divergence",
        aliases=("convex_kl_divergence",),
        summary="The divergence of positive numbers that need not add up to one.",
        doc=(
            "The sum over the last axis of t log(t / x) + x - t; optax's, but of the "
            "output and not of its logarithm."
        ),
        family="structured",
        choose=_rates,
        result=classes_left,
        variants=(
            LossVariant(name="rates", python="generalized_kl_divergence({0}, {1})",
                        imports=("generalized_kl_divergence",)),
        ),
    ),
    LossEntry(
        name="giou_loss",
        summary="1 minus the generalized overlap of two boxes.",
        doc=(
            "The last axis has y_min, x_min, y_max, x_max. It tells apart boxes that "
            "do not meet, by the empty part of their hull (Rezatofighi and others, "
            "2019)."
        ),
        family="structured",
        choose=_boxes,
        result=classes_left,
        variants=(
            LossVariant(name="boxes", python="giou_loss({0}, {1})",
                        imports=("giou_loss",), casts="float"),
        ),
    ),
)  # fmt: skip
