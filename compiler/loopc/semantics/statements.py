"""Statements: assignments, returns, repeats, updates and reports, in program order."""

from loopc.semantics.averages import implied_average
from loopc.semantics.bodies import is_returnable
from loopc.semantics.checked import (
    CheckedAssign,
    CheckedExpression,
    CheckedReport,
    CheckedReportItem,
    CheckedReturn,
    CheckedStatement,
    Construct,
    Local,
    Static,
    StaticName,
    TupleValue,
)
from loopc.semantics.context import Body
from loopc.semantics.draws import check_draw
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.every_blocks import check_every
from loopc.semantics.measures import verify_plain
from loopc.semantics.model_weights import check_model_weight
from loopc.semantics.primitives import as_tensor, tensor_type
from loopc.semantics.repeats import check_repeat
from loopc.semantics.states import check_set
from loopc.semantics.updated_models import as_model_value
from loopc.semantics.updates import check_update
from loopc.semantics.values import failed, is_failed, is_static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import InstanceType, TupleType

LATER: dict[type, str] = {
    ast.SetState: "`set` in a step",
}
PLACES = {
    "model": "a model",
    "layer": "a layer",
    "function": "a fn or loss",
    "step": "a step",
    "eval": "an eval",
}


def check_statements(body: Body, block: ast.Block) -> tuple[CheckedStatement, ...]:
    """Check statements in order; those that were complained about are left out."""
    checked: list[CheckedStatement] = []
    place = block.span.start
    for statement in block.statements:
        _bind_left_out(body, place, statement.span.start)
        place = statement.span.end
        if not body.context.spend(statement.span):
            break
        if body.returned is not None:
            body.add(value_errors.after_return(statement.span, body.returned))
            break
        result = _check(body, statement)
        if result is not None:
            checked.append(result)
    _bind_left_out(body, place, block.span.end)
    return tuple(checked)


def _bind_left_out(body: Body, start: int, end: int) -> None:
    """Names of statements with syntax errors are known, as errors."""
    for name in body.context.left_out.bound_between(start, end):
        body.bind(name.text, failed(name.span), name.span, quiet=True)


def _check(body: Body, statement: ast.Statement) -> CheckedStatement | None:
    match statement:
        case ast.Assign():
            return check_assign(body, statement)
        case ast.Return():
            return check_return(body, statement)
        case ast.Repeat():
            return check_repeat(body, statement)
        case ast.Draw():
            return check_draw(body, statement)
        case ast.Update():
            return _update(body, statement)
        case ast.Report():
            return _report(body, statement)
        case ast.Weight():
            return _weight(body, statement)
        case ast.EveryBlock():
            return check_every(body, statement)
        case ast.SetState():
            return check_set(body, statement)
        case _:
            what = LATER[type(statement)]
            body.add(name_errors.not_implemented(what, statement.span))
            return None


def check_assign(body: Body, node: ast.Assign) -> CheckedStatement | None:
    """`a = value` and `a, b = values`."""
    for target in node.targets:
        body.verify_free(target.text, target.span)
    if len(node.targets) == 1 and isinstance(node.value, ast.Call):
        body.hint, body.hint_span = node.targets[0].text, node.value.span
    value = as_model_value(body, body.check(node.value))
    if len(node.targets) > 1:
        return _unpack(body, node, value)
    _bind(body, node.targets[0], value)
    if is_failed(value):
        return None
    return CheckedAssign(span=node.span, names=(node.targets[0].text,), value=value)


def _bind(body: Body, target: ast.Identifier, value: CheckedExpression) -> None:
    name, span = target.text, target.span
    quiet = body.repeating or is_failed(value)
    if is_failed(value):
        body.bind(name, failed(span), span, quiet)
    elif isinstance(value, Static):
        origin = StaticName(span=span, name=name, origin="local")
        known = Static(span=span, type=value.type, value=value.value, expression=origin)
        body.bind(name, known, span, quiet)
    else:
        if isinstance(value, Construct):
            body.instances.constructs[name] = value
        elif isinstance(value, Local) and isinstance(value.type, InstanceType):
            body.instances.constructs[name] = body.instances.constructs[value.name]
        body.bind(name, Local(span=span, type=value.type, name=name), span, quiet)


