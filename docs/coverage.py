"""Write docs/coverage.md: what other libraries name, and where it is in the language.

    python docs/coverage.py

The tables are in `docs/coverage/*.toml`. A row is `name = "KIND ENTRY, KIND ENTRY;
remark"`; KIND is one of `loopc list`, or `language` for words of docs/language.md. What
the language does not have stands under `absent`, with the reason. Tests follow every
row, and compare the tables of a `module` with what that module holds.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "coverage.md"
ABOVE = """# Coverage

<!-- Written by docs/coverage.py from docs/coverage/. -->

What other libraries have by name, and where it is in the language. Where something is
an expression or a declaration instead of a name, the row says which; what is absent has
its reason. Tests hold every row to the vocabulary and, for libraries that are installed
with the tests, the list of names to the library. Gradient transforms and optimizers
have [a page of their own](coverage_transforms.md)."""


def tables() -> list[dict[str, Any]]:
    """Return the tables in the order of their files."""
    paths = sorted((DOCS / "coverage").glob("*.toml"))
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in paths]


def meant(row: str) -> tuple[list[tuple[str, str]], str]:
    """Return the entries that a row names, each with its kind, and its remark."""
    named, _, remark = row.partition(";")
    pairs = [part.strip().split(" ", 1) for part in _parts(named)]
    return [(kind, entry) for kind, entry in pairs], remark.strip()


def _parts(named: str) -> list[str]:
    """Split at commas, but not within words of the language reference."""
    return [named] if named.startswith("language ") else named.split(",")


def page() -> str:
    """Return the text of docs/coverage.md."""
    return "\n\n".join([ABOVE, _summary(), *_sections()]) + "\n"


def _summary() -> str:
    lines = ["| | names | in the language | absent |", "|---|--:|--:|--:|"]
    for table in tables():
        has = sum(len(group.get("rows", {})) for group in table["group"])
        gone = sum(len(group.get("absent", {})) for group in table["group"])
        lines.append(f"| {table['title']} | {has + gone} | {has} | {gone} |")
    return "\n".join(lines)


def _sections() -> Iterator[str]:
    for table in tables():
        yield f"## {table['title']}"
        yield table["about"]
        for group in table["group"]:
            yield f"### {group['title']}"
            if "rows" in group:
                yield _has(group["rows"])
            if "absent" in group:
                yield _absent(group["absent"])


def _has(rows: dict[str, str]) -> str:
    lines = ["| name | here | |", "|---|---|---|"]
    for name, row in rows.items():
        entries, remark = meant(row)
        here = ", ".join(_shown(kind, entry) for kind, entry in entries)
        lines.append(f"| {_cell(name)} | {here} | {_cell(remark)} |")
    return "\n".join(lines)


def _shown(kind: str, entry: str) -> str:
    if kind == "language":
        return f"[the language](language.md): {_cell(entry.lstrip('# '))}"
    return f"`{entry}` ({kind})"


def _absent(rows: dict[str, str]) -> str:
    lines = ["| absent | why |", "|---|---|"]
    lines += [f"| {_cell(name)} | {_cell(why)} |" for name, why in rows.items()]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "&#124;")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
