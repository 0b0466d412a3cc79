"""The generated pages of docs/ say what the vocabulary and the catalogue say."""

import re
from pathlib import Path

import pytest
from tests.loading import load_script

from loopc.diagnostics.catalog import catalog
from loopc.vocabulary import entries

DOCS = Path(__file__).resolve().parents[2] / "docs"


GENERATOR = load_script(DOCS / "generate.py")
PAGES = GENERATOR.pages()
ROOT = DOCS.parent


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_page_is_up_to_date(path: Path, update_golden: bool) -> None:
    """The file is what `python docs/generate.py` writes."""
    if update_golden:
        (DOCS / path).write_text(PAGES[path], encoding="utf-8")
    assert (DOCS / path).read_text(encoding="utf-8") == PAGES[path]


def test_no_page_is_left_over() -> None:
    """Every file in docs/reference is generated."""
    found = {path.relative_to(DOCS) for path in (DOCS / "reference").glob("*")}
    assert found <= set(PAGES)


def test_every_name_of_the_language_has_its_entry() -> None:
    """A layer, function, loss or transform that a program may name is documented."""
    headings = {
        h for text in PAGES.values() for h in re.findall(r"^### (\w+)$", text, re.M)
    }
    names = {
        entry.name for _, entry in entries() if not getattr(entry, "internal", False)
    }
    assert names - headings == set()


def test_every_code_is_in_the_table() -> None:
    """docs/diagnostics.md lists each code of the catalogue once, in order."""
    listed = re.findall(r"^\| (\w\d{3}) \|", PAGES[Path("diagnostics.md")], re.M)
    assert listed == list(catalog())


def test_every_complaint_names_what_exists() -> None:
    """The thirty complaints name codes of the catalogue and evidence in the tests."""
    pains = GENERATOR.pains()
    assert len(pains) == 30
    for pain in pains:
        assert set(pain["codes"]) <= set(catalog()), pain["complaint"]
        for place in pain["evidence"]:
            path, _, name = place.partition("::")
            text = (ROOT / path).read_text(encoding="utf-8")
            assert not name or f"def {name}(" in text, place
