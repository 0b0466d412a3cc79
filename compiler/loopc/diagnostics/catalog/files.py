"""Codes about the bytes of a file, found before there is a program."""

from loopc.diagnostics.catalog.entry import CatalogEntry
from loopc.diagnostics.model import Severity

ENTRIES = (
    CatalogEntry(
        code="E190",
        slug="not-utf8",
        severity=Severity.ERROR,
        title="the file is not UTF-8 text",
        meaning=(
            "A `.loop` file is text in UTF-8. This one holds bytes that no UTF-8 text"
            " has: it was saved in another encoding (Latin-1, UTF-16), or it is no text"
            " at all, such as an archive or a checkpoint. The diagnostic names the"
            " first such byte."
        ),
        wrong="",
        right="",
    ),
)
