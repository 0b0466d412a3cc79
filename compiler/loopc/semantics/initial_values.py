"""What a `weight` or `state` starts from: a number, a table, or an initializer."""

from loopc.semantics.arguments import bind_object
from loopc.semantics.checked import (
    CheckedExpression,
    ConstantTable,
    ObjectValue,
    Static,
    StaticName,
)
from loopc.semantics.context import Body
from loopc.semantics.errors import shapes as shape_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import check_option
from loopc.semantics.values import describe_type, is_failed, is_number, static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import objects
from loopc.vocabulary.entry import Option
from loopc.vocabulary.types import TensorType

INITIAL = Option(name="initial value", kind="initializer", default="zeros", doc="")


def check_initial(
    body: Body, what: str, node: ast.Expression | None, type: TensorType, span: Span
) -> CheckedExpression | None:
    """Check an initial value of `type`; None, once said, where it does not fit.

    A Static holds a number or an initializer; without an expression a weight starts
    as the kernel of a Keras layer does.
    """
    if node is None:
        return _made("glorot_uniform", span)
    if _names_initializer(body, node):
        return _initializer(body, what, node)
    value = body.check(node)
    if is_failed(value):
        return None
    return _fitted(body, what, value, type)


def _initializer(body: Body, what: str, node: ast.Expression) -> Static | None:
    if isinstance(node, ast.Call):
        return bind_object(body, INITIAL, node)
    word = check_option(body, what, INITIAL, node)
    return None if word is None else _made(str(word.value), node.span)


def _made(name: str, span: Span) -> Static:
    entry = objects("initializer")[name]
    return static(ObjectValue(entry.name, entry.python, ()), span)


def _names_initializer(body: Body, node: ast.Expression) -> bool:
    name = node.callee if isinstance(node, ast.Call) else node
    if not isinstance(name, ast.Name) or name.text not in objects("initializer"):
        return False
    return body.context.declarations.find(name.text) is None


def _fitted(
    body: Body, what: str, value: CheckedExpression, type: TensorType
) -> CheckedExpression | None:
    if not isinstance(value, Static):
        body.add(errors.not_static(what, describe_type(value.type), value.span))
        return None
    if is_number(value):
        return value
    table = _table(body, value)
    if table is None:
        expected, found = "a number or an initializer", describe_type(value.type)
        body.add(errors.wrong_type(what, expected, found, value.span))
        return None
    found_shape = table.type.shape if isinstance(table.type, TensorType) else ()
    if found_shape != type.shape:
        shown, wanted = str(TensorType(type.dtype, found_shape)), str(type)
        body.add(shape_errors.result_type(what, wanted, shown, value.span, value.span))
        return None
    return table


def _table(body: Body, value: Static) -> ConstantTable | None:
    name = value.expression
    if not isinstance(name, StaticName) or name.origin != "const":
        return None
    const = body.context.consts.get(name.name)
    if const is None or not isinstance(const.value, tuple):
        return None
    return ConstantTable(span=value.span, type=const.type, name=name.name)
