"""Codes about the bytes of files: of the program, and the headers of its data."""

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
    CatalogEntry(
        code="E580",
        slug="column-shape",
        severity=Severity.ERROR,
        title="a column of the data has another shape than its field",
        meaning=(
            "The header of a data file says that an example of a column has other axes"
            " than the field declares: images of 28 x 28, say, where a field is"
            " `f32[28, 28, 1]`. Nothing is reshaped silently. `check`, `plan` and"
            " `train` look at the headers of the npz, idx and csv files that are there."
        ),
        wrong="",
        right="",
    ),
    CatalogEntry(
        code="E581",
        slug="no-such-column",
        severity=Severity.ERROR,
        title="the data file has no column of this name",
        meaning=(
            "A field without `=` is the column of its own name; `column(...)` reads"
            " another. The file, as it lies there, has none that is called so."
        ),
        wrong="",
        right="",
    ),
)
