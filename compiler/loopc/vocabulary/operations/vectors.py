"""Functions of vectors: distances of triples, smoothed targets."""

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.operations.build import elementwise
from loopc.vocabulary.rules import joined_dtype, require_float, value
from loopc.vocabulary.types import TensorType


def _triple(operands: Operands, options: Options) -> TensorType:
    for operand in operands:
        require_float(operand, "the operand")
    shapes = {operand.shape for operand in operands}
    if len(shapes) > 1 or () in shapes:
        found = " and ".join(str(operand) for operand in operands)
        raise Mismatch(f"needs three vectors of one size, found {found}", "")
    return value(joined_dtype(operands), operands[0].shape[:-1])


def _distribution(operands: Operands, options: Options) -> TensorType:
    (target,) = operands
    require_float(target, "the target")
    if not target.shape:
        fact = f"{target} has no axis of classes"
        raise Mismatch(fact, "smooth a distribution: `one_hot` the label")
    return target


def _reversed(operands: Operands, options: Options) -> TensorType:
    values, strength = operands
    require_float(values, "the first operand")
    if strength.shape or strength.per_example:
        raise Mismatch(f"the strength is {strength}", "give one plain number")
    return values


ENTRIES: tuple[FunctionEntry, ...] = (
    FunctionEntry(
        name="triplet_margin",
        summary="How far a positive is not nearer to the anchor than a negative.",
        doc=(
            "max(0, margin + |anchor - positive| - |anchor - negative|) over the last "
            "axis, for triples that are given; optax's triplet_margin_loss. "
            "`triplet_semi_hard` finds them in the batch."
        ),
        options=(
            Option(name="margin", kind="float", default=1.0, low=0.0,
                   doc="by how much it should be nearer"),
        ),
        family="vectors",
        operands=(3, 3),
        result=_triple,
        step="triplet_margin({0}, {1}, {2}, margin={margin})",
        model=None,
        imports=("triplet_margin",),
        casts="float",
    ),
    elementwise(
        "smooth_labels",
        "((1.0 - {share}) * {0} + {share} / {classes})",
        "keras.ops.add(keras.ops.multiply(1.0 - {share}, {0}), {share} / {classes})",
        "A distribution over classes mixed with the even one.",
        "optax's smooth_labels; losses of classes have `label_smoothing` for it.",
        casts="", result=_distribution, family="vectors",
        options=(
            Option(name="share", kind="float", low=0.0, high=1.0,
                   doc="the share that is spread over all classes"),
        ),
        derived={"classes": lambda operands, options: str(operands[0].shape[-1])},
    ),
    elementwise(
        "atan2", "tf.atan2({0}, {1})", "keras.ops.arctan2({0}, {1})",
        "The angle in radians of the point (x, y), of `atan2(y, x)`.",
        "From -pi to pi; at the origin its gradient is not a number.",
        operands=2,
    ),
    elementwise(
        "log_add_exp",
        "({0} + tf.nn.softplus({1} - {0}))",
        "keras.ops.logaddexp({0}, {1})",
        "log(exp(a) + exp(b)) without overflow.",
        "The sum of two probabilities that are given by their logarithms.",
        operands=2,
    ),
    FunctionEntry(
        name="reverse_gradient",
        summary="The same value; its gradient changes sign on the way back.",
        doc=(
            "The gradient is multiplied by minus the second operand, a number or a "
            "schedule (Ganin and Lempitsky, 2015): what comes before learns the "
            "opposite of what comes after."
        ),
        family="gradients",
        operands=(2, 2),
        result=_reversed,
        step="reverse_gradient({0}, {1})",
        model=None,
        imports=("reverse_gradient",),
    ),
)  # fmt: skip
