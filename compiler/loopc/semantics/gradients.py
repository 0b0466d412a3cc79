"""`grad(v, wrt: x)`: the gradient of a value with respect to another, as a value."""

from dataclasses import replace

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import CheckedExpression, Gradient, Local
from loopc.semantics.context import Body
from loopc.semantics.errors import gradients as errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as shape_errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.primitives import as_tensor, tensor_type
from loopc.semantics.values import describe_type, failed, is_failed
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import ModelType, TensorType

PLACES = frozenset({"step", "eval", "function"})


def check_grad(body: Body, site: CallSite) -> CheckedExpression:
    """The gradient of the sum of a value; it has the shape of what it is taken of."""
    if not _allowed(body, site):
        return failed(site.span)
    values, left = site.operands(body, 1)
    slots = bind_slots(body, site.text, left, ["wrt"], 0)
    wanted = slots.take("wrt")
    if not values or wanted is None:
        if slots.sound:
            missing = "`wrt`" if values else "a value"
            help = "write `grad(value, wrt: x)`"
            problem = name_errors.missing_argument("grad", missing, site.span, help)
            body.add(problem)
        return failed(site.span)
    variable = _variable(body, wanted)
    value = as_tensor(body, values[0]) if not is_failed(values[0]) else values[0]
    if variable is None or is_failed(value) or not slots.sound:
        return failed(site.span)
    if not _is_float(body, value, "a gradient is taken of a float"):
        return failed(site.span)
    return _gradient(body, value, variable, site.span)


def _allowed(body: Body, site: CallSite) -> bool:
    if body.place in PLACES and body.inside != "model":
        return True
    where = "a model" if body.inside == "model" else f"a {body.place}"
    help = "take it in the `step` or `eval`, or in a `fn` that these call"
    body.add(shape_errors.not_here("grad", site.name.span, where, help))
    return False


def _variable(body: Body, node: ast.Expression) -> Local | None:
    """The value that a gradient is taken with respect to: it has a name."""
    if not isinstance(node, ast.Name):
        body.add(errors.unnamed_variable(node.span))
        return None
    value = body.check(node)
    if is_failed(value):
        return None
    if not isinstance(value, Local) or not isinstance(value.type, TensorType):
        found, expected = describe_type(value.type), "a value that is computed here"
        help = _gradients_of(node.text) if isinstance(value.type, ModelType) else ""
        body.add(value_errors.wrong_type("`wrt`", expected, found, node.span, help))
        return None
    what = "a gradient is taken with respect to a float"
    return value if _is_float(body, value, what) else None


def _gradients_of(model: str) -> str:
    """Say how a program measures the gradient of weights, which is no value."""
    return f"a report measures the gradient of an update: `gradients({model}).norm`"


def _is_float(body: Body, value: CheckedExpression, fact: str) -> bool:
    if tensor_type(value).is_float:
        return True
    found = describe_type(value.type)
    body.add(errors.no_float(found, value.span, fact))
    return False


def _gradient(
    body: Body, value: CheckedExpression, variable: Local, span: Span
) -> CheckedExpression:
    of, wrt = tensor_type(value), tensor_type(variable)
    if of.coupled and wrt.per_example:
        body.context.advice.append(errors.coupled_gradient(value.span, span))
    type = replace(wrt, kind="value", classes=None, coupled=of.coupled or wrt.coupled)
    return Gradient(span=span, type=type, value=value, variables=(variable,))
