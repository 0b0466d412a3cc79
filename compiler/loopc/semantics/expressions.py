"""Expressions: one case per node of the syntax tree, each checked in its own place."""

from dataclasses import replace

from loopc.diagnostics.model import Diagnostic
from loopc.semantics.calls import check_call, check_pipe
from loopc.semantics.checked import CheckedExpression, Select, Static, StaticOperation
from loopc.semantics.context import Body
from loopc.semantics.durations import check_quantity
from loopc.semantics.errors import values as errors
from loopc.semantics.indexing import check_attribute, check_index
from loopc.semantics.names import check_name
from loopc.semantics.operators import check_binary, check_unary
from loopc.semantics.options import as_bool
from loopc.semantics.schedule_values import check_at_clock, schedule_value
from loopc.semantics.values import describe_type, failed, is_failed, printed, static
from loopc.syntax import ast


def check_expression(body: Body, node: ast.Expression) -> CheckedExpression:
    """Check any expression; what was complained about has ErrorType."""
    match node:
        case ast.Number() | ast.String() | ast.Boolean():
            return static(node.value, node.span)
        case ast.Name():
            return check_name(body, node)
        case ast.Parenthesized():
            return body.check(node.value)
        case ast.Binary():
            return check_binary(body, node)
        case ast.Unary():
            return check_unary(body, node)
        case ast.Call():
            return check_call(body, node)
        case ast.Pipe():
            return check_pipe(body, node)
        case ast.Index():
            return check_index(body, node)
        case ast.Attribute():
            return check_attribute(body, node)
        case ast.Conditional():
            return check_conditional(body, node)
        case ast.ListLiteral():
            return check_list(body, node)
    return _special(body, node)


def _special(body: Body, node: ast.Expression) -> CheckedExpression:
    match node:
        case ast.Quantity():
            quantity = check_quantity(body, node)
            return failed(node.span) if quantity is None else quantity
        case ast.Then():
            return schedule_value(body, node)
        case ast.AtClock():
            return check_at_clock(body, node)
        case ast.Percent():
            body.add(_misplaced_percent(node))
        case ast.Rest():
            help = "it is a duration of a schedule's piece, or of a split"
            body.add(errors.misplaced("`rest`", node.span, help))
        case ast.Arrow():
            help = "it goes from number to number in a schedule: `linear(0 -> 1, rest)`"
            body.add(errors.misplaced("`->`", node.span, help))
        case ast.Range():
            help = "it is for `repeat i in 0 .. 4` and the range of a `param`"
            body.add(errors.misplaced("`..`", node.span, help))
        case ast.Groups():
            help = "it is the last part of a chain of transforms"
            body.add(errors.misplaced("`{ pattern => chain }`", node.span, help))
    return failed(node.span)


def _misplaced_percent(node: ast.Percent) -> Diagnostic:
    help = f"write {node.value / 100:g}; percentages are for durations and splits"
    return errors.misplaced(f"`{node.text}`", node.span, help)


def check_list(body: Body, node: ast.ListLiteral) -> CheckedExpression:
    """A list of values that are known now."""
    items = [body.check(item) for item in node.items]
    if any(is_failed(item) for item in items):
        return failed(node.span)
    for item in items:
        if not isinstance(item, Static):
            found = describe_type(item.type)
            body.add(errors.not_static("this entry", found, item.span))
            return failed(node.span)
    statics = [item for item in items if isinstance(item, Static)]
    value = static(tuple(item.value for item in statics), node.span)
    if all(item.expression is None for item in statics):
        return value
    return _written_list(value, statics)


def _written_list(value: Static, items: list[Static]) -> Static:
    parts = tuple(printed(item) for item in items)
    written = StaticOperation(span=value.span, operator="list", operands=parts)
    return static(value.value, value.span, written)


def check_conditional(body: Body, node: ast.Conditional) -> CheckedExpression:
    """`a if condition else b`: only the taken branch exists; the other may not fit."""
    condition = as_bool(body, "the condition", node.condition)
    if condition is None:
        return failed(node.span)
    taken = bool(condition.value)
    # In the order of the text, so that layers have the same names whichever is taken.
    then = body.check(node.then) if taken else _untaken(body, node.then)
    otherwise = _untaken(body, node.otherwise) if taken else body.check(node.otherwise)
    chosen, other = (then, otherwise) if taken else (otherwise, then)
    if is_failed(chosen):
        return failed(node.span)
    if isinstance(chosen, Static) and isinstance(other, Static):
        return _static_choice(node, condition, chosen, other, taken)
    return Select(
        span=node.span,
        type=chosen.type,
        condition=condition,
        then=then,
        otherwise=otherwise,
        taken=taken,
    )


def _untaken(body: Body, node: ast.Expression) -> CheckedExpression:
    """Check the branch that does not exist: nothing there counts or complains."""
    aside = replace(body, instances=body.instances.aside())
    with body.context.muted() as found:
        value = body.context.rules.expression(aside, node)
    return failed(node.span) if found.has_errors() else value


def _static_choice(
    node: ast.Conditional, condition: Static, chosen: Static, other: Static, taken: bool
) -> Static:
    parts = (condition, chosen, other) if taken else (condition, other, chosen)
    if all(p.expression is None for p in parts):
        return static(chosen.value, node.span)
    operands = tuple(printed(p) for p in parts)
    written = StaticOperation(span=node.span, operator="if", operands=operands)
    return static(chosen.value, node.span, written)
