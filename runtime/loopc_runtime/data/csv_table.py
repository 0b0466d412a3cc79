"""Columns from separated text: numbers where every cell is one, text otherwise."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.files import read_data_file
from loopc_runtime.data.table import Table, make_table, parse_numbers
from loopc_runtime.errors import DataError

CSV_BLOCK_ROWS = 256  # few live objects: larger blocks spend their time in gc

# Cells are kept joined, a block at a time: a byte for each character, not an object.
_CELL_END = "\0"
_BAD_INTEGER = re.compile(r"[^0-9\-\0]|(?:^|\0)(?:-?0[0-9]|-0)")
_EXACT_INTEGERS = 2**53


def read_csv(
    root: str | Path, file: str, *, separator: str = ",", header: bool = True
) -> Table:
    """Return the columns of a UTF-8 text file with one record in each line.

    Cells may be quoted by ". A column of plain integers is int64, of other finite
    numbers float64; any other column is text and says so when it is used as numbers.
    Without a header the columns are named column_1, column_2, ... Blank lines are
    skipped. Raises DataError where the file is missing, no text, or badly formed.
    """
    text = decoded_text(read_data_file(root, file), file)
    records = csv_records(text, file, separator)
    first = next(records, None)
    if first is None:
        raise DataError(f"{file} is empty.")
    names = header_names(first[1], file) if header else numbered_names(first[1])
    lines: list[int] = []
    joined: list[list[str]] = [[] for _ in names]
    if not header:
        records = csv_records(text, file, separator)
    while block := list(islice(records, CSV_BLOCK_ROWS)):
        verify_widths(block, names, file)
        lines.extend(line for line, _ in block)
        cells = zip(*(record for _, record in block), strict=True)
        for pieces, column in zip(joined, cells, strict=True):
            pieces.append(_CELL_END.join(column))
    columns = [typed_column(pieces) for pieces in joined]
    places = np.array(lines, np.int64)
    return make_table(file, dict(zip(names, columns, strict=True)), places)


def decoded_text(content: bytes | bytearray, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{file} is not UTF-8 text at line {line}: save it in that encoding."
        ) from None
    if "\0" in text:
        raise DataError(f"{file} holds zero bytes: it is not a text file.")
    return text


def csv_records(
    text: str, file: str, separator: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the line each record begins on and its cells; blank lines are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for record in reader:
            if record:
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{file} is badly formed in the record that begins on line {begins}: "
            f"{error}."
        ) from None


def header_names(cells: Sequence[str], file: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DataError(f'{file} names the column "{twice[0]}" twice: rename one.')
    return names


def numbered_names(cells: Sequence[str]) -> list[str]:
    return [f"column_{number}" for number, _ in enumerate(cells, start=1)]


def verify_widths(
    block: Sequence[tuple[int, list[str]]], names: Sequence[str], file: str
) -> None:
    for line, cells in block:
        if len(cells) != len(names):
            raise DataError(
                f"{file}, line {line}, has {len(cells)} cells where there are "
                f"{len(names)} columns: a cell is missing, or holds the separator "
                "without quotes."
            )


def typed_column(pieces: Sequence[str]) -> npt.NDArray[Any]:
    """Return int64 or float64 where all cells are numbers, otherwise their text.

    Integers that int64 or a float64 on the way would not hold exactly, or that are
    spelled in a way that their value forgets (007), stay text: they may be names.
    """
    numbers: list[npt.NDArray[Any]] = []
    for piece in pieces:
        values = parse_numbers(piece.split(_CELL_END))
        if values is None or forgets_spelling(piece, values):
            return text_column(pieces)
        numbers.append(values)
    if not numbers:
        return np.empty(0, np.float64)
    values = np.concatenate(numbers)
    whole = not any(_BAD_INTEGER.search(piece) for piece in pieces)
    return values.astype(np.int64) if whole else values


def forgets_spelling(piece: str, values: npt.NDArray[np.float64]) -> bool:
    """Whether cells that look like integers cannot be told from their values."""
    if re.fullmatch(r"[0-9+\-\0]*", piece) is None:
        return False
    return bool(_BAD_INTEGER.search(piece) or np.abs(values).max() >= _EXACT_INTEGERS)


def text_column(pieces: Sequence[str]) -> npt.NDArray[Any]:
    """Return an object array of str; equal cells share one object."""
    seen: dict[str, str] = {}
    cells = [seen.setdefault(c, c) for piece in pieces for c in piece.split(_CELL_END)]
    column = np.empty(len(cells), object)
    column[:] = cells
    return column
