"""Text as numbers: the characters of a file, and the alphabet that codes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.csv_table import decoded_text
from loopc_runtime.data.files import read_data_file
from loopc_runtime.data.table import Table, make_table
from loopc_runtime.errors import DataError

SHOWN_CHARACTERS = 8


def read_characters(root: str | Path, file: str) -> Table:
    """Return the column `text` of a UTF-8 file: the code points of its characters.

    A line ends with one character, `\\n`, however the file spells it. Raises DataError
    where the file is missing, empty, or no text.
    """
    text = decoded_text(read_data_file(root, file), file)
    text = text.replace("\r\n", "\n")
    if not text:
        raise DataError(f"{file} is empty.")
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    return make_table(file, {"text": points})


@dataclass(frozen=True, eq=False)
class Alphabet:
    """Numbers the characters of a text in the order of their code points."""

    size: int
    characters: str

    @classmethod
    def fit(cls, tables: Sequence[Table], *, size: int) -> "Alphabet":
        """Collect the characters of whole files, those of every split alike.

        Raises DataError where there are more than `size`.
        """
        points = np.unique(all_characters(tables))
        characters = "".join(map(chr, points.tolist()))
        if len(characters) > size:
            sources = ", ".join(table.source for table in tables)
            raise DataError(
                f"{sources}: there are {len(characters)} different characters, but the "
                f"alphabet has room for {size}. Write alphabet: {len(characters)}, or "
                f"take out characters that you do not need, such as "
                f"{rare_characters(tables, len(characters) - size)}."
            )
        return cls(size, characters)

    def encode(self, table: Table) -> Table:
        """Return the table with codes in place of the characters: uint8, else int32."""
        points = np.array([ord(c) for c in self.characters], np.uint32)
        codes = np.searchsorted(points, table.column("text"))
        dtype = np.uint8 if self.size <= 256 else np.int32
        return table.with_column("text", codes.astype(dtype))

    def as_json(self) -> dict[str, Any]:
        return {"size": self.size, "characters": self.characters}


def rare_characters(tables: Sequence[Table], surplus: int) -> str:
    """Word the rarest characters, as many as are too many (or the first of them)."""
    points, counts = np.unique(all_characters(tables), return_counts=True)
    rarest = np.argsort(counts, kind="stable")[: min(surplus, SHOWN_CHARACTERS)]
    return ", ".join(
        f"{chr(points[i])!r} ({'once' if counts[i] == 1 else f'{counts[i]} times'})"
        for i in rarest
    )


def all_characters(tables: Sequence[Table]) -> npt.NDArray[np.uint32]:
    return np.concatenate([table.column("text") for table in tables])
