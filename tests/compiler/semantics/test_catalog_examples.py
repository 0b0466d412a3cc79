"""The examples of the catalogue: the wrong ones are found out, the right ones sound."""

import pytest

from loopc.diagnostics.catalog import catalog
from loopc.diagnostics.catalog.entry import CatalogEntry
from loopc.diagnostics.model import Diagnostic, Severity
from loopc.driver import check_source

FAMILIES = ("E199", "E2", "E3", "E4", "E5", "W60", "W61")
OURS = [
    entry
    for entry in catalog().values()
    if entry.wrong and entry.code.startswith(FAMILIES)
]


def findings(text: str) -> list[Diagnostic]:
    return list(check_source(text).diagnostics)


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.code)
def test_the_wrong_example_shows_the_defect(entry: CatalogEntry) -> None:
    """The wrong example has the finding, with the catalogue's slug and severity."""
    found = [d for d in findings(entry.wrong) if d.code == entry.code]
    assert [(d.slug, d.severity) for d in found[:1]] == [(entry.slug, entry.severity)]


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.code)
def test_the_right_example_is_sound(entry: CatalogEntry) -> None:
    """The right example has neither the finding nor any error."""
    found = list(findings(entry.right))
    assert [d.title for d in found if d.severity is Severity.ERROR] == []
    assert entry.code not in {d.code for d in found}


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.code)
def test_the_wrong_example_has_no_other_error(entry: CatalogEntry) -> None:
    """One defect is one finding: nothing else is complained of because of it."""
    errors = [d for d in findings(entry.wrong) if d.severity is Severity.ERROR]
    assert {d.code for d in errors} <= {entry.code}
