"""Collecting findings, the texts behind their spans, and the catalogue of codes."""

import re
from collections import Counter

from loopc.diagnostics.catalog import all_entries, catalog, find_entry
from loopc.diagnostics.model import Diagnostic, Diagnostics, Label, Severity
from loopc.diagnostics.sources import Sources
from loopc.source import Source, Span


def finding(start: int, severity: Severity = Severity.WARNING) -> Diagnostic:
    """Return a finding of one code point."""
    return Diagnostic(
        code="E101" if severity is Severity.ERROR else "W601",
        slug="x",
        severity=severity,
        title="x",
        labels=(Label(Span(start, start + 1)),),
    )


def test_findings_come_back_by_place_each_once() -> None:
    """The order of finding does not matter, and repeating one adds nothing."""
    found = Diagnostics()
    found.extend([finding(3), finding(1), finding(3), finding(2)])

    assert [d.span.start for d in found] == [1, 2, 3]


def test_limit_never_drops_an_error_for_a_warning() -> None:
    """A hundred warnings before an error leave the error to be seen."""
    found = Diagnostics(limit=2)
    found.extend([finding(1), finding(2), finding(3), finding(4, Severity.ERROR)])

    assert [d.span.start for d in found] == [1, 4]


def test_span_is_located_in_the_text_it_belongs_to() -> None:
    """Ends of texts belong to the text that ends, and spans never leave their text."""
    one, two = Source("abc", "one"), Source("de", "two")
    sources = Sources((one, two))

    assert sources.bases == (0, 4)
    places = [sources.locate(Span(s, e)) for s, e in [(1, 2), (3, 3), (4, 5), (5, 99)]]
    assert [(place.source.name, place.span) for place in places] == [
        ("one", Span(1, 2)),
        ("one", Span(3, 3)),
        ("two", Span(0, 1)),
        ("two", Span(1, 2)),
    ]


def test_every_code_is_well_formed() -> None:
    """Severity letter, three digits; a slug of words; a title that stands alone."""
    for code, entry in catalog().items():
        letter = "E" if entry.severity is Severity.ERROR else "W"
        assert re.fullmatch(letter + r"[1-6]\d\d", code), code
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.slug), code
        assert len(entry.title) <= 60, code
        assert not entry.title.endswith("."), code
        assert entry.meaning.endswith("."), code


def test_codes_and_slugs_are_unique() -> None:
    """A code and a slug name one defect for good."""
    entries = list(all_entries())
    names = [name for entry in entries for name in (entry.code, entry.slug)]

    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_entry_is_found_by_code_and_by_slug() -> None:
    """Both names of a defect lead to its page, in any case; others lead nowhere."""
    entry = catalog()["E190"]

    assert find_entry("e190") is entry
    assert find_entry("not-utf8") is entry
    assert find_entry("E999") is None
