"""`loopc list` and `loopc doc`: the names of the language."""

from collections.abc import Sequence
from textwrap import fill
from typing import TypeAlias

import click

from loopc.cli.failure import Failure
from loopc.vocabulary.constructs import Construct, constructs
from loopc.vocabulary.described import (
    bounds_of,
    default_of,
    facts_of,
    listed_entries,
    mathematics_of,
    signature,
)
from loopc.vocabulary.entry import AnyEntry, Option

Named: TypeAlias = AnyEntry | Construct

KINDS = (
    "declaration", "statement", "data", "form",
    "layer", "function", "loss", "metric", "transform", "schedule",
    "activation", "initializer", "regularizer", "constraint",
)  # fmt: skip
WIDTH = 79
INDENT = "    "


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
    """Show the page of a NAME of the language: a statement, a layer, an optimizer."""
    listed = _listed()
    found = [(kind, e) for kind, e in listed if name in _names(e)]
    if not found:
        raise _unknown(name, [one for _, one in listed])
    click.echo("\n".join(page(kind, named) for kind, named in found), nl=False)
    return 0


def _listed() -> list[tuple[str, Named]]:
    """Return what has a page, each with one of KINDS."""
    return [*((one.kind, one) for one in constructs()), *listed_entries()]


def _names(named: Named) -> tuple[str, ...]:
    also = () if isinstance(named, Construct) else named.aliases
    return (named.name, *also)


def page(kind: str, named: Named) -> str:
    """Return the page of one name: how it is written, what it does, its arithmetic."""
    if isinstance(named, Construct):
        lines = _construct(kind, named)
    else:
        lines = _entry(kind, named)
    return "".join(f"{line}\n" for line in lines)


def _construct(kind: str, construct: Construct) -> list[str]:
    lines = [f"{kind} {construct.name}", ""]
    lines += [f"    {form}" for form in construct.written]
    lines += ["", fill(construct.summary, WIDTH)]
    if construct.doc:
        lines += ["", fill(construct.doc, WIDTH)]
    section = construct.section.replace("`", "")
    return [*lines, "", f"More: docs/language.md, section {section}."]


def _entry(kind: str, entry: AnyEntry) -> list[str]:
    lines = [f"{kind} {signature(entry)}", "", fill(entry.summary, WIDTH)]
    if entry.aliases:
        lines += ["", f"Also: {', '.join(entry.aliases)}"]
    if entry.options:
        lines += ["", *map(_parameter, entry.options)]
    if mathematics_of(entry):
        lines += ["", *map(_formula, mathematics_of(entry))]
    for paragraph in (*facts_of(entry), entry.doc):
        lines += ["", fill(paragraph, WIDTH)] if paragraph else []
    return lines


def _formula(text: str) -> str:
    return fill(text, WIDTH, initial_indent=INDENT, subsequent_indent=2 * INDENT)


def _parameter(option: Option) -> str:
    default = default_of(option)
    kind = " or ".join(option.choices) or option.kind
    facts = [kind, *bounds_of(option)]
    if default is None:
        facts.append("required")
    text = ". ".join(filter(None, [f"{option.name}: {', '.join(facts)}", option.doc]))
    return fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _unknown(name: str, listed: Sequence[Named]) -> Failure:
    """What is said of no name of the language: a near one, or who speaks of it."""
    from loopc.cli.mentions import mentions
    from loopc.vocabulary import suggest, written_here
    from loopc.vocabulary.elsewhere import CALLED_HERE

    missing = f"the language has no `{name}`"
    if written_here(name):
        return Failure(f"{missing}; {written_here(name)}", 2)
    known = [known for one in listed for known in _names(one)]
    near, word = suggest(name, known), CALLED_HERE.get(name.lower(), name)
    details = [] if word in known else mentions(word, listed)
    if details:
        called = "it" if word == name else f"`{word}`"
        return Failure(missing, 2, [f"{called} is {line}" for line in details])
    help = f"did you mean `{near}`?" if near else "`loopc list` shows all names"
    return Failure(f"{missing}; {help}", 2)
