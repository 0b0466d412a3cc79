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
from loopc.vocabulary import entries
from loopc.vocabulary.entry import (
    AnyEntry,
    FunctionEntry,
    LayerEntry,
    LossEntry,
    Option,
    OptionValue,
    Required,
    ScheduleEntry,
    StatefulMetricEntry,
    TransformEntry,
)

DOCS = Path(__file__).resolve().parent
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
    made = {Path("diagnostics.md"): _diagnostics()}
    for name, (title, kinds, above) in PAGES.items():
        members = [(k, e) for k, e in _listed() if k in kinds]
        made[Path("reference") / f"{name}.md"] = _family(title, above, members)
    return made


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        target = DOCS / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _listed() -> list[tuple[str, AnyEntry]]:
    """Return what a program may name, with the kind under which a page lists it."""
    return [
        (_kind(kind, entry), entry)
        for kind, entry in entries()
        if not (isinstance(entry, FunctionEntry | TransformEntry) and entry.internal)
    ]


def _kind(kind: str, entry: AnyEntry) -> str:
    return "metric" if isinstance(entry, LossEntry) and entry.metric else kind


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
    parts = [f"### {entry.name}", f"    {_signature(entry)}", entry.summary]
    if entry.aliases:
        parts.append(f"Also called {_names(entry.aliases)}.")
    if entry.options:
        parts.append("\n".join(f"- {_option(option)}" for option in entry.options))
    parts.extend(_facts(entry))
    if entry.doc:
        parts.append(entry.doc)
    return "\n\n".join(parts)


def _facts(entry: AnyEntry) -> Iterator[str]:
    """Yield what entries of this kind say besides their options, a paragraph each."""
    match entry:
        case LayerEntry():
            yield from _sentences(
                (entry.random, "Draws random numbers in training."),
                (entry.coupled, "Couples the examples of a batch in training."),
            )
        case FunctionEntry():
            yield from _sentences(
                (entry.step is None, "Stands in models only."),
                (entry.model is None, "Stands in steps only."),
                (not entry.differentiable, _cut(entry.cuts)),
            )
        case LossEntry():
            yield from _sentences((not entry.differentiable, _cut(entry.cuts)))
        case StatefulMetricEntry():
            yield "Has state: stands only in `report`."
        case TransformEntry():
            yield from filter(None, [_formula(entry), *_flavors(entry)])
        case ScheduleEntry():
            yield from filter(None, [_formula(entry)])


def _formula(entry: TransformEntry | ScheduleEntry) -> str:
    return f"    {entry.mathematics}" if entry.mathematics else ""


def _flavors(entry: TransformEntry) -> Iterator[str]:
    for flavor, defaults in entry.flavors.items():
        written = [f"`{name}: {_written(value)}`" for name, value in defaults.items()]
        if written:
            yield f"With `flavor: {flavor}` the defaults are {', '.join(written)}."


def _sentences(*facts: tuple[bool, str]) -> Iterator[str]:
    said = " ".join(text for holds, text in facts if holds)
    if said:
        yield said


def _cut(why: str) -> str:
    return f"No gradient passes: {why}." if why else "No gradient passes."


def _signature(entry: AnyEntry) -> str:
    operands = _operands(entry)
    written = [_declared(option) for option in entry.options]
    if isinstance(entry, ScheduleEntry):
        return f"{entry.name}({', '.join(_schedule_arguments(entry, written))})"
    return f"{entry.name}({', '.join([*operands, *written])})"


def _operands(entry: AnyEntry) -> list[str]:
    match entry:
        case LossEntry():
            return [entry.target, entry.output]
        case StatefulMetricEntry():
            return ["target", "output"]
        case FunctionEntry(as_list=True):
            return ["[a, b, ...]"]
        case FunctionEntry(operands=(least, most)):
            names = ["a", "b", "c", "d"][:least] if least > 1 else ["x"][:least]
            more = most is None or most > least
            return [*names, *(["..."] if more else [])]
        case _:
            return []


def _schedule_arguments(entry: ScheduleEntry, written: list[str]) -> list[str]:
    if entry.arrow is not None:
        written = [f"{entry.arrow[0]} -> {entry.arrow[1]}", *written[2:]]
    if entry.time:
        duration = {"may": "[duration]", "period": "every"}.get(entry.time, "duration")
        required = [o for o in entry.options if isinstance(o.default, Required)]
        written.insert(1 if entry.arrow is not None else len(required), duration)
    if entry.watches:
        return ["eval.metric", *written]
    return ["schedule", *written] if entry.inner else written


def _declared(option: Option) -> str:
    default = _default(option)
    return option.name if default is None else f"{option.name}: {default}"


def _option(option: Option) -> str:
    kind = " or ".join(f"`{choice}`" for choice in option.choices) or option.kind
    facts = [kind, *_bounds(option)]
    facts += ["or `none`"] if option.none else []
    default = _default(option)
    facts.append("required" if default is None else f"default `{default}`")
    text = f"`{option.name}`: {', '.join(facts)}."
    return f"{text} {_sentence(option.doc)}".rstrip()


def _sentence(text: str) -> str:
    """Return a remark with a capital and a full stop, if it is one."""
    return f"{text[0].upper()}{text[1:].removesuffix('.')}." if text else ""


def _bounds(option: Option) -> Iterator[str]:
    if option.low is not None:
        yield f"{'above' if option.open_low else 'at least'} {option.low:g}"
    if option.high is not None:
        yield f"{'below' if option.open_high else 'at most'} {option.high:g}"


def _default(option: Option) -> str | None:
    """Return the default as the language writes it, None where there is none."""
    return None if isinstance(option.default, Required) else _written(option.default)


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


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


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
