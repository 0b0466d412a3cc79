"""`loopc list` and `loopc doc`: the vocabulary of the language."""

from textwrap import fill

import click

from loopc.cli.failure import Failure
from loopc.vocabulary import entries
from loopc.vocabulary.entry import (
    AnyEntry,
    Entry,
    FunctionEntry,
    LossEntry,
    Option,
    OptionValue,
    Required,
    TransformEntry,
)

KINDS = (
    "layer", "function", "loss", "metric", "transform", "schedule",
    "activation", "initializer", "regularizer", "constraint",
)  # fmt: skip
WIDTH = 79


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS), required=False)
def list_entries(kind: str | None) -> int:
    """List the names of the language with a sentence on each, or those of one KIND."""
    listed = _listed()
    for heading in [kind] if kind else KINDS:
        members = sorted((e for k, e in listed if k == heading), key=lambda e: e.name)
        click.echo(f"{heading} ({len(members)})")
        width = max((len(entry.name) for entry in members), default=0)
        for entry in members:
            click.echo(f"  {entry.name:<{width}}  {entry.summary}")
    return 0


@click.command
@click.argument("name")
def doc(name: str) -> int:
    """Show the page of a NAME of the language: a layer, a loss, an optimizer."""
    listed = _listed()
    found = [(kind, e) for kind, e in listed if name in (e.name, *e.aliases)]
    if not found:
        names = [known for _, e in listed for known in (e.name, *e.aliases)]
        raise Failure(f"the language has no `{name}`{_nearby(name, names)}", 2)
    click.echo("\n".join(page(kind, entry) for kind, entry in found), nl=False)
    return 0


def _listed() -> list[tuple[str, AnyEntry]]:
    """Return what a program may name, each with one of KINDS."""
    return [
        (_kind(kind, entry), entry)
        for kind, entry in entries()
        if not (isinstance(entry, FunctionEntry | TransformEntry) and entry.internal)
    ]


def _kind(kind: str, entry: AnyEntry) -> str:
    return "metric" if isinstance(entry, LossEntry) and entry.metric else kind


def page(kind: str, entry: Entry) -> str:
    """Return the page of one entry: signature, summary, parameters, paragraph."""
    lines = [f"{kind} {_signature(entry)}", "", fill(entry.summary, WIDTH)]
    if entry.aliases:
        lines += ["", f"Also: {', '.join(entry.aliases)}"]
    if entry.options:
        lines += ["", *map(_parameter, entry.options)]
    if entry.doc:
        lines += ["", fill(entry.doc, WIDTH)]
    return "".join(f"{line}\n" for line in lines)


def _signature(entry: Entry) -> str:
    return f"{entry.name}({', '.join(map(_declared, entry.options))})"


def _declared(option: Option) -> str:
    default = _default(option)
    return option.name if default is None else f"{option.name}: {default}"


def _parameter(option: Option) -> str:
    default = _default(option)
    kind = " or ".join(option.choices) or option.kind
    facts = [kind, *_bounds(option)]
    if default is None:
        facts.append("required")
    text = ". ".join(filter(None, [f"{option.name}: {', '.join(facts)}", option.doc]))
    return fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _bounds(option: Option) -> list[str]:
    bounds = []
    if option.low is not None:
        words = "greater than" if option.open_low else "at least"
        bounds.append(f"{words} {option.low:g}")
    if option.high is not None:
        words = "less than" if option.open_high else "at most"
        bounds.append(f"{words} {option.high:g}")
    return bounds


def _default(option: Option) -> str | None:
    """Return the default as the language writes it, None where there is none."""
    if isinstance(option.default, Required):
        return None
    return _written(option.default)


def _written(value: OptionValue) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
        case _:
            return str(value)


def _nearby(name: str, names: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    return f"; did you mean `{near[0]}`?" if near else "; `loopc list` shows all names"
