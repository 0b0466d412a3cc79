"""Metrics that are right or wrong for each example: their mean is an accuracy."""

from loopc.vocabulary.criteria.pairing import (
    is_label,
    paired_classes,
    paired_elements,
    require_output,
    scores,
)
from loopc.vocabulary.entry import LossEntry, LossVariant, Mismatch, Option, Options
from loopc.vocabulary.rules import known
from loopc.vocabulary.types import TensorType

PICKS = "right or wrong does not change smoothly"


def _is_binary(target: TensorType, output: TensorType) -> bool:
    """Say whether one output stands for a truth value."""
    if not is_label(target) or output.shape[: len(target.shape)] != target.shape:
        return False
    extra = output.shape[len(target.shape) :]
    return extra in ((), (1,))


def _accuracy(target: TensorType, output: TensorType, options: Options) -> str:
    require_output(target, output)
    if _is_binary(target, output):
        if target.kind == "class" and target.classes != 2:
            fact = f"{target} against one output, {output}"
            raise Mismatch(fact, f"give {target.classes} outputs")
        return f"binary_{scores(output)}"
    return paired_classes(target, output)


def _accuracy_left(
    target: TensorType, output: TensorType, options: Options
) -> TensorType:
    if _accuracy(target, output, options).startswith("binary"):
        return TensorType("f32", output.shape)
    return TensorType("f32", output.shape[:-1])


def _binary(target: TensorType, output: TensorType, options: Options) -> str:
    paired_elements(target, output)
    if options.get("threshold") is not None:
        return "threshold"
    return scores(output)


def _binary_left(
    target: TensorType, output: TensorType, options: Options
) -> TensorType:
    return TensorType("f32", paired_elements(target, output))


def _top(target: TensorType, output: TensorType, options: Options) -> str:
    pairing = paired_classes(target, output)
    classes, k = known(output.shape[-1], "top_k_accuracy"), int(str(options["k"]))
    if k > classes:
        raise Mismatch(f"k is {k} of {classes} classes", f"write `k: {classes - 1}`")
    return pairing


def _classes_left(
    target: TensorType, output: TensorType, options: Options
) -> TensorType:
    return TensorType("f32", output.shape[:-1])


def _binary_variant(name: str, threshold: str) -> LossVariant:
    return LossVariant(
        name=name,
        python=f"binary_accuracy({{0}}, {{1}}, threshold={threshold})",
        imports=("binary_accuracy",),
        casts="float",
        broadcasts=True,
    )


ENTRIES = (
    LossEntry(
        name="accuracy",
        aliases=("categorical_accuracy", "sparse_categorical_accuracy"),
        summary="1 where the largest output is the right class, else 0.",
        doc=(
            "Logits and probabilities give the same. One output against `class(2)` is "
            "compared with 0 for logits and 0.5 for probabilities. Its mean is the "
            "share of right answers."
        ),
        family="matching",
        target="label",
        choose=_accuracy,
        result=_accuracy_left,
        variants=(
            LossVariant(name="sparse", python="accuracy({0}, {1})",
                        imports=("accuracy",)),
            LossVariant(name="one_hot", python="categorical_accuracy({0}, {1})",
                        imports=("categorical_accuracy",)),
            _binary_variant("binary_logits", "0.0"),
            _binary_variant("binary_probabilities", "0.5"),
        ),
        metric=True,
        differentiable=False,
        cuts=PICKS,
        better="max",
    ),
    LossEntry(
        name="binary_accuracy",
        summary="1 where an output above the threshold meets a true target, else 0.",
        doc=(
            "Element by element, without reducing. The threshold is 0 for logits and "
            "0.5 for probabilities unless it is written."
        ),
        family="matching",
        target="label",
        options=(
            Option(name="threshold", kind="float", default=None, none=True,
                   doc="outputs above it count as true"),
        ),
        choose=_binary,
        result=_binary_left,
        variants=(
            _binary_variant("threshold", "{threshold}"),
            _binary_variant("logits", "0.0"),
            _binary_variant("probabilities", "0.5"),
        ),
        metric=True,
        differentiable=False,
        cuts=PICKS,
        better="max",
    ),
    LossEntry(
        name="top_k_accuracy",
        aliases=("top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy"),
        summary="1 where the right class is among the k largest outputs, else 0.",
        doc="Classes that tie with the k-th all count as among them.",
        family="matching",
        target="label",
        options=(
            Option(name="k", kind="int", default=5, low=1,
                   doc="how many outputs count"),
        ),
        choose=_top,
        result=_classes_left,
        variants=(
            LossVariant(name="sparse", python="top_k_accuracy({0}, {1}, k={k})",
                        imports=("top_k_accuracy",)),
            LossVariant(name="one_hot",
                        python="categorical_top_k_accuracy({0}, {1}, k={k})",
                        imports=("categorical_top_k_accuracy",)),
        ),
        metric=True,
        differentiable=False,
        cuts=PICKS,
        better="max",
    ),
)  # fmt: skip
