"""Static parameters of layers and transforms: given or defaulted, of their type."""

from collections.abc import Sequence

from loopc.semantics.arguments import Slots
from loopc.semantics.checked import Static, StaticName
from loopc.semantics.constants import fit_base
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import as_static
from loopc.semantics.values import describe_type, enum_value, static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import suggest

EXPECTED = {"int": "an int", "float": "a number", "bool": "true or false"}


def check_static_parameters(
    body: Body,
    callee: str,
    parameters: Sequence[ast.Parameter],
    slots: Slots,
    span: Span,
) -> dict[str, Static] | None:
    """The value of every static parameter; None, once said, if one is wrong."""
    values: dict[str, Static] = {}
    sound = slots.sound
    for parameter in parameters:
        value = _parameter(body, callee, parameter, slots, span)
        sound = sound and value is not None
        if value is not None:
            values[parameter.name.text] = value
    return values if sound else None


def _parameter(
    body: Body, callee: str, parameter: ast.Parameter, slots: Slots, span: Span
) -> Static | None:
    name = parameter.name.text
    node = slots.take(name) or parameter.default
    if node is None:
        if slots.sound:
            body.add(name_errors.missing_argument(callee, name, span))
        return None
    return fit_parameter(body, callee, parameter, node)


def fit_parameter(
    body: Body, callee: str, parameter: ast.Parameter, node: ast.Expression
) -> Static | None:
    """One argument as the declared type of its parameter has it."""
    what = f"`{parameter.name.text}` of `{callee}`"
    type = parameter.type
    if type is not None and type.base.text == "one_of":
        return _choice(body, parameter, type, node)
    value = as_static(body, what, node)
    if value is None or type is None:
        return value
    base = type.base.text
    if base not in EXPECTED:
        body.add(name_errors.unknown_type(base, type.span, None, EXPECTED))
        return None
    fitted = fit_base(value.value, base)
    if fitted is None:
        found = describe_type(value.type)
        body.add(errors.wrong_type(what, EXPECTED[base], found, value.span))
        return None
    return static(fitted, value.span, value.expression)


def _choice(
    body: Body, parameter: ast.Parameter, type: ast.TypeExpression, node: ast.Expression
) -> Static | None:
    choices = [a.text for a in type.arguments if isinstance(a, ast.Name)]
    if isinstance(node, ast.Name) and node.text in choices:
        return enum_value(node.text, node.span)
    value = as_static(body, f"`{parameter.name.text}`", node)
    if value is None or value.value in choices:
        return value
    name, text = parameter.name.text, str(value.value)
    guess = suggest(text, choices)
    body.add(name_errors.unknown_choice(name, text, node.span, guess, choices))
    return None


def as_parameter(value: Static, name: str) -> Static:
    """The same value where it is known by the name of its parameter."""
    origin = StaticName(span=value.span, name=name, origin="parameter")
    return Static(
        span=value.span, type=value.type, value=value.value, expression=origin
    )
