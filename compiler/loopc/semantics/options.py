"""Static option values: their kind, range and choices."""

from collections.abc import Callable
from typing import cast, get_args

from loopc.semantics.checked import CheckedExpression, Static, StaticValue
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.values import (
    at,
    describe_type,
    enum_value,
    is_failed,
    is_static,
    static,
)
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import ObjectKind, objects, suggest
from loopc.vocabulary.entry import Option, Required

EXPECTED = {
    "int": "an int",
    "float": "a number",
    "number": "a number",
    "bool": "true or false",
    "string": "a string",
    "ints": "an int or a list of ints",
    "floats": "a number or a list of numbers",
    "enum": "one of its choices",
    "activation": "the name of an activation",
    "initializer": "the name of an initializer",
    "regularizer": "the name of a regularizer",
    "constraint": "the name of a constraint",
    "any": "a value",
    "chain": "a chain of transforms",
}
OBJECT_KINDS: frozenset[str] = frozenset(get_args(ObjectKind))
NAMED_KINDS = OBJECT_KINDS | {"enum"}


def check_option(
    body: Body, callee: str, option: Option, node: ast.Expression
) -> Static | None:
    """Check one option; None, once said, where it does not fit."""
    if isinstance(node, ast.Name) and _is_word(body, option, node):
        return _word(body, option, node)
    value = body.check(node)
    if is_failed(value):
        return None
    return fit_option(body, callee, option, value)


def choices_of(option: Option) -> tuple[str, ...]:
    """The words that an option may have."""
    if option.choices or option.kind not in OBJECT_KINDS:
        return option.choices
    return tuple(objects(cast(ObjectKind, option.kind)))


def _canonical(option: Option, text: str) -> str:
    if option.choices or option.kind not in OBJECT_KINDS:
        return text
    return objects(cast(ObjectKind, option.kind))[text].name


def _is_word(body: Body, option: Option, node: ast.Name) -> bool:
    if node.text == "none" and option.none:
        return True
    if option.kind not in NAMED_KINDS:
        return False
    return node.text in choices_of(option) or not is_known(body, node)


def is_known(body: Body, node: ast.Name) -> bool:
    """Tell whether a name stands for a value here, and not for itself."""
    if body.scope.find(node.text) is not None:
        return True
    return isinstance(body.context.declarations.find(node.text), ast.Param | ast.Const)


def _word(body: Body, option: Option, node: ast.Name) -> Static | None:
    if node.text == "none" and option.none:
        return static(None, node.span)
    missing = _required(option, node.text)
    if missing is not None:
        help = f"write `{option.name}: {node.text}(...)`"
        span = node.span
        body.add(name_errors.missing_argument(node.text, missing, span, help))
        return None
    if node.text in choices_of(option):
        return enum_value(_canonical(option, node.text), node.span)
    unknown_choice(body, option, node.text, node.span)
    return None


def _required(option: Option, text: str) -> str | None:
    """The number that what an option names cannot be without."""
    if option.choices or option.kind not in OBJECT_KINDS:
        return None
    entry = objects(cast(ObjectKind, option.kind)).get(text)
    options = () if entry is None else entry.options
    return next((o.name for o in options if isinstance(o.default, Required)), None)


def unknown_choice(body: Body, option: Option, text: str, span: Span) -> None:
    known = choices_of(option)
    nothing = option.none and text == "None"
    guess = "none" if nothing else suggest(text, known)
    body.add(name_errors.unknown_choice(option.name, text, span, guess, known))


def fit_option(
    body: Body, callee: str, option: Option, value: CheckedExpression
) -> Static | None:
    """Fit a checked value into an option: known now, of its kind, in its range."""
    what = f"`{option.name}` of `{callee}`"
    if not is_static(value) or not isinstance(value, Static):
        body.add(errors.not_static(what, describe_type(value.type), value.span))
        return None
    if not has_kind(option, value.value):
        expected, found = EXPECTED[option.kind], describe_type(value.type)
        words = " or ".join(f"`{c}`" for c in choices_of(option))
        help = f"write {words}" if option.kind == "enum" else ""
        body.add(errors.wrong_type(what, expected, found, value.span, help))
        return None
    if option.kind in NAMED_KINDS:
        return _choice(body, option, value)
    if not in_range(option, value.value):
        span = value.span
        body.add(errors.out_of_range(what, value.value, allowed(option), span))
        return None
    return value


def _choice(body: Body, option: Option, value: Static) -> Static | None:
    if value.value is None or value.value in choices_of(option):
        return value
    unknown_choice(body, option, str(value.value), value.span)
    return None


def has_kind(option: Option, value: StaticValue) -> bool:
    if value is None:
        return option.none
    match option.kind:
        case "int":
            return _is_int(value)
        case "float" | "number":
            return _is_number(value)
        case "bool":
            return isinstance(value, bool)
        case "ints":
            return _each(value, _is_int)
        case "floats":
            return _each(value, _is_number)
        case "any":
            return True
        case _:
            return isinstance(value, str)


def _is_int(value: StaticValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: StaticValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _each(value: StaticValue, test: Callable[[StaticValue], bool]) -> bool:
    if isinstance(value, tuple):
        return all(test(item) for item in value)
    return test(value)


def in_range(option: Option, value: StaticValue) -> bool:
    if isinstance(value, tuple):
        return all(in_range(option, item) for item in value)
    if not _is_number(value) or not isinstance(value, int | float):
        return True
    low, high = option.low, option.high
    above = low is None or (value > low if option.open_low else value >= low)
    below = high is None or (value < high if option.open_high else value <= high)
    return above and below


def allowed(option: Option) -> str:
    low, high = option.low, option.high
    words = []
    if low is not None:
        words.append(f"{'above' if option.open_low else 'at least'} {low:g}")
    if high is not None:
        words.append(f"{'below' if option.open_high else 'at most'} {high:g}")
    return "a number " + " and ".join(words)


def as_static(body: Body, what: str, node: ast.Expression) -> Static | None:
    """Check an expression that has to be known before the run."""
    value = body.check(node)
    if is_failed(value):
        return None
    if isinstance(value, Static):
        return at(value, node.span)
    body.add(errors.not_static(what, describe_type(value.type), node.span))
    return None


def as_int(
    body: Body, what: str, node: ast.Expression, low: int | None = None
) -> Static | None:
    """Check a static int of at least `low`."""
    value = as_static(body, what, node)
    if value is None:
        return None
    number = value.value
    if not isinstance(number, int) or isinstance(number, bool):
        found = describe_type(value.type)
        body.add(errors.wrong_type(what, "an int", found, node.span))
        return None
    if low is not None and number < low:
        wanted = f"a number of at least {low}"
        body.add(errors.out_of_range(what, number, wanted, node.span))
        return None
    return value


def as_bool(body: Body, what: str, node: ast.Expression) -> Static | None:
    value = as_static(body, what, node)
    if value is None or isinstance(value.value, bool):
        return value
    found = describe_type(value.type)
    body.add(errors.wrong_type(what, "true or false", found, node.span))
    return None
