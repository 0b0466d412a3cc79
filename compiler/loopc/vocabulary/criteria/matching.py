"""Stateless metrics: whether a guess is right, for each example."""

from loopc.vocabulary.criteria.classification import variant
from loopc.vocabulary.criteria.fits import (
    choose_binary,
    choose_classes,
    elementwise,
    is_label,
    label_against_classes,
    over_classes,
    same_shape,
)
from loopc.vocabulary.entry import LossEntry, Mismatch, Option, Options
from loopc.vocabulary.types import TensorType

CUTS = "a guess is right or wrong: it has no gradient"


def choose_accuracy(target: TensorType, output: TensorType, options: Options) -> str:
    """Labels or one value per class against classes; else yes-or-no by a threshold."""
    if is_label(target) and len(output.shape) == len(target.shape) + 1:
        label_against_classes(target, output)
        return "sparse"
    if is_label(target) or not output.shape or output.shape[-1] == 1:
        return f"binary_{choose_binary(target, output, options)}"
    same_shape(target, output)
    return "one_hot"


def choose_binary_accuracy(
    target: TensorType, output: TensorType, options: Options
) -> str:
    """Logits or probabilities of yes-or-no outcomes."""
    return f"binary_{choose_binary(target, output, options)}"


def choose_top_k(target: TensorType, output: TensorType, options: Options) -> str:
    """Labels or one value per class; k is below the number of classes."""
    variant_name = choose_classes(target, output, options)
    k, classes = options["k"], output.shape[-1]
    if isinstance(k, int) and isinstance(classes, int) and k >= classes:
        raise Mismatch(f"k is {k} of {classes} classes", f"take k below {classes}")
    return "sparse" if variant_name.startswith("sparse") else "one_hot"


def matches(target: TensorType, output: TensorType, options: Options) -> TensorType:
    """One value for each label."""
    binary = choose_accuracy(target, output, options).startswith("binary")
    return (elementwise if binary else over_classes)(target, output, options)


BINARY = (
    variant("binary_logits", "binary_accuracy", "threshold=0.0"),
    variant("binary_probabilities", "binary_accuracy"),
)

ENTRIES: tuple[LossEntry, ...] = (
    LossEntry(
        name="accuracy",
        aliases=("categorical_accuracy", "sparse_categorical_accuracy"),
        summary="1 where the likeliest class is the right one, else 0.",
        choose=choose_accuracy,
        result=matches,
        variants=(
            variant("sparse", "accuracy"),
            variant("one_hot", "categorical_accuracy"),
            *BINARY,
        ),
        metric=True,
        differentiable=False,
        cuts=CUTS,
        better="max",
        doc="Reads the operands' types: labels, one value per class, or yes-or-no "
        "outcomes, where logits are compared with 0 and probabilities with 0.5.",
    ),
    LossEntry(
        name="binary_accuracy",
        summary="1 where an outcome and its guess are on the same side, else 0.",
        choose=choose_binary_accuracy,
        result=elementwise,
        variants=BINARY,
        metric=True,
        differentiable=False,
        cuts=CUTS,
        better="max",
        doc="Logits are compared with 0 and probabilities with 0.5.",
    ),
    LossEntry(
        name="top_k_accuracy",
        aliases=("sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy"),
        summary="1 where the right class is among the k likeliest, else 0.",
        options=(Option(name="k", kind="int", default=5, low=1),),
        choose=choose_top_k,
        result=over_classes,
        variants=(
            variant("sparse", "top_k_accuracy", "k={k}"),
            variant("one_hot", "categorical_top_k_accuracy", "k={k}"),
        ),
        metric=True,
        differentiable=False,
        cuts=CUTS,
        better="max",
        doc="Ties count for the right class, as in TensorFlow's `in_top_k`.",
    ),
)
