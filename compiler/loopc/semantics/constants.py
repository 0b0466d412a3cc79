"""`param` and `const`: values fixed before anything runs, checked when first used."""

from loopc.semantics.checked import (
    CheckedConst,
    CheckedParam,
    Duration,
    ParamBase,
    StaticValue,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import as_static
from loopc.semantics.values import describe_type, static
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.types import TensorType

PLAIN: tuple[ParamBase, ...] = ("int", "float", "bool", "duration")
BASES = (*PLAIN, "one_of")


def check_param_named(context: Context, node: ast.Param) -> CheckedParam | None:
    """Check a param once; None where it was complained about."""
    name = node.name.text
    if name in context.params:
        return context.params[name]
    with context.defining(name, node.name.span) as fresh:
        if fresh:
            context.params[name] = check_param(context, node)
    return context.params.get(name)


def check_param(context: Context, node: ast.Param) -> CheckedParam | None:
    base = node.type.base.text
    if base == "one_of":
        return _enum_param(context, node)
    if base not in PLAIN:
        span = node.type.span
        guess = suggest(base, BASES)
        context.add(name_errors.unknown_type(base, span, guess, BASES))
        return None
    return _plain_param(context, node, base)


def _plain_param(
    context: Context, node: ast.Param, base: ParamBase
) -> CheckedParam | None:
    low, high = _range(context, node)
    override = context.overrides.get(node.name.text)
    values = [
        _within(context, node, _evaluate(context, node, base, given), low, high, given)
        for given in (node.default, override)
        if given is not None
    ]
    # A bad override was said: the rest of the program is checked with the default.
    value = next((value for value in reversed(values) if value is not None), None)
    if value is None:
        return None
    return CheckedParam(
        span=node.name.span,
        name=node.name.text,
        base=base,
        value=value,
        low=low,
        high=high,
    )


def _evaluate(
    context: Context, node: ast.Param, base: str, expression: ast.Expression
) -> StaticValue:
    body, what = Body(context, "static"), f"`{node.name.text}`"
    if base == "duration":
        duration = duration_of(body, what, expression)
        return None if duration is None else duration[0]
    value = as_static(body, what, expression)
    if value is None:
        return None
    fitted = fit_base(value.value, base)
    if fitted is None:
        expected = {"int": "an int", "float": "a number", "bool": "true or false"}[base]
        found = describe_type(value.type)
        body.add(errors.wrong_type(what, expected, found, value.span))
    return fitted


def fit_base(value: StaticValue, base: str) -> StaticValue:
    """The value as a param of that base has it, or None: int to float, never back."""
    if isinstance(value, bool):
        return value if base == "bool" else None
    if isinstance(value, int):
        return {"int": value, "float": float(value)}.get(base)
    if isinstance(value, float):
        return value if base == "float" else None
    return value if base == "duration" and isinstance(value, Duration) else None


def _range(
    context: Context, node: ast.Param
) -> tuple[int | float | None, int | float | None]:
    if node.range is None:
        return None, None
    body = Body(context, "static")
    low = as_static(body, "the range", node.range.low)
    high = as_static(body, "the range", node.range.high)
    bounds = [b.value for b in (low, high) if b is not None]
    numbers = [b for b in bounds if isinstance(b, int | float)]
    if len(numbers) < 2:
        return None, None
    if numbers[0] > numbers[1]:
        context.add(errors.bad_range(node.range.span))
        return None, None
    return numbers[0], numbers[1]


def _within(
    context: Context,
    node: ast.Param,
    value: StaticValue,
    low: int | float | None,
    high: int | float | None,
    written: ast.Expression,
) -> StaticValue:
    """The value; None, once said, where it is out of the declared range."""
    if low is None or high is None or not isinstance(value, int | float):
        return value
    if low <= value <= high:
        return value
    assert node.range is not None
    what, allowed = f"`{node.name.text}`", f"a number from {low:g} to {high:g}"
    declared, span = node.range.span, written.span
    context.add(errors.out_of_range(what, value, allowed, span, declared))
    return None


def _enum_param(context: Context, node: ast.Param) -> CheckedParam | None:
    choices = tuple(a.text for a in node.type.arguments if isinstance(a, ast.Name))
    name, span = node.name.text, node.name.span
    value = _choice(context, name, choices, node.default)
    override = context.overrides.get(name)
    if override is not None:
        value = _choice(context, name, choices, override) or value
    if value is None:
        return None
    return CheckedParam(span=span, name=name, base="enum", value=value, choices=choices)


def _choice(
    context: Context,
    name: str,
    choices: tuple[str, ...],
    node: ast.Expression,
) -> str | None:
    text = node.text if isinstance(node, ast.Name) else ""
    if text in choices:
        return text
    guess, span = suggest(text, choices), node.span
    context.add(name_errors.unknown_choice(name, text or "...", span, guess, choices))
    return None


def check_const_named(context: Context, node: ast.Const) -> CheckedConst | None:
    """Check a const once; None where it was complained about."""
    name = node.name.text
    if name in context.consts:
        return context.consts[name]
    with context.defining(name, node.name.span) as fresh:
        if fresh:
            context.consts[name] = _const(context, node)
    return context.consts.get(name)


def _const(context: Context, node: ast.Const) -> CheckedConst | None:
    value = as_static(Body(context, "static"), f"`{node.name.text}`", node.value)
    if value is None:
        return None
    type = table_type(value.value)
    if type is None:
        span, found = node.value.span, describe_type(
            static(value.value, value.span).type
        )
        what = f"`{node.name.text}`"
        context.add(errors.wrong_type(what, "a number or a table", found, span))
        return None
    name = node.name.text
    return CheckedConst(span=node.name.span, name=name, value=value.value, type=type)


def table_type(value: StaticValue) -> TensorType | None:
    """The tensor that a number or a rectangular list of numbers is."""
    match value:
        case bool():
            return TensorType("bool")
        case int():
            return TensorType("i32", weak=True)
        case float():
            return TensorType("f32", weak=True)
        case tuple() if value:
            return _rows_type([table_type(item) for item in value])
        case _:
            return None


def _rows_type(rows: list[TensorType | None]) -> TensorType | None:
    first = rows[0]
    if first is None or any(r is None or r.shape != first.shape for r in rows):
        return None
    floats = any(r is not None and r.is_float for r in rows)
    dtype = "f32" if floats else first.dtype
    return TensorType(dtype, (len(rows), *first.shape))
