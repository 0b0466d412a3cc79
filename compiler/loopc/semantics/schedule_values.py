"""Schedules: pieces, sequences, arithmetic and formulas of the clocks."""

from dataclasses import replace
from typing import Literal, cast

from loopc.semantics.checked import (
    CheckedSchedule,
    Duration,
    ScheduleArithmetic,
    ScheduleBody,
    ScheduleFormula,
    ScheduleName,
    ScheduleNumber,
    ScheduleOperator,
    SchedulePiece,
    ScheduleSequence,
    ScheduleValue,
    Static,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import schedules as errors
from loopc.semantics.schedule_pieces import check_piece
from loopc.semantics.values import describe_type, failed, is_failed, is_number
from loopc.syntax import ast
from loopc.vocabulary import schedules
from loopc.vocabulary.types import TensorType

At = Literal["step", "epoch", "update"]
NUMBER = TensorType("f32", weak=True)
OPERATORS: dict[str, ScheduleOperator] = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "^": "power",
}
CLOCKS = frozenset({"step", "epoch", "progress"})


def check_schedule_named(
    context: Context, node: ast.Schedule
) -> CheckedSchedule | None:
    """Check a declared schedule once; None where it was complained about."""
    name = node.name.text
    if name in context.schedules:
        return context.schedules[name]
    with context.defining(name, node.name.span) as fresh:
        if fresh:
            value = check_schedule_body(Body(context, "schedule"), node.value)
            if value is not None:
                made = CheckedSchedule(span=node.name.span, name=name, body=value)
                context.schedules[name] = made
    return context.schedules.get(name)


def schedule_value(body: Body, node: ast.Expression) -> ScheduleValue | Static:
    """A schedule where a number stands: read on the step."""
    if body.place == "function":
        help = "read it in the step, and hand its value to the function"
        body.add(errors.schedule_in_function(node.span, help))
        return failed(node.span)
    schedule = check_schedule(body, node)
    if schedule is None:
        return failed(node.span)
    if not schedule.name:
        schedule = _declared(body.context, schedule)
    return ScheduleValue(span=node.span, type=NUMBER, schedule=schedule, at="step")


def _declared(context: Context, schedule: CheckedSchedule) -> CheckedSchedule:
    """A schedule that is written in an expression, as if it had been declared."""
    written = (s for n, s in context.schedules.items() if s and _is_written(context, n))
    same = next((s for s in written if s.body == schedule.body), None)
    if same is not None:
        return same
    piece = schedule.body
    kind = piece.kind if isinstance(piece, SchedulePiece) else "joined"
    wanted = f"{kind}_schedule"
    name, number = wanted, 1
    while name in context.schedules or context.declarations.find(name) is not None:
        number += 1
        name = f"{wanted}_{number}"
    made = replace(schedule, name=name)
    context.schedules[name] = made
    return made


def _is_written(context: Context, name: str) -> bool:
    return context.declarations.find(name) is None


def check_at_clock(body: Body, node: ast.AtClock) -> ScheduleValue | Static:
    """`rate at epoch`."""
    value = schedule_value(body, node.value)
    clock = node.clock.text
    if not isinstance(value, ScheduleValue):
        return value
    if clock not in ("step", "epoch", "update"):
        help = "a schedule is read `at step`, `at epoch` or `at update`"
        body.add(errors.clock_misplaced(clock, node.clock.span, help))
        return failed(node.span)
    return replace(value, at=cast(At, clock), span=node.span)


def check_schedule(body: Body, node: ast.Expression) -> CheckedSchedule | None:
    """A schedule by name, or one written in place (with an empty name)."""
    node = bare(node)
    if isinstance(node, ast.Name):
        declaration = body.context.declarations.use(node.text)
        if isinstance(declaration, ast.Schedule):
            return check_schedule_named(body.context, declaration)
    value = check_schedule_body(_schedule_body(body), node)
    if value is None:
        return None
    return CheckedSchedule(span=node.span, name="", body=value)


def _schedule_body(body: Body) -> Body:
    return replace(body, place="schedule")


def bare(node: ast.Expression) -> ast.Expression:
    while isinstance(node, ast.Parenthesized):
        node = node.value
    return node


def mentions_schedule(body: Body, node: ast.Expression, clocks: bool = True) -> bool:
    """Whether an expression is built of schedules (or clocks), without recursion."""
    stack = [node]
    while stack:
        top = stack.pop()
        if _is_schedule_part(body, top, clocks):
            return True
        stack.extend(_operands(top))
    return False


def _is_schedule_part(body: Body, node: ast.Expression, clocks: bool) -> bool:
    match node:
        case ast.Then() | ast.AtClock():
            return True
        case ast.Call(callee=ast.Name(text=name)):
            return is_piece(body, name)
        case ast.Name(text=name):
            return _names_schedule(body, name, clocks)
        case _:
            return False


