"""`loopc list` and `loopc doc`: the vocabulary of the language."""

from textwrap import fill

import click

from loopc.cli.failure import Failure
from loopc.vocabulary import entries
from loopc.vocabulary.entry import (
    AnyEntry,
    Entry,
    FunctionEntry,
    LayerEntry,
    LossEntry,
    Option,
    OptionValue,
    Required,
    StatefulMetricEntry,
    TransformEntry,
)

KINDS = ("layer", "function", "loss", "metric", "transform", "schedule")
WIDTH = 79


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS), required=False)
def list_entries(kind: str | None) -> int:
    """List the names of the language with a sentence on each, or those of one KIND."""
    chosen = [kind] if kind else KINDS
    for heading in chosen:
        members = sorted(
            (e for e in entries() if kind_of(e) == heading), key=lambda e: e.name
        )
        click.echo(f"{heading} ({len(members)})")
        width = max((len(e.name) for e in members), default=0)
        for entry in members:
            click.echo(f"  {entry.name:<{width}}  {entry.summary}")
    return 0


@click.command
@click.argument("name")
def doc(name: str) -> int:
    """Show the page of a NAME of the language: a layer, a loss, an optimizer."""
    found = [e for e in entries() if name in (e.name, *e.aliases)]
    if not found:
        raise Failure(f"the language has no `{name}`{_nearby(name)}", 2)
    click.echo("\n".join(page(entry) for entry in found), nl=False)
    return 0


def kind_of(entry: AnyEntry) -> str:
    """Return which of KINDS an entry is."""
    match entry:
        case LayerEntry():
            return "layer"
        case FunctionEntry():
            return "function"
        case LossEntry(metric=False):
            return "loss"
        case LossEntry() | StatefulMetricEntry():
            return "metric"
        case TransformEntry():
            return "transform"
        case _:
            return "schedule"


def page(entry: AnyEntry) -> str:
    """Return the page of one entry: signature, summary, parameters, paragraph."""
    lines = [f"{kind_of(entry)} {_signature(entry)}", "", fill(entry.summary, WIDTH)]
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


def _nearby(name: str) -> str:
    from difflib import get_close_matches

    names = [known for e in entries() for known in (e.name, *e.aliases)]
    near = get_close_matches(name, names, n=1)
    return f"; did you mean `{near[0]}`?" if near else "; `loopc list` shows all names"
