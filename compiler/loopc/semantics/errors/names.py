"""E2xx: names that are not there, there twice, or not what they are used as."""

from collections.abc import Iterable

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed, replace
from loopc.source import Span


def not_implemented(what: str, span: Span, help: str = "") -> Diagnostic:
    return error(
        "E199", "not-implemented", f"{what} is not implemented yet", span, help
    )


def _unknown(
    code: str,
    slug: str,
    title: str,
    fact: str,
    span: Span,
    guess: str | None,
    known: Iterable[str] = (),
) -> Diagnostic:
    known = list(known)
    hints = [f"did you mean `{guess}`?"] if guess else []
    hints += [f"known: {listed(known)}"] if known else []
    fix = replace(f"change to `{guess}`", span, guess) if guess else None
    return error(code, slug, title, [Label(span, fact)], *hints, fix=fix)


def unknown_name(
    name: str, span: Span, guess: str | None, declared: Span | None, help: str = ""
) -> Diagnostic:
    labels = [Label(span, "nothing of this name is in reach here")]
    labels += [Label(declared, f"`{guess}` is declared here")] if declared else []
    help = help or "declare it, or bind it with `=`"
    help = f"did you mean `{guess}`?" if guess else help
    fix = replace(f"change to `{guess}`", span, guess) if guess else None
    title = f"unknown name `{name}`"
    return error("E201", "unknown-name", title, labels, help, fix=fix)


def already_declared(name: str, span: Span, first: Span) -> Diagnostic:
    labels = [Label(span, "declared again"), Label(first, "declared here first")]
    title = f"`{name}` is declared twice"
    return error("E202", "already-declared", title, labels, "rename one of the two")


def reserved_eval(step: str, span: Span) -> Diagnostic:
    """An eval called as the loop is: its metrics would have the names of the step's."""
    labels = [Label(span, f"what the step reports is called `{step}.`")]
    title = f"an eval is called `{step}`"
    return error("E202", "already-declared", title, labels, "choose another name")


def shadows_declaration(name: str, span: Span, declared: Span) -> Diagnostic:
    labels = [Label(span, "bound here"), Label(declared, "declared here")]
    title = f"`{name}` hides a declaration"
    help = "names are one space: choose another name here"
    return error("E203", "shadows-declaration", title, labels, help)


def unknown_argument(
    callee: str,
    name: str,
    span: Span,
    guess: str | None,
    known: Iterable[str],
    help: str = "",
) -> Diagnostic:
    title = f"`{callee}` has no argument `{name}`"
    fact = "no argument has this name"
    if help:
        labels = [Label(span, fact)]
        return error("E204", "unknown-argument", title, labels, help)
    return _unknown("E204", "unknown-argument", title, fact, span, guess, known)


def repeated_argument(callee: str, name: str, span: Span, first: Span) -> Diagnostic:
    labels = [Label(span, "given again"), Label(first, "given here first")]
    title = f"`{callee}` is given `{name}` twice"
    return error("E205", "repeated-argument", title, labels, "leave one of the two")


def missing_argument(callee: str, name: str, span: Span, help: str = "") -> Diagnostic:
    shown = f"`{name}`" if name.isidentifier() else name
    title = f"`{callee}` needs {shown}"
    help = help or f"write `{name}: ...` among its arguments"
    return error("E206", "missing-argument", title, [Label(span, "not given")], help)


def too_many_arguments(
    callee: str, most: int, span: Span, help: str = ""
) -> Diagnostic:
    title = f"`{callee}` takes {_count(most)}"
    labels = [Label(span, "one too many")]
    return error("E207", "too-many-arguments", title, labels, help)


def _count(number: int) -> str:
    if number == 0:
        return "no positional arguments"
    return f"at most {number} positional argument{'s' if number > 1 else ''}"


