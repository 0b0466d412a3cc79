"""Products of vectors and matrices within an example."""

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Options
from loopc.vocabulary.rules import broadcast, joined_dtype, require_number, shown, value
from loopc.vocabulary.types import Axis, TensorType


def _inner(left: TensorType, right: TensorType) -> Axis:
    """Return the length that is summed over; Mismatch where the two sides differ."""
    if not left.shape or not right.shape:
        lone = left if not left.shape else right
        raise Mismatch(f"`@` needs vectors or matrices, found {lone}", "write `*`")
    first = left.shape[-1]
    second = right.shape[-2] if len(right.shape) > 1 else right.shape[0]
    if first == second:
        return first
    fact = f"{shown(left.shape)} @ {shown(right.shape)} sums over {first} and {second}"
    help = (
        "the last axis on the left meets the last but one on the right: transpose one"
    )
    raise Mismatch(fact, help)


def _matmul(operands: Operands, options: Options) -> TensorType:
    left, right = operands
    for operand in operands:
        require_number(operand, "the operand")
    _inner(left, right)
    outer = broadcast([left.shape[:-2], right.shape[:-2]])
    if meant(operands, options) == "contract":
        _require_equal_outer(left, right)
    rows = left.shape[-2:-1]
    columns = right.shape[-1:] if len(right.shape) > 1 else ()
    return value(joined_dtype(operands), (*outer, *rows, *columns))


def _require_equal_outer(left: TensorType, right: TensorType) -> None:
    common = min(len(left.shape), len(right.shape)) - 2
    if common <= 0:
        return
    pairs = (left.shape[-2 - common : -2], right.shape[-2 - common : -2])
    if pairs[0] != pairs[1]:
        fact = (
            f"{shown(left.shape)} and {shown(right.shape)} differ in their outer axes"
        )
        raise Mismatch(fact, "make the outer axes equal")


def meant(operands: Operands, options: Options) -> str:
    """Return `matmul` where Python's `@` says the same of tensors with a batch axis."""
    left, right = operands
    if len(right.shape) == 2 and not right.per_example:
        return "matmul" if len(left.shape) + left.per_example >= 2 else "contract"
    if min(len(left.shape), len(right.shape)) < 2:
        return "contract"
    if left.per_example == right.per_example:
        equal = len(left.shape) == len(right.shape) or not left.per_example
        return "matmul" if equal else "contract"
    wide, narrow = (left, right) if left.per_example else (right, left)
    return "matmul" if len(narrow.shape) <= len(wide.shape) else "contract"


def equation(operands: Operands, options: Options) -> str:
    """Write the product as an einsum, `"zij,zjk->zik"`; z is the batch."""
    left, right = operands
    letters = "abcdefghlmnopqrstuvwxy"
    outer_rank = max(len(left.shape), len(right.shape)) - 2
    outer = "".join(letters[: max(outer_rank, 0)])

    def side(operand: TensorType, inner: str) -> str:
        own = outer[max(len(outer) - len(operand.shape) + 2, 0) :]
        own = own if len(operand.shape) > 2 else ""
        return ("z" if operand.per_example else "") + own + inner

    first = side(left, "ij" if len(left.shape) > 1 else "j")
    second = side(right, "jk" if len(right.shape) > 1 else "j")
    batch = "z" if left.per_example or right.per_example else ""
    rows = "i" if len(left.shape) > 1 else ""
    columns = "k" if len(right.shape) > 1 else ""
    return f'"{first},{second}->{batch}{outer}{rows}{columns}"'


MATMUL = FunctionEntry(
    name="matmul",
    summary="The matrix product within each example, written `a @ b`.",
    doc=(
        "The last axis on the left is summed against the last but one on the right; a "
        "vector counts as a row on the left and as a column on the right, and leaves "
        "no axis. Axes further out are broadcast, and a plain matrix serves every "
        "example."
    ),
    family="operators",
    operands=(2, 2),
    result=_matmul,
    step="{0} @ {1}",
    model="keras.ops.matmul({0}, {1})",
    precedence=50,
    casts="common",
    internal=True,
    meant=meant,
)

CONTRACT = FunctionEntry(
    name="contract",
    summary="The matrix product where `@` of Python would pair axes differently.",
    doc=(
        "Stands for `a @ b` between a vector and a matrix, and between operands of "
        "different rank that both have a batch: the axes are named in an einsum."
    ),
    family="operators",
    operands=(2, 2),
    result=_matmul,
    step="tf.einsum({equation}, {0}, {1})",
    model="keras.ops.einsum({equation}, {0}, {1})",
    casts="common",
    internal=True,
    derived={"equation": equation},
)
