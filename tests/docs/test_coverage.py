"""docs/coverage.md says of other libraries' names what the vocabulary has."""

import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.loading import load_script

from loopc.vocabulary.constructs import constructs
from loopc.vocabulary.described import listed_entries

DOCS = Path(__file__).resolve().parents[2] / "docs"


PAGE = load_script(DOCS / "coverage.py")
TABLES: list[dict[str, Any]] = PAGE.tables()
GROUPS = [pytest.param(g, id=g["title"]) for t in TABLES for g in t["group"]]


def test_the_page_is_up_to_date(update_golden: bool) -> None:
    """The file is what `python docs/coverage.py` writes."""
    if update_golden:
        PAGE.main()
    assert PAGE.PAGE.read_text(encoding="utf-8") == PAGE.page()


def known() -> set[tuple[str, str]]:
    """Return what a row may name: kinds with names and aliases."""
    listed = {
        (kind, name)
        for kind, entry in listed_entries()
        for name in (entry.name, *entry.aliases)
    }
    return listed | {(made.kind, made.name) for made in constructs()}


@pytest.mark.parametrize("group", GROUPS)
def test_rows_name_what_there_is(group: dict[str, Any]) -> None:
    """Every row leads to an entry of the vocabulary or to words of the reference."""
    words = (DOCS / "language.md").read_text(encoding="utf-8")
    there = known()
    for name, row in group.get("rows", {}).items():
        for kind, entry in PAGE.meant(row)[0]:
            found = entry in words if kind == "language" else (kind, entry) in there
            assert found, f"{name}: {kind} {entry}"


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_absent_has_a_reason(group: dict[str, Any]) -> None:
    """A name is there or absent, not both, and a reason is a sentence's worth."""
    gone = group.get("absent", {})
    assert not set(gone) & set(group.get("rows", {}))
    assert all(len(why.split()) >= 4 for why in gone.values())


def public(module: ModuleType) -> set[str]:
    """Return one name for each public function or class of a module.

    Keras exports classes as snake-case functions too, and some under several names: of
    those that are one object the first counts, of classes with functions the classes.
    """
    held = {n: getattr(module, n) for n in dir(module) if not n.startswith("_")}
    classes = {n: v for n, v in held.items() if inspect.isclass(v)}
    chosen = classes or {n: v for n, v in held.items() if callable(v)}
    if not module.__name__.startswith("keras"):
        chosen = {n: v for n, v in held.items() if callable(v)}
    return set(chosen) - {"get", "serialize", "deserialize"}


LISTED = [p for p in GROUPS if "module" in p.values[0]]


@pytest.mark.parametrize("group", LISTED)
def test_tables_list_what_the_library_has(group: dict[str, Any]) -> None:
    """Each public name of the module, or an alias of it, stands in the table."""
    module = importlib.import_module(group["module"])
    listed = {**group.get("rows", {}), **group.get("absent", {})}
    objects = {id(getattr(module, name, None)) for name in listed}
    missing = {n for n in public(module) if id(getattr(module, n)) not in objects}

    assert missing == set()
    assert [name for name in listed if not hasattr(module, name)] == []
