"""`loopc explain`: what a code means, an example of it, and what to write instead."""

import click

from loopc.cli.failure import Failure
from loopc.diagnostics.catalog import catalog, find_entry
from loopc.diagnostics.catalog.entry import CatalogEntry

WIDTH = 79


@click.command
@click.argument("code", required=False)
def explain(code: str | None) -> int:
    """Explain a CODE such as E201, or list all codes."""
    if code is None:
        for entry in catalog().values():
            click.echo(f"{entry.code}  {entry.title}")
        return 0
    found = find_entry(code)
    if found is None:
        raise Failure(f"there is no code `{code}`{_nearby(code)}", 2)
    click.echo(page(found), nl=False)
    return 0


def page(entry: CatalogEntry) -> str:
    """Return the page of one code."""
    from textwrap import fill, indent

    kind = f"{entry.severity.value}[{entry.code}]"
    parts = [
        f"{kind}: {entry.title} ({entry.slug})\n",
        fill(entry.meaning, WIDTH) + "\n",
    ]
    if entry.wrong:
        parts.append("Wrong:\n\n" + indent(entry.wrong.strip("\n"), "    ") + "\n")
    if entry.right:
        parts.append("Right:\n\n" + indent(entry.right.strip("\n"), "    ") + "\n")
    return "\n".join(parts)


def _nearby(code: str) -> str:
    from difflib import get_close_matches

    slugs = {entry.slug: entry.code for entry in catalog().values()}
    names = [*catalog(), *slugs]
    wanted = code.upper() if code[:1].upper() in "EW" else code
    near = get_close_matches(wanted, names, n=1) or get_close_matches(code, names, n=1)
    return f"; did you mean `{near[0]}`?" if near else "; `loopc explain` lists all"
