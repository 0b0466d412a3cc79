"""Unary and binary operators: folded where both sides are known, tensors otherwise."""

from loopc.semantics import checked
from loopc.semantics.checked import CheckedExpression, Static, StaticValue
from loopc.semantics.context import Body
from loopc.semantics.errors import values as errors
from loopc.semantics.primitives import apply_function
from loopc.semantics.static_functions import StaticFailure, apply_static
from loopc.semantics.values import (
    describe_type,
    failed,
    is_failed,
    is_static,
    printed,
    static,
)
from loopc.source import Span
from loopc.syntax import ast

NAMES: dict[str, str] = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "//": "floor_divide",
    "^": "power",
    "@": "matmul",
    "==": "equal",
    "!=": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "and": "logical_and",
    "or": "logical_or",
}
UNARY: dict[str, str] = {"-": "negate", "not": "logical_not"}
COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
LOGICAL = frozenset({"and", "or", "not"})


def check_unary(body: Body, node: ast.Unary) -> CheckedExpression:
    value = body.check(node.operand)
    if is_failed(value):
        return failed(node.span)
    if node.operator == "+":
        return value
    name = UNARY[node.operator]
    if is_static(value) and isinstance(value, Static):
        return fold(body, node.operator, name, [value], node.span)
    return apply_function(body, name, node.operator, [value], {}, node.span)


def check_binary(body: Body, node: ast.Binary) -> CheckedExpression:
    """Check a chain of operators from the left without recursing along it."""
    chain = [node]
    while isinstance(chain[-1].left, ast.Binary):
        chain.append(chain[-1].left)
    left = body.check(chain[-1].left)
    for link in reversed(chain):
        right = body.check(link.right)
        left = combine(body, link.operator, left, right, link.span)
    return left


def combine(
    body: Body,
    symbol: str,
    left: CheckedExpression,
    right: CheckedExpression,
    span: Span,
) -> CheckedExpression:
    # Spellings of other languages are kept in the tree, and were complained about.
    if is_failed(left) or is_failed(right) or symbol not in NAMES:
        return failed(span)
    if isinstance(left, Static) and isinstance(right, Static) and symbol != "@":
        return fold(body, symbol, NAMES[symbol], [left, right], span)
    return apply_function(body, NAMES[symbol], symbol, [left, right], {}, span)


def fold(
    body: Body, symbol: str, name: str, operands: list[Static], span: Span
) -> CheckedExpression:
    """Compute now, and keep how it is written where something named took part."""
    wrong = next((o for o in operands if not fits(symbol, o)), None)
    if wrong is not None:
        expected = "true or false" if symbol in LOGICAL else "a number"
        found = describe_type(wrong.type)
        what = f"an operand of `{symbol}`"
        body.add(errors.wrong_type(what, expected, found, wrong.span))
        return failed(span)
    try:
        value = apply_static(name, [o.value for o in operands])
    except StaticFailure as failure:
        body.add(errors.arithmetic(str(failure), span))
        return failed(span)
    return static(value, span, written(symbol, operands, value, span))


def written(
    symbol: str, operands: list[Static], value: StaticValue, span: Span
) -> checked.StaticExpression | None:
    """How a computed value is printed; None where only literals took part, unless it
    has many digits.
    """
    if all(o.expression is None for o in operands) and not checked.is_long(value):
        return None
    parts = tuple(printed(o) for o in operands)
    return checked.StaticOperation(span=span, operator=symbol, operands=parts)


def fits(symbol: str, value: Static) -> bool:
    if symbol in LOGICAL:
        return isinstance(value.value, bool)
    if symbol in ("==", "!="):
        return value.value is not None
    if isinstance(value.value, bool):
        return False
    return isinstance(value.value, int | float | tuple)
