"""How targets and outputs of losses fit together, and which reading of a loss they choose."""

from loopc.vocabulary.entry import Mismatch, Options
from loopc.vocabulary.rules import shown, value
from loopc.vocabulary.types import TensorType


def same_shape(target: TensorType, output: TensorType) -> None:
    """Raise Mismatch unless both have the same axes and hold numbers."""
    for operand, what in ((target, "the target"), (output, "the output")):
        if operand.kind == "class":
            help = "use `one_hot(label, n)`, or a loss that takes labels"
            raise Mismatch(f"{what} is a label, {operand}", help)
    if target.shape != output.shape:
        fact = f"the target is {shown(target.shape)}, the output {shown(output.shape)}"
        raise Mismatch(
            fact, "both need the same axes; `reshape` or `expand` one of them"
        )


def is_label(target: TensorType) -> bool:
    """Whether a target holds class numbers rather than one value per class."""
    return target.kind == "class"


def label_against_classes(target: TensorType, output: TensorType) -> None:
    """Raise Mismatch unless the output has one more axis, as long as there are classes."""
    if len(output.shape) != len(target.shape) + 1 or output.shape[:-1] != target.shape:
        fact = f"the label is {target}, the output {output}"
        help = f"the output needs the label's axes and one of {target.classes} classes"
        raise Mismatch(fact, help)
    if target.classes is not None and output.shape[-1] != target.classes:
        fact = f"{target.classes} classes against {output.shape[-1]} outputs"
        raise Mismatch(fact, f"end the model in `dense({target.classes})`")


def choose_classes(target: TensorType, output: TensorType, options: Options) -> str:
    """Pick sparse or one-hot by the target, logits or probabilities by the output."""
    if is_label(target):
        label_against_classes(target, output)
    elif not target.is_float:
        fact = f"the target is {target}, neither a label nor one value per class"
        raise Mismatch(fact, "declare the field as `class(n)`")
    else:
        same_shape(target, output)
    if not output.shape or output.shape[-1] == 1:
        fact = f"the output {output} has no axis of classes"
        raise Mismatch(fact, "one output with two outcomes is `binary_cross_entropy`")
    reading = "probabilities" if output.kind == "probabilities" else "logits"
    return f"{'sparse' if is_label(target) else 'one_hot'}_{reading}"


def choose_one_hot(target: TensorType, output: TensorType, options: Options) -> str:
    """As `choose_classes`, for losses that need one value per class."""
    variant = choose_classes(target, output, options)
    if variant.startswith("sparse"):
        fact = f"the target is a label, {target}"
        raise Mismatch(fact, f"write `one_hot(label, {target.classes})`")
    return variant


def choose_sparse_probabilities(
    target: TensorType, output: TensorType, options: Options
) -> str:
    """As `choose_classes`, for losses of labels and probabilities alone."""
    variant = choose_classes(target, output, options)
    if variant != "sparse_probabilities":
        fact = f"needs a label and probabilities, found {target} and {output}"
        raise Mismatch(fact, "give the label and `softmax(logits)`")
    return variant


def choose_binary(target: TensorType, output: TensorType, options: Options) -> str:
    """Pick logits or probabilities; a two-class label of the same axes is a 0/1 target."""
    if not is_label(target):
        same_shape(target, output)
    elif target.classes != 2:
        fact = f"the label has {target.classes} classes"
        raise Mismatch(fact, "more than two classes need `cross_entropy`")
    elif target.shape != output.shape:
        fact = f"the label is {target}, the output {output}"
        raise Mismatch(
            fact, "both need the same axes: `squeeze(output)`, or one output"
        )
    return "probabilities" if output.kind == "probabilities" else "logits"


def choose_values(target: TensorType, output: TensorType, options: Options) -> str:
    """Both are values of the same axes."""
    same_shape(target, output)
    if output.kind == "logits" and target.kind == "probabilities":
        fact = "the target holds probabilities, the output logits"
        raise Mismatch(fact, "compare like with like: `softmax(output)`")
    return "values"


def choose_probabilities(
    target: TensorType, output: TensorType, options: Options
) -> str:
    """Both hold probabilities of the same axes."""
    same_shape(target, output)
    if output.kind == "logits":
        fact = "the output holds logits, and this needs probabilities"
        raise Mismatch(fact, "write `softmax(output)`")
    if not output.shape:
        raise Mismatch("a single number has no axis of classes", "give it such an axis")
    return "values"


def elementwise(target: TensorType, output: TensorType, options: Options) -> TensorType:
    """What is left: every element."""
    return value(output.dtype if output.is_float else "f32", output.shape)


def over_classes(
    target: TensorType, output: TensorType, options: Options
) -> TensorType:
    """What is left: the last axis is reduced."""
    return value(output.dtype if output.is_float else "f32", output.shape[:-1])


def one_number(target: TensorType, output: TensorType, options: Options) -> TensorType:
    """What is left: one number an example."""
    return value(output.dtype if output.is_float else "f32", ())
