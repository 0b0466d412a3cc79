"""`extern transform`: a link of chains, with options that may be schedules."""

from loopc.semantics.checked import CheckedExtern
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import externs as errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.extern_targets import check_target
from loopc.semantics.options import check_option
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.entry import (
    REQUIRED,
    Option,
    OptionKind,
    OptionValue,
    Required,
    TransformEntry,
)

GIVEN = ("gradients", "updates")
KINDS: dict[str, OptionKind] = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "schedule": "number",
    "one_of": "enum",
}


def check_extern_transform(context: Context, node: ast.Extern) -> CheckedExtern | None:
    """Check a declaration; None where it was complained about."""
    name = node.name.text
    target = check_target(context, node.target)
    entry = entry_of(context, node)
    if target is None or entry is None:
        return None
    return CheckedExtern(
        span=node.span,
        kind=node.kind,
        name=name,
        module=target[0],
        member=target[1],
    )


def entry_of(context: Context, node: ast.Extern) -> TransformEntry | None:
    """The declaration as an entry of the vocabulary, which chains know to read."""
    result = node.results[0] if len(node.results) == 1 else None
    if node.static is not None or result is None or result.base.text not in GIVEN:
        context.add(errors.transform_result(node.name.text, node.name.span))
        return None
    options = [_option(context, node, parameter) for parameter in node.parameters]
    known = tuple(option for option in options if option is not None)
    if len(known) < len(options):
        return None
    return TransformEntry(
        name=node.name.text,
        summary="",
        options=known,
        python="declared_transform",
        role="step" if result.base.text == "updates" else "other",
    )


def _option(
    context: Context, node: ast.Extern, parameter: ast.Parameter
) -> Option | None:
    name, type = parameter.name.text, parameter.type
    if type is None:
        title = f"`{name}` of an extern has no type"
        help = f"write `{name}: float`, or `{name}: schedule`"
        context.add(value_errors.missing_part(title, parameter.span, help))
        return None
    base = type.base.text
    if base not in KINDS:
        guess = suggest(base, KINDS)
        context.add(name_errors.unknown_type(base, type.span, guess, KINDS))
        return None
    choices = tuple(a.text for a in type.arguments if isinstance(a, ast.Name))
    option = Option(name=name, kind=KINDS[base], choices=choices)
    default: OptionValue | Required = REQUIRED
    if parameter.default is not None:
        body = Body(context, "static")
        value = check_option(body, node.name.text, option, parameter.default)
        if value is None or not isinstance(value.value, bool | int | float | str):
            return None
        default = value.value
    return Option(name=name, kind=KINDS[base], choices=choices, default=default)
