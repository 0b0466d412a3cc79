"""Write the generated pages: one per family of the vocabulary, and the diagnostics.

    python docs/generate.py

A test compares the pages with what this would write.
"""

import tomllib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from loopc.diagnostics.catalog import catalog
from loopc.diagnostics.catalog.entry import CatalogEntry
from loopc.vocabulary.described import (
    bounds_of,
    default_of,
    facts_of,
    listed_entries,
    mathematics_of,
    signature,
)
from loopc.vocabulary.entry import AnyEntry, Option

DOCS = Path(__file__).resolve().parent
RECIPES = DOCS / "recipes"
PAINS = DOCS / "pains.toml"
ORIGIN = "<!-- Written by docs/generate.py. -->"

# file: (title, kinds, what stands above the entries)
PAGES = {
    "layers": (
        "Layers",
        ("layer",),
        "Layers stand in a `model` or a `layer`. `dense(10)` constructs an instance"
        " with weights of its own, `dense(10)(x)` and `x |> dense(10)` apply it."
        " Names, options and defaults are those of Keras.",
    ),
    "functions": (
        "Functions",
        ("function",),
        "Functions have no weights. They stand in steps, models and fields, and work"
        " on the axes of one example: the batch is never an axis. `mean`, `total` and"
        " the random draws are described in the [language reference](../language.md).",
    ),
    "losses": (
        "Losses",
        ("loss",),
        "A loss takes a target and an output and stays per example; under `minimize`"
        " and `report` it stands for its mean over the batch.",
    ),
    "metrics": (
        "Metrics",
        ("metric",),
        "A metric takes a target and an output. One with state stands only in"
        " `report`.",
    ),
    "transforms": (
        "Gradient transforms",
        ("transform",),
        "Transforms are chained with `|>`, in the order in which the gradient flows,"
        " after `using` or in a `transform` declaration. An optimizer is a transform"
        " that ends in a step size.",
    ),
    "schedules": (
        "Schedules",
        ("schedule",),
        "Pieces of a schedule, joined by `then`. `t` counts steps from the beginning"
        " of the piece and stops at `T`, its duration. Where `every` stands the"
        " duration is a period, and the piece goes on for ever.",
    ),
    "options": (
        "Activations, initializers, regularizers and constraints",
        ("activation", "initializer", "regularizer", "constraint"),
        "What options of layers may name, as a bare word, with its defaults:"
        " `dense(64, kernel_initializer: he_normal)`. `none` is the word for nothing.",
    ),
}


def pages() -> dict[Path, str]:
    """Return every generated page by its path below `docs/`."""
    made = {Path("diagnostics.md"): _diagnostics(), Path("recipes.md"): _recipes()}
    for name, (title, kinds, above) in PAGES.items():
        members = [(k, e) for k, e in listed_entries() if k in kinds]
        made[Path("reference") / f"{name}.md"] = _family(title, above, members)
    return made


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        target = DOCS / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")


# ----------------------------------------------------------------- the vocabulary


def _family(title: str, above: str, members: list[tuple[str, AnyEntry]]) -> str:
    parts = [f"# {title}", ORIGIN, above]
    for heading, group in groupby(sorted(members, key=_order), key=_heading):
        parts.append(f"## {heading}" if heading else "")
        parts.extend(_entry(kind, entry) for kind, entry in group)
    return "\n\n".join(filter(None, parts)) + "\n"


def _order(member: tuple[str, AnyEntry]) -> tuple[str, str]:
    return _heading(member), member[1].name


def _heading(member: tuple[str, AnyEntry]) -> str:
    kind, entry = member
    if kind in PAGES["options"][1]:
        return f"{kind.capitalize()}s"
    return entry.family.replace("_", " ").capitalize()


def _entry(kind: str, entry: AnyEntry) -> str:
    parts = [f"### {entry.name}", f"    {signature(entry)}", entry.summary]
    if entry.aliases:
        parts.append(f"Also called {_names(entry.aliases)}.")
    if entry.options:
        parts.append("\n".join(f"- {_option(option)}" for option in entry.options))
    parts.append("\n".join(f"    {line}" for line in mathematics_of(entry)))
    parts.extend(facts_of(entry))
    if entry.doc:
        parts.append(entry.doc)
    return "\n\n".join(filter(None, parts))


def _option(option: Option) -> str:
    kind = " or ".join(f"`{choice}`" for choice in option.choices) or option.kind
    facts = [kind, *bounds_of(option)]
    facts += ["or `none`"] if option.none else []
    default = default_of(option)
    facts.append("required" if default is None else f"default `{default}`")
    text = f"`{option.name}`: {', '.join(facts)}."
    return f"{text} {_sentence(option.doc)}".rstrip()


