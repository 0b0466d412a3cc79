"""What a metric with state takes as label and output."""

from collections.abc import Callable
from typing import TypeAlias

from loopc.vocabulary.criteria.pairing import is_label, paired_elements, require_output
from loopc.vocabulary.entry import Mismatch, Options
from loopc.vocabulary.rules import require_float, shown
from loopc.vocabulary.types import INTEGERS, TensorType

Verify: TypeAlias = Callable[[TensorType, TensorType, Options], None]


def truths(target: TensorType, output: TensorType, options: Options) -> None:
    """Verify a truth value for each output, and outputs that are probabilities.

    Raises Mismatch for labels of several classes, other shapes, and for outputs that
    may be logits where neither a threshold nor `from_logits` says how to read them.
    """
    if target.kind == "class" and target.classes != 2:
        fact = f"{target} has {target.classes} classes, not 2"
        raise Mismatch(fact, "compare one class: `label == 3`, and `softmax(...)[3]`")
    _require_probabilities(output, options)
    paired_elements(target, output)


def _require_probabilities(output: TensorType, options: Options) -> None:
    require_float(output, "the output")
    told = options.get("from_logits") or options.get("thresholds") is not None
    if output.kind == "probabilities" or told:
        return
    knows = "from_logits" in options
    help = "write `sigmoid(...)`, or `softmax(...)[1]`"
    help += ", or `from_logits: true`" if knows else ", or say `thresholds:`"
    raise Mismatch(f"the output is {output}, which may be logits", help)


def one_hot_scores(target: TensorType, output: TensorType, options: Options) -> None:
    """Verify one truth value and one probability for each class.

    Raises Mismatch for labels, other ranks, and where several numbers would come out.
    """
    if is_label(target):
        raise Mismatch(f"the target is a label, {target}", "write `one_hot(label)`")
    if options.get("threshold") is None:
        require_float(output, "the output")
    else:
        _require_probabilities(output, {"thresholds": options["threshold"]})
    if target.shape != output.shape or len(output.shape) != 1:
        fact = f"needs one number for each class, found {target} and {output}"
        raise Mismatch(fact, "give both one axis, of the classes")
    if options.get("average") is None and output.shape != (1,):
        fact = f"gives {output.shape[0]} numbers, one for each class"
        raise Mismatch(fact, "average them: `average: macro`, `micro` or `weighted`")


def overlapping(target: TensorType, output: TensorType, options: Options) -> None:
    """Verify labels, or scores for each class where `sparse_y_...` is false.

    Raises Mismatch where kinds, classes or shapes do not fit.
    """
    classes = int(str(options["num_classes"]))
    sparse_target = bool(options.get("sparse_y_true", False))
    sparse_output = bool(options.get("sparse_y_pred", False))
    shapes = (
        _places(target, "the target", "sparse_y_true", sparse_target, classes),
        _places(output, "the output", "sparse_y_pred", sparse_output, classes),
    )
    if shapes[0] != shapes[1]:
        fact = (
            f"the target has places {shown(shapes[0])}, the output {shown(shapes[1])}"
        )
        raise Mismatch(fact, "give both the same places")


def _places(
    operand: TensorType, what: str, option: str, sparse: bool, classes: int
) -> tuple[int | str, ...]:
    """Return the axes beside that of the classes."""
    if sparse:
        if operand.dtype not in INTEGERS:
            help = f"write `argmax(...)`, or `{option}: false`"
            raise Mismatch(f"{what} is {operand}, not a label", help)
        if (operand.classes or 0) > classes:
            raise Mismatch(
                f"{operand} against {classes} classes", "raise `num_classes`"
            )
        return operand.shape
    if operand.shape[-1:] != (classes,):
        fact = f"{what} is {operand}, without an axis of {classes} classes"
        raise Mismatch(fact, "give one number for each class")
    return operand.shape[:-1]


def region(target: TensorType, output: TensorType, options: Options) -> None:
    """Verify a truth value for each place and outputs compared with a threshold."""
    if target.kind == "class" and target.classes != 2:
        raise Mismatch(f"{target} has more than two classes", "write `mean_iou`")
    if output.kind == "logits":
        raise Mismatch(f"the output is {output}", "write `sigmoid(...)`")
    paired_elements(target, output)


def numbers(target: TensorType, output: TensorType, options: Options) -> None:
    """Verify numbers of the same axes. Raises Mismatch for labels and other shapes."""
    if target.kind == "class":
        fact = f"the target is a label, {target}"
        raise Mismatch(fact, "this compares numbers; `accuracy` compares labels")
    paired_elements(target, output)


def regressors(target: TensorType, output: TensorType, options: Options) -> None:
    """Verify one number, or a vector of numbers, for each example."""
    numbers(target, output, options)
    if len(output.shape) > 1:
        raise Mismatch(f"{output} has more than one axis", "flatten both")


def series(target: TensorType, output: TensorType, options: Options) -> None:
    """Verify vectors, along which a correlation is taken."""
    numbers(target, output, options)
    require_output(target, output)
    if not output.shape or output.shape[-1] == 1:
        fact = f"{output} has no axis to correlate along"
        raise Mismatch(fact, "a correlation over the split needs a vector each example")
