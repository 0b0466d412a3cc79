"""Elementwise functions of one number, and choices among several."""

from dataclasses import replace

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Options
from loopc.vocabulary.operations.build import ROUNDS, elementwise, numbers, selected
from loopc.vocabulary.rules import (
    broadcast,
    require_bool,
    require_float,
    value,
)
from loopc.vocabulary.types import TensorType


def _float(
    name: str, step: str, keras: str, summary: str, doc: str, *aliases: str
) -> FunctionEntry:
    """Make a smooth function: `step` and `keras` name it in each library."""
    return elementwise(
        name,
        f"{step}({{0}})",
        f"keras.ops.{keras}({{0}})",
        summary,
        doc,
        aliases=aliases,
    )


_SMOOTH = (
    _float("exp", "tf.exp", "exp", "The exponential.",
           "In float32 it overflows above 88; softmax and logsumexp avoid that."),
    _float("expm1", "tf.math.expm1", "expm1", "exp(x) - 1, exact near 0.",
           "Keeps the digits that `exp(x) - 1` loses for small x."),
    _float("log", "tf.math.log", "log", "The natural logarithm.",
           "It is minus infinity at 0 and not a number below: bound the argument away "
           "from 0, or use `log_softmax`, `logsumexp` or `log1p`."),
    _float("log1p", "tf.math.log1p", "log1p", "log(1 + x), exact near 0.",
           "Keeps the digits that `log(1 + x)` loses for small x."),
    _float("sqrt", "tf.sqrt", "sqrt", "The square root.",
           "Its gradient is infinite at 0: add a small number inside where "
           "that occurs."),
    _float("rsqrt", "tf.math.rsqrt", "rsqrt", "One over the square root.",
           "One operation where `1 / sqrt(x)` is two; infinite at 0."),
    _float("sin", "tf.sin", "sin", "The sine of an angle in radians.",
           "Used for position encodings and periodic targets."),
    _float("cos", "tf.cos", "cos", "The cosine of an angle in radians.",
           "Used for position encodings and periodic targets."),
    _float("tan", "tf.tan", "tan", "The tangent of an angle in radians.",
           "It has poles at odd multiples of pi / 2."),
    _float("asin", "tf.asin", "arcsin", "The angle in radians with this sine.",
           "Defined from -1 to 1; the gradient is infinite at both ends.", "arcsin"),
    _float("acos", "tf.acos", "arccos", "The angle in radians with this cosine.",
           "Defined from -1 to 1; the gradient is infinite at both ends.", "arccos"),
    _float("atan", "tf.atan", "arctan", "The angle in radians with this tangent.",
           "Between -pi / 2 and pi / 2.", "arctan"),
    _float("sinh", "tf.sinh", "sinh", "The hyperbolic sine.",
           "Grows like exp(x) / 2: in float32 it overflows above 89."),
    _float("cosh", "tf.cosh", "cosh", "The hyperbolic cosine.",
           "Grows like exp(x) / 2: in float32 it overflows above 89."),
    _float("erf", "tf.math.erf", "erf", "The error function.",
           "2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x."),
)  # fmt: skip


def _whole(
    name: str, step: str, keras: str, summary: str, doc: str, cuts: str = ""
) -> FunctionEntry:
    """Make the entry of a function that keeps integers."""
    return elementwise(
        name, f"{step}({{0}})", f"keras.ops.{keras}({{0}})", summary, doc,
        casts="number", cuts=cuts,
    )  # fmt: skip


_WHOLE = (
    _whole("square", "tf.square", "square", "The square.", "The same as `x ^ 2`."),
    _whole("abs", "tf.abs", "abs", "The absolute value.",
           "Its gradient at 0 is taken to be 0."),
    _whole("sign", "tf.sign", "sign", "-1, 0 or 1.", "The sign of each element.",
           ROUNDS),
    _whole("floor", "tf.floor", "floor", "The next whole number below, as a float.",
           "A float stays a float; nothing is cast to an integer.", ROUNDS),
    _whole("ceil", "tf.math.ceil", "ceil", "The next whole number above, as a float.",
           "A float stays a float; nothing is cast to an integer.", ROUNDS),
    _whole("round", "tf.round", "round", "The nearest whole number, as a float.",
           "Halves go to the even neighbour.", ROUNDS),
)  # fmt: skip


def _finite(operands: Operands, options: Options) -> TensorType:
    require_float(operands[0], "the operand")
    return value("bool", operands[0].shape)


def _where(operands: Operands, options: Options) -> TensorType:
    condition, *choices = operands
    require_bool(condition, "the condition")
    firm = {o.dtype for o in choices if not o.weak}
    if len(firm) > 1:
        fact = f"the choices are {choices[0]} and {choices[1]}"
        raise Mismatch(fact, "cast one of them: `cast(x, f32)`")
    result = selected(tuple(choices), options)
    return replace(result, shape=broadcast([o.shape for o in operands]))


def _clipped(operands: Operands, options: Options) -> TensorType:
    result = numbers("common")(operands, options)
    kind = operands[0].kind
    return replace(result, kind="value" if kind == "class" else kind)


_CHOICES = (
    elementwise(
        "is_finite", "tf.math.is_finite({0})", "keras.ops.isfinite({0})",
        "Whether an element is neither infinite nor not-a-number.",
        "Useful under `where` and in reports; it has no gradient.",
        casts="", result=_finite, cuts="it is true or false", aliases=("isfinite",),
    ),
    elementwise(
        "where", "tf.where({0}, {1}, {2})", "keras.ops.where({0}, {1}, {2})",
        "The second operand where the first is true, else the third.",
        "Both choices are computed, and a not-a-number in the one that is not taken "
        "still reaches the gradient: make both sides finite.",
        operands=3, casts="", result=_where,
    ),
    elementwise(
        "clip", "tf.clip_by_value({0}, {1}, {2})",
        "keras.ops.minimum(keras.ops.maximum({0}, {1}), {2})",
        "Each element moved into the range from the second to the third operand.",
        "Elements outside the range get no gradient.",
        operands=3, casts="common", result=_clipped,
    ),
)  # fmt: skip

ENTRIES = (*_SMOOTH, *_WHOLE, *_CHOICES)
