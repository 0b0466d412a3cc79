"""Weights outside of models: `weight nu: f32 = 0.1`, a model name for `update`."""

from loopc.semantics.checked import (
    CheckedExpression,
    CheckedModel,
    OneWeight,
    WeightValue,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import values as errors
from loopc.semantics.initial_values import check_initial
from loopc.semantics.model_weights import weight_type
from loopc.semantics.values import failed
from loopc.semantics.variable_models import model_of_variable
from loopc.source import Span
from loopc.syntax import ast


def check_weight_named(context: Context, node: ast.Weight) -> CheckedModel | None:
    """Check a weight once, as a model of one variable; None where it does not fit."""
    name = node.name.text
    if name not in context.models:
        context.models[name] = _check(Body(context, "static"), node)
    return context.models[name]


def _check(body: Body, node: ast.Weight) -> CheckedModel | None:
    name, span = node.name.text, node.name.span
    type = weight_type(body, node)
    if type is None:
        return None
    what = f"the initial value of `{name}`"
    initial = check_initial(body, what, node.initial, type, span)
    if initial is None:
        return None
    return model_of_variable(node, type, OneWeight(span=node.span, initial=initial))


def read_weight(body: Body, node: ast.Weight, span: Span) -> CheckedExpression:
    """The value of a weight as it is at this moment."""
    weight = check_weight_named(body.context, node)
    body.context.models_called.add(node.name.text)
    if weight is None:
        return failed(span)
    if body.inside == "model" or body.place not in ("step", "eval", "function"):
        help = "a model has weights of its own: write `weight` in its body"
        body.add(errors.misplaced(f"`{node.name.text}`", span, help))
        return failed(span)
    return WeightValue(span=span, type=weight.output, name=node.name.text)