def _sentence(text: str) -> str:
    """Return a remark with a capital and a full stop, if it is one."""
    return f"{text[0].upper()}{text[1:].removesuffix('.')}." if text else ""


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# -------------------------------------------------------------------- the recipes


RECIPES_ABOVE = (
    "Whole programs for what people ask for again and again, each as short as its"
    " algorithm. They are files of `docs/recipes`, on data that is in the repository"
    " (`loopc train docs/recipes/swa.loop --data samples/data`); a test checks them"
    " all and runs them for a few steps. The [samples](../samples/README.md) reach a"
    " result, and are not repeated here: mixup, distillation, mean teacher and"
    " FixMatch, SimCLR, prototypes, fine-tuning in stages, adversarial images, WGAN,"
    " MAML and others."
)
RECIPE_FAMILIES = {
    "Optimizing": ("swa", "large_batch", "muon", "early_stopping", "ensemble"),
    "Losses and examples": (
        *("focal", "quantiles", "triplets", "self_paced", "co_teaching", "pgd"),
    ),
    "Networks that teach each other": ("moco", "byol", "domains", "r1"),
    "Several objectives": ("auto_lambda", "moml", "forum", "mgda_ub", "representation"),
}


def _recipes() -> str:
    parts = ["# Recipes", ORIGIN, RECIPES_ABOVE]
    for family, names in RECIPE_FAMILIES.items():
        parts.append(f"## {family}")
        parts.extend(_recipe(RECIPES / f"{name}.loop") for name in names)
    return "\n\n".join(parts) + "\n"


def _recipe(path: Path) -> str:
    """Return the title and the remark that a program begins with, and the program."""
    text = path.read_text(encoding="utf-8")
    remark, _, program = text.partition("\n\n")
    title, *lines = [line.removeprefix("#").strip() for line in remark.splitlines()]
    about = "\n".join(lines).strip()
    program = f"# {path.name}\n\n{program.strip()}"
    return f"### {title}\n\n{about}\n\n```loop\n{program}\n```"


# ---------------------------------------------------------------- the diagnostics


DIAGNOSTICS_ABOVE = (
    "Every finding has a code that never changes its meaning. `loopc explain CODE`"
    " prints the page of one: what it means, a wrong program, a right one. Errors (E)"
    " stop the compiler; warnings and advice (W) do not, and `# loopc: allow(CODE)"
    " reason` on a line, or alone on the line above it, silences one."
)
PAINS_ABOVE = (
    "Complaints that are made again and again about custom training loops, and whether"
    " they can still happen. The tests that show each are named in `docs/pains.toml`."
)
FAMILIES = {
    "E1": "Text and syntax",
    "E2": "Names",
    "E3": "Values and units",
    "E4": "Shapes, types and gradients",
    "E5": "Schedules and clocks",
    "W6": "Warnings and advice",
}


def _diagnostics() -> str:
    parts = ["# Diagnostics", ORIGIN, DIAGNOSTICS_ABOVE]
    for prefix, group in groupby(catalog().values(), key=lambda e: e.code[:2]):
        parts.append(f"## {FAMILIES[prefix]}")
        head = ["| code | name | what it says |", "|---|---|---|"]
        parts.append("\n".join([*head, *map(_row, group)]))
    return "\n\n".join([*parts, *_pains()]) + "\n"


def _pains() -> Iterator[str]:
    """Yield the table of what goes wrong elsewhere, and what becomes of it here."""
    yield "## What goes wrong in loops written by hand"
    yield PAINS_ABOVE
    rows = ["| | complaint | here | codes |", "|--:|---|---|---|"]
    for number, pain in enumerate(pains(), 1):
        cells = [
            str(number),
            pain["complaint"],
            pain["answer"],
            ", ".join(pain["codes"]),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    yield "\n".join(rows)


def pains() -> list[dict[str, Any]]:
    """Return the entries of docs/pains.toml."""
    entries: list[dict[str, Any]] = tomllib.loads(PAINS.read_text("utf-8"))["pain"]
    return entries


def _row(entry: CatalogEntry) -> str:
    title = entry.title.replace("|", "\\|")
    kind = "" if entry.severity.value == "error" else f" ({entry.severity.value})"
    return f"| {entry.code} | `{entry.slug}` | {title}{kind} |"


if __name__ == "__main__":
    main()