def _unpack(
    body: Body, node: ast.Assign, value: CheckedExpression
) -> CheckedStatement | None:
    types = value.type.items if isinstance(value.type, TupleType) else (value.type,)
    if is_failed(value) or len(types) != len(node.targets):
        if not is_failed(value):
            count, span = len(node.targets), node.value.span
            body.add(errors.unpack_count(len(types), count, span))
        for target in node.targets:
            _bind(body, target, failed(target.span))
        return None
    for target, type in zip(node.targets, types, strict=True):
        span = target.span
        body.bind_local(target.text, type, span, quiet=body.repeating)
    names = tuple(target.text for target in node.targets)
    return CheckedAssign(span=node.span, names=names, value=value)


def check_return(body: Body, node: ast.Return) -> CheckedStatement | None:
    """`return a, b` of a model, layer or function."""
    if body.place in ("step", "eval"):
        help = "report it, or compute it in a `fn`"
        where = PLACES[body.place]
        problem = value_errors.misplaced_statement("`return`", where, node.span, help)
        body.add(problem)
        return None
    values = [body.check(value) for value in node.values]
    body.returned = node.span
    if any(is_failed(value) for value in values):
        return None
    if not all(is_returnable(body, value) for value in values):
        return None
    if len(values) == 1:
        return CheckedReturn(span=node.span, value=values[0])
    items = tuple(as_tensor(body, value) for value in values)
    type = TupleType(tuple(tensor_type(item) for item in items))
    value = TupleValue(span=node.span, type=type, items=items)
    return CheckedReturn(span=node.span, value=value)


def _weight(body: Body, node: ast.Weight) -> CheckedStatement | None:
    if body.builds:
        return check_model_weight(body, node)
    body.bind(node.name.text, failed(node.name.span), node.name.span, quiet=True)
    help = "declare it outside of the loop, or in a model"
    _misplaced(body, "`weight`", node.span, help)
    return None


def _update(body: Body, node: ast.Update) -> CheckedStatement | None:
    if body.place == "step":
        return check_update(body, node)
    help = "updates belong into the `step`"
    _misplaced(body, "`update`", node.span, help)
    return None


def _misplaced(body: Body, what: str, span: Span, help: str) -> None:
    where = PLACES.get(body.place, "this place")
    body.add(value_errors.misplaced_statement(what, where, span, help))


def _report(body: Body, node: ast.Report) -> CheckedStatement | None:
    if body.place not in ("step", "eval"):
        help = "report in a `step` or an `eval`"
        _misplaced(body, "`report`", node.span, help)
        return None
    if body.repeating:
        help = "report behind the `repeat`: names keep their last value"
        problem = value_errors.misplaced_statement(
            "`report`", "a `repeat`", node.span, help
        )
        body.add(problem)
        return None
    items = [_report_item(body, item) for item in node.items]
    known = tuple(item for item in items if item is not None)
    return CheckedReport(span=node.span, items=known) if known else None


def _report_item(body: Body, node: ast.ReportItem) -> CheckedReportItem | None:
    body.in_report = True
    value = body.check(node.value)
    body.in_report = False
    name = _report_name(body, node)
    if name is None or is_failed(value):
        return None
    value = as_tensor(body, value)
    if is_failed(value) or not _is_number(body, name.text, value):
        return None
    if not verify_plain(body, value):
        return None
    average = value if is_static(value) else implied_average(value)
    return CheckedReportItem(span=node.span, name=name.text, value=average)


def _report_name(body: Body, node: ast.ReportItem) -> ast.Identifier | None:
    if node.name is not None:
        return node.name
    value = node.value
    while isinstance(value, ast.Parenthesized):
        value = value.value
    if isinstance(value, ast.Name):
        return ast.Identifier(span=value.span, text=value.text)
    call = node.value.callee if isinstance(node.value, ast.Call) else None
    name = call.text if isinstance(call, ast.Name) else "value"
    body.add(value_errors.missing_name("a reported value", node.value.span, name))
    return None


def _is_number(body: Body, name: str, value: CheckedExpression) -> bool:
    type = tensor_type(value)
    if type.per_example or type.shape == ():
        return True
    body.add(errors.report_not_scalar(name, f"this is {type}", value.span))
    return False