def _names_schedule(body: Body, name: str, clocks: bool) -> bool:
    binding = body.scope.find(name)
    if binding is not None:
        return isinstance(binding.value, ScheduleValue)
    declaration = body.context.declarations.find(name)
    if declaration is not None:
        return isinstance(declaration, ast.Schedule)
    return clocks and name in CLOCKS


def is_piece(body: Body, name: str) -> bool:
    """Whether a called name is a schedule of the vocabulary here."""
    return body.context.declarations.find(name) is None and name in schedules()


def _operands(node: ast.Expression) -> list[ast.Expression]:
    match node:
        case ast.Binary():
            return [node.left, node.right]
        case ast.Unary():
            return [node.operand]
        case ast.Parenthesized():
            return [node.value]
        case ast.Conditional():
            return [node.then, node.otherwise]
        case ast.Call():
            return [argument.value for argument in node.arguments]
        case _:
            return []


def check_schedule_body(body: Body, node: ast.Expression) -> ScheduleBody | None:
    """Check what a schedule is made of; None where it was complained about."""
    node = bare(node)
    match node:
        case ast.Then():
            return _sequence(body, node)
        case ast.AtClock():
            return _at_clock(body, node)
        case ast.Call(callee=ast.Name(text=name)) if is_piece(body, name):
            return check_piece(body, schedules()[name], node, check_schedule_body)
        case ast.Name() if _names_schedule(body, node.text, clocks=False):
            return _named(body, node)
        case ast.Binary() if _is_arithmetic(body, node):
            return _binary(body, node)
        case ast.Unary(operator="-") if mentions_schedule(body, node, clocks=False):
            return _negated(body, node)
    return _formula(body, node)


def _at_clock(body: Body, node: ast.AtClock) -> ScheduleBody | None:
    """A schedule within a schedule that is read where the epoch began."""
    value = check_at_clock(body, node)
    if not isinstance(value, ScheduleValue):
        return None
    inner = value.schedule.body
    if value.schedule.name:
        inner = ScheduleName(span=node.value.span, name=value.schedule.name)
    if value.at != "epoch":
        return inner
    epoch = Duration(1, "epochs")
    return SchedulePiece(
        span=node.span, kind="hold", numbers={}, duration=epoch, inner=inner
    )


def _is_arithmetic(body: Body, node: ast.Binary) -> bool:
    return node.operator in OPERATORS and mentions_schedule(body, node, clocks=False)


def _named(body: Body, node: ast.Name) -> ScheduleBody | None:
    binding = body.scope.find(node.text)
    if binding is not None and isinstance(binding.value, ScheduleValue):
        binding.used = True
        schedule = binding.value.schedule
        if schedule.name:
            return ScheduleName(span=node.span, name=schedule.name)
        return schedule.body
    declaration = body.context.declarations.use(node.text)
    assert isinstance(declaration, ast.Schedule)
    if check_schedule_named(body.context, declaration) is None:
        return None
    return ScheduleName(span=node.span, name=node.text)


def _sequence(body: Body, node: ast.Then) -> ScheduleBody | None:
    parts: list[ast.Expression] = []
    _flatten(node, parts)
    pieces = [check_schedule_body(body, part) for part in parts]
    known = tuple(piece for piece in pieces if piece is not None)
    if len(known) < len(pieces):
        return None
    return ScheduleSequence(span=node.span, pieces=known)


def _flatten(node: ast.Expression, parts: list[ast.Expression]) -> None:
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, ast.Then):
            stack.extend([top.second, top.first])
        else:
            parts.append(top)


def _binary(body: Body, node: ast.Binary) -> ScheduleBody | None:
    left = check_schedule_body(body, node.left)
    right = check_schedule_body(body, node.right)
    if left is None or right is None:
        return None
    return ScheduleArithmetic(
        span=node.span,
        operator=OPERATORS[node.operator],
        operands=(left, right),
    )


def _negated(body: Body, node: ast.Unary) -> ScheduleBody | None:
    value = check_schedule_body(body, node.operand)
    if value is None:
        return None
    return ScheduleArithmetic(span=node.span, operator="negate", operands=(value,))


def _formula(body: Body, node: ast.Expression) -> ScheduleBody | None:
    value = body.check(node)
    if is_failed(value):
        return None
    if isinstance(value, Static) and is_number(value):
        return ScheduleNumber(span=node.span, value=value)
    if isinstance(value, ScheduleValue):
        return value.schedule.body
    if isinstance(value.type, TensorType) and _is_scalar(value.type):
        return ScheduleFormula(span=node.span, value=value)
    body.add(errors.not_a_schedule(describe_type(value.type), node.span))
    return None


def _is_scalar(type: TensorType) -> bool:
    return type.shape == () and not type.per_example and type.dtype != "bool"
