"""Bodies of models, layers and functions: an expression, or statements and a return."""

from loopc.semantics.checked import (
    CheckedExpression,
    CheckedReturn,
    CheckedStatement,
)
from loopc.semantics.context import Body
from loopc.semantics.errors import advice
from loopc.semantics.errors import values as errors
from loopc.semantics.values import describe_type, is_failed
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import TensorType, TupleType, ValueType


def check_body(
    body: Body, node: ast.Expression | ast.Block, what: str, span: Span
) -> tuple[tuple[CheckedStatement, ...], ValueType] | None:
    """Check a body and the type it returns; None where it was complained about."""
    if not isinstance(node, ast.Block):
        return _expression_body(body, node)
    statements = body.context.rules.statements(body, node)
    found = _returned(statements)
    if found is None:
        left_out = body.context.left_out.within(node.span)
        if body.returned is None and not body.context.overspent and not left_out:
            body.add(errors.missing_return(what, span))
        return None
    return None if is_failed(found.value) else (statements, found.value.type)


def _expression_body(
    body: Body, node: ast.Expression
) -> tuple[tuple[CheckedStatement, ...], ValueType] | None:
    value = body.check(node)
    if is_failed(value) or not is_returnable(body, value):
        return None
    return (CheckedReturn(span=node.span, value=value),), value.type


def is_returnable(body: Body, value: CheckedExpression) -> bool:
    """Whether tensors come out; a layer that was never applied does not count."""
    if isinstance(value.type, TensorType | TupleType):
        return True
    if body.place == "function":
        return True
    found = describe_type(value.type)
    body.add(errors.wrong_type("the result", "a tensor", found, value.span))
    return False


def _returned(statements: tuple[CheckedStatement, ...]) -> CheckedReturn | None:
    last = statements[-1] if statements else None
    return last if isinstance(last, CheckedReturn) else None


def unused_names(body: Body) -> None:
    """Note names that were bound and never read; advice waits until all is sound."""
    for binding in body.scope.unused():
        if binding.name.startswith("_"):  # how one says that a result is not wanted
            continue
        found = advice.value_never_used(binding.name, binding.span, binding.given)
        body.context.advice.append(found)
