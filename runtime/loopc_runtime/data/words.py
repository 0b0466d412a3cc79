"""Words of a text column as codes, by a vocabulary that was read or fitted."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loopc_runtime.data.csv_table import decoded_text
from loopc_runtime.data.files import read_data_file
from loopc_runtime.data.fitted import category_texts
from loopc_runtime.data.table import Table
from loopc_runtime.errors import DataError

PADDING = -1  # behind the last word of a row: no word's code


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Numbers the words of a column; those it does not hold are `unknown`."""

    column: str
    size: int
    unknown: int | None
    words: tuple[str, ...]

    @classmethod
    def read(
        cls,
        root: str | Path,
        file: str,
        column: str,
        *,
        size: int,
        unknown: int | None = None,
    ) -> "Vocabulary":
        """Read a UTF-8 file with one word a line; the first line's word has code 0.

        Raises DataError for a word that stands twice, for a line that is no word, and
        where there are more words than codes. `unknown` may be the code of a word.
        """
        lines = decoded_text(read_data_file(root, file), file).splitlines()
        if len(lines) > size:
            raise DataError(
                f"{file} has {len(lines)} words, but class({size}) has {size} codes. "
                f"Declare class({len(lines)})."
            )
        first: dict[str, int] = {}
        for number, word in enumerate(lines, start=1):
            if word.split() != [word]:
                raise DataError(
                    f'{file}, line {number}: "{word}" is not one word. Write one word '
                    "a line, without blanks."
                )
            if first.setdefault(word, number) != number:
                raise DataError(
                    f'{file} holds "{word}" twice, on lines {first[word]} and '
                    f"{number}. Remove one."
                )
        return cls(column, size, unknown, tuple(lines))

    @classmethod
    def fit(
        cls, table: Table, column: str, *, size: int, unknown: int | None = None
    ) -> "Vocabulary":
        """Take the most frequent words, in that order; `unknown` is no word's code.

        Words that are as frequent stand in the order of the alphabet. Raises DataError
        where some are left out and there is no code for them.
        """
        counts = Counter(w for text in word_texts(table, column) for w in text.split())
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        if unknown is None and len(ranked) > size:
            raise DataError(
                f'column "{column}" of {table.source} has {len(ranked)} different '
                f"words, but class({size}) has {size} codes. Declare "
                f"class({len(ranked)}), or name a code for the rest: unknown: 0."
            )
        room = size - (unknown is not None)
        words = ranked[:room]
        if unknown is not None and unknown <= len(words):
            words.insert(unknown, "")  # the place of what is unknown
        return cls(column, size, unknown, tuple(words))

    def encode(self, table: Table, *, shortest: int, longest: int) -> Table:
        """Return the table with int32[longest] codes in place of each text.

        Behind the last word stands -1. Raises DataError for rows that are shorter or
        longer, and for unknown words where they have no code.
        """
        codes = {word: code for code, word in enumerate(self.words)}
        missing = PADDING if self.unknown is None else self.unknown
        encoded = np.full((table.rows, longest), PADDING, np.int32)
        for row, text in enumerate(word_texts(table, self.column)):
            words = text.split()
            if not shortest <= len(words) <= longest:
                raise DataError(self.wrong_length(table, row, words, shortest, longest))
            found = [codes.get(word, missing) for word in words]
            if PADDING in found:
                word = words[found.index(PADDING)]
                raise DataError(self.unknown_word(table, row, word))
            encoded[row, : len(found)] = found
        return table.with_column(self.column, encoded)

    def wrong_length(
        self, table: Table, row: int, words: list[str], shortest: int, longest: int
    ) -> str:
        """Word the message for a row of too few or too many words."""
        allowed = f"{shortest} to {longest}" if shortest < longest else f"{longest}"
        return (
            f'column "{self.column}" has {len(words)} words at {table.place(row)}, '
            f"where {allowed} are declared. Change the axis, or leave the row out."
        )

    def unknown_word(self, table: Table, row: int, word: str) -> str:
        """Word the message for a word without a code."""
        return (
            f'column "{self.column}" holds "{word}" at {table.place(row)}, which is '
            "not in the vocabulary. Name a code for such words: "
            "words(..., unknown: 0)."
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "size": self.size,
            "unknown": self.unknown,
            "words": list(self.words),
        }


def word_texts(table: Table, column: str) -> list[str]:
    """Return a column as text; numbers are words too."""
    values = table.column(column)
    if values.dtype == object:
        return [str(value) for value in values]
    return category_texts(table, column)