def unknown_field(
    data: str, name: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    title = f"`{data}` has no field `{name}`"
    fact = "no field has this name"
    return _unknown("E208", "unknown-field", title, fact, span, guess, known)


def unknown_split(
    data: str, name: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    title = f"`{data}` has no split `{name}`"
    fact = "no split has this name"
    return _unknown("E209", "unknown-split", title, fact, span, guess, known)


def unknown_data(
    name: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    title = f"no `data` is called `{name}`"
    fact = "not the name of a `data` block"
    return _unknown("E210", "unknown-data", title, fact, span, guess, known)


def recursive_definition(name: str, span: Span, through: list[str]) -> Diagnostic:
    title = f"`{name}` is defined through itself"
    path = " -> ".join(through)
    help = f"the way back: {path}"
    return error("E211", "recursive-definition", title, span, help)


def unknown_metric(
    eval_name: str, metric: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    title = f"`{eval_name}` reports no `{metric}`"
    fact = "not in that `report`"
    return _unknown("E212", "unknown-metric", title, fact, span, guess, known)


def unknown_eval(
    name: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    title = f"no `eval` is called `{name}`"
    fact = "not the name of an `eval` of this loop"
    return _unknown("E212", "unknown-metric", title, fact, span, guess, known)


def unknown_setting(
    name: str, span: Span, guess: str | None, known: Iterable[str], help: str = ""
) -> Diagnostic:
    title = f"a loop has no setting `{name}`"
    fact = "no setting has this name"
    if help:
        return error("E213", "unknown-setting", title, [Label(span, fact)], help)
    return _unknown("E213", "unknown-setting", title, fact, span, guess, known)


def unknown_override(
    name: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    known = list(known)
    help = f"did you mean `{guess}`?" if guess else ""
    rest = f"params: {listed(known)}" if known else "this program has no params"
    title = f"no param is called `{name}`"
    return error("E214", "unknown-override", title, span, help, rest)


def not_callable(name: str, what: str, span: Span) -> Diagnostic:
    title = f"`{name}` is not called like a function"
    help = "call a model, layer, fn, loss or function of the vocabulary"
    labels = [Label(span, f"this is {what}")]
    return error("E215", "not-callable", title, labels, help)


def not_a_value(name: str, what: str, span: Span, help: str) -> Diagnostic:
    title = f"`{name}` does not stand for a value"
    labels = [Label(span, f"this is {what}")]
    return error("E215", "not-callable", title, labels, help)


def unknown_model(
    name: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    title = f"no model is called `{name}`"
    fact = "not the name of a model"
    return _unknown("E216", "unknown-model", title, fact, span, guess, known)


def unknown_choice(
    option: str, value: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    title = f"`{option}` has no choice `{value}`"
    fact = "not one of its choices"
    return _unknown("E217", "unknown-choice", title, fact, span, guess, known)


def unknown_attribute(
    owner: str, name: str, span: Span, known: Iterable[str] = (), help: str = ""
) -> Diagnostic:
    title = f"{owner} has no `.{name}`"
    fact = "nothing of this name to read"
    if help:
        return error("E218", "unknown-attribute", title, [Label(span, fact)], help)
    return _unknown("E218", "unknown-attribute", title, fact, span, None, known)


def unknown_type(
    name: str, span: Span, guess: str | None, known: Iterable[str]
) -> Diagnostic:
    title = f"unknown type `{name}`"
    fact = "no type has this name"
    return _unknown("E219", "unknown-type", title, fact, span, guess, known)


def unknown_source(
    name: str, span: Span, guess: str | None, known: Iterable[str], help: str = ""
) -> Diagnostic:
    title = f"no source is called `{name}`"
    fact = "not a source of data"
    if help:
        return error("E220", "unknown-source", title, [Label(span, fact)], help)
    return _unknown("E220", "unknown-source", title, fact, span, guess, known)


def too_deep(span: Span) -> Diagnostic:
    title = "definitions build on each other too deeply"
    help = "at most 100 declarations may hang on one another in a chain"
    return error("E221", "definitions-too-deep", title, span, help)
