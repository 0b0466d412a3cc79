"""Operators, and the entries that stand for a function with other operands."""

from dataclasses import replace

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Options
from loopc.vocabulary.operations.build import (
    COMPARES,
    ROUNDS,
    comparison,
    elementwise,
    extreme,
    logical,
    numbers,
)
from loopc.vocabulary.operations.products import CONTRACT, MATMUL
from loopc.vocabulary.rules import broadcast, joined_dtype, value
from loopc.vocabulary.types import TensorType

_numbers = numbers("common")
_floats = numbers("float")


def _sum_kind(operands: Operands, options: Options) -> TensorType:
    """Logits plus logits, or plus one number, are logits."""
    result = _numbers(operands, options)
    others = [o for o in operands if o.kind != "logits"]
    if len(others) < len(operands) and not any(o.shape for o in others):
        return replace(result, kind="logits")
    return result


def _product(operands: Operands, options: Options) -> TensorType:
    """Truth values count as 0 and 1 against numbers; scaled logits are logits."""
    dtype = joined_dtype(operands)
    if dtype == "bool":
        fact = "both sides of `*` are true or false"
        raise Mismatch(fact, "write `and`, or `where(x, 1.0, 0.0)` for numbers")
    result = value(dtype, broadcast([o.shape for o in operands]))
    return replace(result, kind="logits") if _scales_logits(operands) else result


def _quotient(operands: Operands, options: Options) -> TensorType:
    result = _floats(operands, options)
    scaled = operands[0].kind == "logits" and not operands[1].shape
    return replace(result, kind="logits") if scaled else result


def _scales_logits(operands: Operands) -> bool:
    kinds = [o.kind for o in operands]
    others = [o for o in operands if o.kind != "logits"]
    return kinds.count("logits") == 1 and not others[0].shape


def _negated(operands: Operands, options: Options) -> TensorType:
    kind = operands[0].kind
    return replace(
        _numbers(operands, options), kind=kind if kind == "logits" else "value"
    )


_ARITHMETIC = (
    elementwise(
        "add", "{0} + {1}", "{0} + {1}", "The sum, written `a + b`.",
        "Integers become floats where they meet one. Logits plus logits stay logits, "
        "because only their differences matter to a softmax.",
        operands=2, casts="common", precedence=40, result=_sum_kind, internal=True,
    ),
    elementwise(
        "subtract", "{0} - {1}", "{0} - {1}", "The difference, written `a - b`.",
        "Integers become floats where they meet one.",
        operands=2, casts="common", precedence=40, result=_sum_kind, internal=True,
    ),
    elementwise(
        "multiply", "{0} * {1}", "{0} * {1}", "The product, written `a * b`.",
        "A truth value counts as 0 or 1, so that `sure * loss` leaves out what is not "
        "sure. Logits times one number stay logits.",
        operands=2, casts="common", precedence=50, result=_product, internal=True,
    ),
    elementwise(
        "divide", "{0} / {1}", "{0} / {1}", "The quotient, written `a / b`.",
        "It is a float even between integers; `//` rounds down. Logits divided by a "
        "temperature stay logits.",
        operands=2, precedence=50, result=_quotient, internal=True,
    ),
    elementwise(
        "floor_divide", "{0} // {1}", "{0} // {1}",
        "The quotient rounded down, written `a // b`.",
        "It rounds towards minus infinity, as Python does, and keeps integers.",
        operands=2, casts="common", precedence=50, cuts=ROUNDS, internal=True,
    ),
    elementwise(
        "mod", "{0} % {1}", "{0} % {1}", "The remainder of `a // b`.",
        "Its sign is that of the divisor, as in Python, so `mod(-1, 10)` is 9. There "
        "is no `%` operator: that sign is a percentage.",
        operands=2, casts="common", precedence=50,
    ),
    elementwise(
        "power", "{0} ** {1}", "{0} ** {1}", "The power, written `a ^ b`.",
        "A negative base needs a whole exponent; the gradient at 0 is infinite for "
        "exponents below 1.",
        operands=2, casts="common", precedence=60, internal=True,
    ),
    elementwise(
        "negate", "-{0}", "-{0}", "The number with the other sign, written `-a`.",
        "Integers stay integers, and logits stay logits.",
        casts="number", precedence=55, result=_negated, internal=True,
    ),
)  # fmt: skip


def _compare(name: str, symbol: str, summary: str) -> FunctionEntry:
    form = f"{{0}} {symbol} {{1}}"
    model = f"keras.ops.{name}({{0}}, {{1}})"
    step = f"tf.{name}({{0}}, {{1}})" if name.endswith("equal") else form
    doc = "Both sides are broadcast within the example; the result has no gradient."
    return elementwise(
        name, step, model, summary, doc, operands=2, casts="common",
        precedence=30 if step == form else 100, result=comparison, cuts=COMPARES,
        internal=True,
    )  # fmt: skip


_COMPARISONS = (
    _compare("equal", "==", "Whether two numbers or labels are equal, `a == b`."),
    _compare("not_equal", "!=", "Whether two numbers or labels differ, `a != b`."),
    _compare("less", "<", "Whether the first number is smaller, `a < b`."),
    _compare("less_equal", "<=", "Whether the first is not larger, `a <= b`."),
    _compare("greater", ">", "Whether the first number is larger, `a > b`."),
    _compare("greater_equal", ">=", "Whether the first is not smaller, `a >= b`."),
)


def _logical(name: str, operands: int, summary: str) -> FunctionEntry:
    texts = ", ".join(f"{{{i}}}" for i in range(operands))
    doc = "It takes truth values only; compare numbers first."
    return elementwise(
        name, f"tf.{name}({texts})", f"keras.ops.{name}({texts})", summary, doc,
        operands=operands, casts="", result=logical, cuts=COMPARES, internal=True,
    )  # fmt: skip


_LOGICAL = (
    _logical("logical_and", 2, "Whether both are true, written `a and b`."),
    _logical("logical_or", 2, "Whether one of two is true, written `a or b`."),
    _logical("logical_not", 1, "Whether it is false, written `not a`."),
)

_EXTREMES = (
    elementwise(
        "minimum", "tf.minimum({0}, {1})", "keras.ops.minimum({0}, {1})",
        "The smaller of two numbers, written `min(a, b)`.",
        "Where both are equal the gradient goes to the first.",
        operands=2, casts="common", result=extreme, internal=True,
    ),
    elementwise(
        "maximum", "tf.maximum({0}, {1})", "keras.ops.maximum({0}, {1})",
        "The larger of two numbers, written `max(a, b)`.",
        "Where both are equal the gradient goes to the first.",
        operands=2, casts="common", result=extreme, internal=True,
    ),
)  # fmt: skip

ENTRIES = (*_ARITHMETIC, *_COMPARISONS, *_LOGICAL, *_EXTREMES, MATMUL, CONTRACT)
