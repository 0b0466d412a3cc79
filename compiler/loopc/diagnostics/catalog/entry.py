"""The shape of a catalogue entry: all that `loopc explain CODE` says about a code."""

from loopc.diagnostics.model import Severity
from loopc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """One code: `meaning` is a paragraph, `wrong` shows the defect, `right` the remedy.

    `wrong` and `right` are `.loop` texts, complete enough to compile where the code is
    about a program, and empty where it is about something else (a file, a command).
    """

    code: str
    slug: str
    severity: Severity
    title: str
    meaning: str
    wrong: str
    right: str


def catalog_entry(
    code: str,
    slug: str,
    title: str,
    meaning: str,
    wrong: str,
    right: str,
    severity: Severity | None = None,
) -> CatalogEntry:
    """An entry whose severity is that of its code's letter, unless it is given."""
    lettered = Severity.ERROR if code.startswith("E") else Severity.WARNING
    return CatalogEntry(
        code=code,
        slug=slug,
        severity=severity or lettered,
        title=title,
        meaning=meaning,
        wrong=wrong,
        right=right,
    )
