"""Functions that mix examples of a batch, or draw a choice for each of them."""

from dataclasses import replace

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Options
from loopc.vocabulary.rules import counted, known, require_float, value
from loopc.vocabulary.types import TensorType

CHOOSES = "it is chosen at random, and a choice does not change smoothly"


def _other_example(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    if not operand.per_example:
        raise Mismatch("a plain value has no examples", "give it a value of a batch")
    return replace(operand, coupled=True, weak=False)


def _box(operands: Operands, options: Options) -> TensorType:
    image, area = operands
    if not image.per_example or len(image.shape) not in (2, 3):
        axes = counted(len(image.shape), "axis")
        fact = f"an image of a batch has 2 or 3 axes, this has {axes}"
        raise Mismatch(fact, "arrange it as height, width and, if any, channels")
    if area.shape:
        raise Mismatch(f"the area is {area}", "give one share, or one for each example")
    sides = tuple(known(axis, "random_box") for axis in image.shape[:2])
    return value("bool", (*sides, *(1 for _ in image.shape[2:])))


def _drawn_class(operands: Operands, options: Options) -> TensorType:
    logits = operands[0]
    require_float(logits, "the operand")
    if not logits.shape or not logits.per_example:
        fact = f"{logits} has no classes for each example"
        raise Mismatch(fact, "give it the logits of a batch")
    classes = known(logits.shape[-1], "categorical")
    return TensorType("i32", logits.shape[:-1], "class", classes)


def _drawn_truth(operands: Operands, options: Options) -> TensorType:
    chance = operands[0]
    require_float(chance, "the chance")
    if not chance.per_example:
        fact = "a plain value has no examples"
        raise Mismatch(fact, "compare a draw: `uniform([]) < 0.3`")
    return value("bool", chance.shape)


ENTRIES = (
    FunctionEntry(
        name="next_example",
        summary="What the next example of the batch has; the last meets the first.",
        doc=(
            "All values of a step are paired alike, so a mixed image meets its two "
            "labels: `share * image + (1 - share) * next_example(image)` is mixup. "
            "Batches that are not contiguous are in random order, so the partner is "
            "a random one. It couples the examples of a batch."
        ),
        family="batches",
        result=_other_example,
        step="tf.roll({0}, -1, axis=0)",
        model=None,
    ),
    FunctionEntry(
        name="random_box",
        summary="Where a rectangle of a given area lies in each image, drawn anew.",
        doc=(
            "`random_box(image, 1 - share)` is the box of CutMix (Yun et al., 2019): "
            "its sides are those of the image times the root of the area, its centre "
            "is any pixel, and it is cut off at the edge; `mean(box, axis: [0, 1])` is "
            "what is left of the area. Images of three axes have a last axis of 1."
        ),
        family="batches",
        operands=(2, 2),
        result=_box,
        step="random_box({0}, {1}, site={site})",
        model=None,
        imports=("random_box",),
        draws=True,
        differentiable=False,
        cuts=CHOOSES,
    ),
    FunctionEntry(
        name="categorical",
        summary="A class drawn by the softmax of the last axis.",
        doc="The largest of the logits plus Gumbel noise: a policy acts so.",
        family="batches",
        result=_drawn_class,
        step="random_categorical({0}, site={site})",
        model=None,
        imports=("random_categorical",),
        draws=True,
        differentiable=False,
        cuts=CHOOSES,
    ),
    FunctionEntry(
        name="bernoulli",
        summary="True with the given probability, drawn for each element.",
        doc="A uniform number below the operand: masks, sampled units.",
        family="batches",
        result=_drawn_truth,
        step="random_bernoulli({0}, site={site})",
        model=None,
        imports=("random_bernoulli",),
        draws=True,
        differentiable=False,
        cuts=CHOOSES,
    ),
)
