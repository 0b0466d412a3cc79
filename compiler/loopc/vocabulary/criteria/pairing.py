"""How a target and an output fit each other: labels, one-hot, elementwise."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeAlias

from loopc.vocabulary.entry import LossVariant, Mismatch, Options
from loopc.vocabulary.rules import require_float, shown
from loopc.vocabulary.types import INTEGERS, Axis, TensorType

Choice: TypeAlias = Callable[[TensorType, TensorType, Options], str]
Result: TypeAlias = Callable[[TensorType, TensorType, Options], TensorType]
Scores: TypeAlias = Literal["logits", "probabilities"]


def scores(output: TensorType) -> Scores:
    """Return how an output is read: as probabilities if it says so, else as logits."""
    return "probabilities" if output.kind == "probabilities" else "logits"


def is_label(target: TensorType) -> bool:
    """Say whether a target holds integers, one for each place."""
    return target.dtype in INTEGERS and not target.weak


def require_output(target: TensorType, output: TensorType) -> None:
    """Raise Mismatch where the output is no float, or both are the wrong way round."""
    if output.kind == "class" and target.is_float:
        fact = f"the second operand is the label, {output}"
        raise Mismatch(fact, "swap them: the label comes first, the output second")
    require_float(output, "the output")
    if target.kind == "logits":
        help = "give it a label, or `softmax(...)` it"
        raise Mismatch(f"the target is {target}, which are logits", help)


def class_axis(target: TensorType, output: TensorType) -> Axis:
    """Return how many classes the output has; Mismatch where it has no class axis."""
    require_output(target, output)
    if not output.shape:
        fact = f"the output is {output}, without an axis of classes"
        raise Mismatch(fact, "for two classes write `binary_cross_entropy`")
    return output.shape[-1]


def paired_classes(target: TensorType, output: TensorType) -> str:
    """Return `sparse` for labels, `one_hot` for a vector of each class.

    Raises Mismatch where the classes or the other axes do not fit.
    """
    classes = class_axis(target, output)
    if is_label(target):
        _require_labels(target, output, classes)
        return "sparse"
    if target.shape != output.shape:
        fact = f"the target is {target} and the output {output}"
        help = "give a label, `class(n)`, or one number for each class"
        raise Mismatch(fact, help)
    if target.dtype == "bool":
        raise Mismatch(f"the target is {target}", "cast it: `cast(x, f32)`")
    return "one_hot"


def _require_labels(target: TensorType, output: TensorType, classes: Axis) -> None:
    known = target.kind == "class"
    if known and classes == 1 and target.shape == output.shape[:-1]:
        fact = f"{target} against one output, {output}"
        help = f"write `binary_cross_entropy`, or give {target.classes} outputs"
        raise Mismatch(fact, help)
    if target.shape != output.shape[:-1]:
        fact = f"labels {shown(target.shape)} against outputs {shown(output.shape)}"
        help = "the output needs one axis more than the label, that of the classes"
        raise Mismatch(fact, help)
    if known and isinstance(classes, int) and target.classes != classes:
        fact = f"{target.classes} classes against {classes} outputs"
        raise Mismatch(fact, f"give the last layer {target.classes} units")


def classes_left(
    target: TensorType, output: TensorType, options: Options
) -> TensorType:
    """Type what is left when the class axis is reduced."""
    return TensorType(output.dtype, output.shape[:-1])


def paired_elements(target: TensorType, output: TensorType) -> tuple[Axis, ...]:
    """Return the common shape of a target and an output, element by element.

    A number and a vector of one are the same; a plain number is the target of every
    element. Raises Mismatch where the shapes differ otherwise.
    """
    require_output(target, output)
    if is_constant(target):
        return output.shape
    rank = max(len(target.shape), len(output.shape))
    first, second = ((1,) * (rank - len(t.shape)) + t.shape for t in (target, output))
    if first != second:
        fact = f"the target is {target} and the output {output}"
        raise Mismatch(fact, _elements_help(target, output))
    return first


def _elements_help(target: TensorType, output: TensorType) -> str:
    if target.kind == "class" and output.shape[:-1] == target.shape:
        return "write `cross_entropy` for labels, or `one_hot` the label"
    return "give both the same axes: `reshape`, or another last layer"


def is_constant(target: TensorType) -> bool:
    """Say whether a target is one plain number for all elements."""
    return not target.shape and not target.per_example


def elements_left(
    target: TensorType, output: TensorType, options: Options
) -> TensorType:
    """Type an elementwise loss."""
    return TensorType(output.dtype, paired_elements(target, output))


def example_left(
    target: TensorType, output: TensorType, options: Options
) -> TensorType:
    """Type a loss that leaves one number for each example."""
    paired_elements(target, output)
    return TensorType(output.dtype)


def number_left(target: TensorType, output: TensorType, options: Options) -> TensorType:
    """Type a loss that leaves one number for each example, whatever it was given."""
    return TensorType(output.dtype)


def embedded(target: TensorType, output: TensorType, options: Options) -> str:
    """Require a label and a vector for each example; the variant that takes them."""
    require_output(target, output)
    if not is_label(target) or target.shape or len(output.shape) != 1:
        fact = f"needs a label and one vector, found {target} and {output}"
        raise Mismatch(fact, "give it `class(n)` and an embedding of one axis")
    return "batch"


def filled(form: str) -> str:
    """Return the form of an elementwise loss whose target is one plain number."""
    return form.replace("{0}", "tf.multiply({0}, tf.ones_like({1}))")


def elementwise(name: str, form: str, *imports: str) -> tuple[LossVariant, LossVariant]:
    """Make the variants of an elementwise loss: a target each, or one plain number."""
    variant = LossVariant(
        name=name, python=form, imports=imports, casts="float", broadcasts=True
    )
    constant = replace(
        variant,
        name=f"constant_{name}",
        python=filled(form),
        broadcasts=False,
        casts="",
    )
    return variant, constant


def chosen_elements(name: str, target: TensorType) -> str:
    """Return the name of the variant of `elementwise` that serves this target."""
    return f"constant_{name}" if is_constant(target) else name
