"""Call arguments against what is called: which is which, unknown, repeated, missing."""

from collections.abc import Sequence
from dataclasses import field
from typing import cast

from loopc.records import dataclass
from loopc.semantics.checked import ObjectValue, Static, StaticObject
from loopc.semantics.context import Body
from loopc.semantics.errors import names as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.options import (
    EXPECTED,
    check_option,
    choices_of,
    is_known,
    unknown_choice,
)
from loopc.semantics.values import printed, static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import ObjectKind, given_here, objects, suggest
from loopc.vocabulary.entry import Entry, ObjectEntry, Option, Required

MADE = ("activation", "constraint", "initializer", "regularizer")  # what is made


@dataclass(slots=True)
class Slots:
    """Arguments by the name of their slot, in the order written."""

    given: dict[str, ast.Argument] = field(default_factory=dict)
    sound: bool = True

    def take(self, name: str) -> ast.Expression | None:
        argument = self.given.pop(name, None)
        return None if argument is None else argument.value


def bind_slots(
    body: Body,
    callee: str,
    arguments: Sequence[ast.Argument],
    names: Sequence[str],
    positional: int | None = None,
) -> Slots:
    """Sort arguments into named slots; the first `positional` (all) take positions."""
    slots = Slots()
    limit = len(names) if positional is None else positional
    position = 0
    for argument in arguments:
        if argument.name is not None:
            _named(body, callee, argument, argument.name, names, slots)
        elif position < limit:
            _fill(body, callee, names[position], argument, slots)
            position += 1
        else:
            body.add(errors.too_many_arguments(callee, limit, argument.span))
            slots.sound = False
            break
    return slots


def _named(
    body: Body,
    callee: str,
    argument: ast.Argument,
    name: ast.Identifier,
    names: Sequence[str],
    slots: Slots,
) -> None:
    if name.text in names:
        _fill(body, callee, name.text, argument, slots)
        return
    guess, help = suggest(name.text, names), given_here(callee, name.text)
    problem = errors.unknown_argument(callee, name.text, name.span, guess, names, help)
    body.add(problem)
    slots.sound = False


def _fill(
    body: Body, callee: str, name: str, argument: ast.Argument, slots: Slots
) -> None:
    first = slots.given.get(name)
    if first is not None:
        span = argument.span
        body.add(errors.repeated_argument(callee, name, span, first.span))
        slots.sound = False
        return
    slots.given[name] = argument


@dataclass(frozen=True, slots=True)
class BoundOptions:
    """Every option of an entry with its value, and which were written."""

    values: dict[str, Static]
    explicit: frozenset[str]


def bind_options(
    body: Body,
    entry: Entry,
    arguments: Sequence[ast.Argument],
    span: Span,
    also: Sequence[Option] = (),
) -> BoundOptions | None:
    """Check arguments against the options of an entry and fill in its defaults.

    `also` are further options that can only be given by name. None, once said, if
    anything is wrong.
    """
    options = [*entry.options, *also]
    names = [option.name for option in options]
    slots = bind_slots(body, _written(entry), arguments, names, len(entry.options))
    values: dict[str, Static] = {}
    sound = slots.sound
    for option in options:
        value = _value(body, entry, option, slots, span)
        sound = sound and value is not None
        if value is not None:
            values[option.name] = value
    return BoundOptions(values, frozenset(slots.given)) if sound else None


def _written(entry: Entry) -> str:
    """Return the name of an entry as programs write it."""
    return "mean" if entry.name == "mean_axes" else entry.name


def _value(
    body: Body, entry: Entry, option: Option, slots: Slots, span: Span
) -> Static | None:
    argument = slots.given.get(option.name)
    if argument is not None:
        if option.kind in MADE and isinstance(argument.value, ast.Call):
            return bind_object(body, option, argument.value)
        if argument.name is None and _misplaced_word(body, entry, option, argument):
            return None
        return check_option(body, entry.name, option, argument.value)
    if isinstance(option.default, Required):
        if slots.sound:
            body.add(errors.missing_argument(entry.name, option.name, span))
        return None
    return static(option.default, span)


def _misplaced_word(
    body: Body, entry: Entry, option: Option, argument: ast.Argument
) -> bool:
    """Say that a word stands in the place of a number: `conv2d(32, 3, relu)`."""
    node = argument.value
    if not isinstance(node, ast.Name) or node.text == "none" or is_known(body, node):
        return False
    meant = next((o for o in entry.options if node.text in choices_of(o)), None)
    if meant is None or node.text in choices_of(option):
        return False
    what, found = f"`{option.name}` of `{entry.name}`", f"`{node.text}`"
    help = f"write `{meant.name}: {node.text}`"
    expected = EXPECTED[option.kind]
    body.add(value_errors.wrong_type(what, expected, found, node.span, help))
    return True


def bind_object(body: Body, option: Option, node: ast.Call) -> Static | None:
    """`random_normal(stddev: 0.02)`: what an option names, with numbers of its own."""
    entry = _object_entry(body, option, node)
    if entry is None:
        return None
    bound = bind_options(body, entry, node.arguments, node.span)
    if bound is None:
        return None
    written = {n: v for n, v in bound.values.items() if n in bound.explicit}
    options = tuple((name, value.value) for name, value in written.items())
    value = ObjectValue(entry.name, entry.python, options)
    if all(option.expression is None for option in written.values()):
        return static(value, node.span)
    parts = tuple((name, printed(option)) for name, option in written.items())
    expression = StaticObject(span=node.span, python=entry.python, options=parts)
    return static(value, node.span, expression)


def _object_entry(body: Body, option: Option, node: ast.Call) -> ObjectEntry | None:
    if option.kind == "activation":
        help = "write its name, or apply it afterwards: `dense(10) |> leaky_relu(0.1)`"
        body.add(value_errors.misplaced(f"a call as `{option.name}`", node.span, help))
        return None
    callee = node.callee
    text = callee.text if isinstance(callee, ast.Name) else "..."
    entry = objects(cast(ObjectKind, option.kind)).get(text)
    if entry is None:
        unknown_choice(body, option, text, callee.span)
    return entry
