"""Durations: `500 steps`, `3 epochs`, `5%`, `2 hours`, `rest`, or a param."""

from collections.abc import Collection

from loopc.semantics import checked
from loopc.semantics.checked import Duration, DurationUnit, Static
from loopc.semantics.context import Body
from loopc.semantics.errors import values as errors
from loopc.semantics.values import describe_type, is_failed, printed, static
from loopc.syntax import ast

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
COUNTED: tuple[DurationUnit, ...] = ("steps", "epochs", "updates")
ALL_UNITS = frozenset({"steps", "epochs", "updates", "percent", "seconds", "rest"})


def check_quantity(body: Body, node: ast.Quantity) -> Static | None:
    """`500 steps`: an amount above zero and a unit."""
    unit = _unit(node.unit.text)
    if unit is None:
        body.add(errors.unknown_unit(node.unit.text, node.unit.span))
        return None
    amount = body.check(node.amount)
    if is_failed(amount):
        return None
    if not isinstance(amount, Static) or not _number(amount.value):
        found = describe_type(amount.type)
        body.add(errors.wrong_type("the amount", "a number", found, amount.span))
        return None
    return _quantity(body, amount, unit, node)


def _unit(text: str) -> str | None:
    plural = text.removesuffix("s") + "s"
    return plural if plural in COUNTED or plural in SECONDS else None


def _is_bare_unit(body: Body, name: str) -> bool:
    """Whether only the unit of a duration was written."""
    taken = body.scope.find(name) or body.context.declarations.find(name)
    return _unit(name) is not None and taken is None


def _number(value: checked.StaticValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _quantity(
    body: Body, amount: Static, unit: str, node: ast.Quantity
) -> Static | None:
    number = amount.value
    assert isinstance(number, int | float)
    whole = unit in COUNTED
    if number <= 0 or (whole and not isinstance(number, int)):
        allowed = "a whole number above 0" if whole else "a number above 0"
        body.add(errors.out_of_range("the amount", number, allowed, node.span))
        return None
    if unit in COUNTED:
        duration = Duration(number, unit)
    else:
        duration = Duration(number * SECONDS[unit], "seconds")
    return static(duration, node.span, amount.expression and printed(amount))


def duration_of(
    body: Body,
    what: str,
    node: ast.Expression,
    units: Collection[str] = ALL_UNITS,
) -> tuple[Duration, Static] | None:
    """Check a duration in one of `units`; what it is, and how it was written."""
    value = _duration(body, what, node)
    if value is None or not isinstance(value.value, Duration):
        return None
    if value.value.unit not in units:
        found = shown(value.value)
        body.add(errors.wrong_unit(what, found, _words(units), node.span))
        return None
    return value.value, value


def _duration(body: Body, what: str, node: ast.Expression) -> Static | None:
    match node:
        case ast.Percent():
            return _percent(body, node)
        case ast.Rest():
            return static(Duration(0, "rest"), node.span)
        case ast.Parenthesized():
            return _duration(body, what, node.value)
        case ast.Name() if _is_bare_unit(body, node.text):
            found = "a unit without a number"
            number = 10 if node.text.endswith("s") else 1
            expected = f"a duration such as `{number} {node.text}`"
            body.add(errors.wrong_type(what, expected, found, node.span))
            return None
    value = body.check(node)
    if is_failed(value):
        return None
    if not isinstance(value, Static) or not isinstance(value.value, Duration):
        found = describe_type(value.type)
        expected = "a duration such as `500 steps`"
        body.add(errors.wrong_type(what, expected, found, node.span))
        return None
    return value


def _percent(body: Body, node: ast.Percent) -> Static | None:
    if not 0 < node.value <= 100:
        allowed = "a percentage above 0 and at most 100"
        body.add(errors.out_of_range("this", node.text, allowed, node.span))
        return None
    return static(Duration(node.value, "percent"), node.span)


def shown(duration: Duration) -> str:
    """`500 steps`, `1 epoch`, `5%`, as people write it."""
    match duration.unit:
        case "rest":
            return "rest"
        case "percent":
            return f"{duration.amount:g}%"
        case _:
            unit = duration.unit
            name = unit.removesuffix("s") if duration.amount == 1 else unit
            return f"{duration.amount:_} {name}"


def _words(units: Collection[str]) -> str:
    order = ("steps", "epochs", "updates", "seconds", "percent", "rest")
    names = [unit for unit in order if unit in units]
    return " or ".join(names)
