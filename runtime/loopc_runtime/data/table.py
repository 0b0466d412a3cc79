"""A Table: named columns of equal length, chosen rows, and where each came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.aligned import aligned_rows
from loopc_runtime.data.series import Series
from loopc_runtime.errors import DataError

SHOWN_NAMES = 12  # in messages that list what there is


@dataclass(frozen=True, eq=False)
class Table:
    """Columns as they were read (text is an object array of str), and the chosen rows.

    `selected` holds ascending row numbers into `base` (None: all of them), so pieces of
    one table share its memory. Percentages count `original_rows`. Where the rows are
    several `series`, those of one stand together, and `numbered` holds the row of the
    file that each row of `base` was, unless it has stayed there.
    """

    source: str
    base: Mapping[str, npt.NDArray[Any]]
    original_rows: int
    selected: npt.NDArray[np.int64] | None = None
    lines: npt.NDArray[np.int64] | None = None
    series: Series | None = None
    numbered: npt.NDArray[np.int64] | None = None

    @property
    def base_rows(self) -> int:
        return len(next(iter(self.base.values())))

    @property
    def rows(self) -> int:
        return self.base_rows if self.selected is None else len(self.selected)

    @property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Every column of the chosen rows, gathered anew at each call."""
        return {name: self.column(name) for name in self.base}

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return one column of the chosen rows, as it was read."""
        if name not in self.base:
            raise DataError(unknown_name("column", name, list(self.base), self.source))
        values = self.base[name]
        if self.selected is None:
            return values
        if values.dtype == object:
            return values[self.selected]
        return aligned_rows(values, self.selected)

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """Return one column as numbers; a cell that is none raises a DataError."""
        values = self.column(name)
        if values.dtype != object:
            return values
        numbers = parse_numbers(values.tolist())
        if numbers is None:
            raise DataError(self.describe_bad_cell(name, values.tolist()))
        return numbers

    def describe_bad_cell(self, name: str, cells: Sequence[str]) -> str:
        bad = [parse_numbers([cell]) is None for cell in cells]
        row = bad.index(True)
        cell = f'"{cells[row]}"' if cells[row].strip() else "an empty cell"
        fact = (
            f'column "{name}" holds {cell} at {self.place(row)}, which is not a number'
        )
        if sum(bad) > len(bad) // 2:
            return f'{fact}. To use words, write category(column("{name}"), over: ...).'
        return f"{fact} ({sum(bad)} in all). Fill these cells or drop their rows."

    def take(self, rows: npt.NDArray[np.int64], original_rows: int) -> "Table":
        """Return the piece with these ascending rows (counted in this table)."""
        selected = rows if self.selected is None else self.selected[rows]
        series = self.series
        if series is not None and original_rows != self.original_rows:
            series = replace(series, originally=series.lengths(selected))
        return replace(
            self, selected=selected, original_rows=original_rows, series=series
        )

    def with_column(self, name: str, values: npt.NDArray[Any]) -> "Table":
        """Return a table in which the chosen rows of this column are replaced."""
        if self.selected is None:
            return replace(self, base={**self.base, name: values})
        spread = np.zeros((self.base_rows, *values.shape[1:]), values.dtype)
        spread[self.selected] = values
        return replace(self, base={**self.base, name: spread})

    def place(self, row: int) -> str:
        """Say where a row comes from: its number in the file from 0, and its line."""
        row = row if self.selected is None else int(self.selected[row])
        line = "" if self.lines is None else f" (line {self.lines[row]})"
        row = row if self.numbered is None else int(self.numbered[row])
        return f"row {row}{line} of {self.source}"


def make_table(
    source: str,
    columns: Mapping[str, npt.NDArray[Any]],
    lines: npt.NDArray[np.int64] | None = None,
) -> Table:
    """Return a table of numeric and text columns, checked to have equal lengths."""
    if not columns:
        raise DataError(f"{source} holds no columns.")
    native = {name: native_column(source, name, a) for name, a in columns.items()}
    counts = {name: len(values) for name, values in native.items()}
    if len(set(counts.values())) > 1:
        lengths = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise DataError(
            f"{source}: columns need the same number of rows (first axis), but have "
            f"{lengths}. Put arrays of other lengths into a file of their own."
        )
    return Table(source, native, next(iter(counts.values())), lines=lines)


def native_column(source: str, name: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a read-only view in native byte order; unusable kinds are refused."""
    if values.ndim == 0:
        raise DataError(
            f'{source}: "{name}" is a single value, but a column needs an axis of rows.'
        )
    if values.dtype.kind == "U" and values.ndim == 1:
        values = values.astype(object)
    elif values.dtype.kind not in "biuf" or values.dtype.itemsize > 8:
        text = values.dtype == object and all(isinstance(v, str) for v in values.flat)
        if not (text and values.ndim == 1):
            raise DataError(
                f'{source}: "{name}" has dtype {values.dtype}; a column holds '
                "booleans, integers, floats of up to 64 bits, or one text in each row."
            )
    values = values.astype(values.dtype.newbyteorder("="), copy=False).view()
    values.flags.writeable = False
    return values


def parse_numbers(cells: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return float64 of the cells, or None where one is not a finite decimal number."""
    try:
        values = np.array(cells, dtype=np.float64)
    except ValueError:
        return None
    plain = np.isfinite(values).all() and "_" not in "".join(cells)
    return values if plain else None


def unknown_name(kind: str, name: str, known: Sequence[str], where: str) -> str:
    """Word the message for a name that is not among the known ones."""
    close = get_close_matches(name, known, n=1)
    hint = f'did you mean "{close[0]}"? ' if close else ""
    more = len(known) - SHOWN_NAMES
    listed = ", ".join(known[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f'{where} has no {kind} "{name}": {hint}it has {listed or "none"}.'
