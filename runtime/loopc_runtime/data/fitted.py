"""What is measured on one split and used on all: standardization, category codes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.data.table import Table
from loopc_runtime.errors import DataError


@dataclass(frozen=True, eq=False)
class Standardizer:
    """Shifts and scales columns to mean 0 and standard deviation 1 over fitted rows.

    The deviation is that of the population (divided by the count), in float64.
    """

    columns: tuple[str, ...]
    vectors: tuple[bool, ...]  # whether a row of the column has an axis of its own
    mean: npt.NDArray[np.float64]
    deviation: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, table: Table, columns: Sequence[str]) -> "Standardizer":
        """Measure columns of shape [rows] or [rows, n] of a table.

        Raises DataError for cells that are no finite numbers, and for a constant
        column: its deviation of zero divides nothing, and it tells a model nothing.
        """
        if table.rows == 0:
            raise DataError(f"{table.source} gives no rows to standardize over.")
        parts = [standardizable(table, column) for column in columns]
        values = np.concatenate(parts, axis=1)
        mean, deviation = values.mean(axis=0), values.std(axis=0)
        owners = [c for c, part in zip(columns, parts, strict=True) for _ in part[0]]
        for index in np.flatnonzero(np.ptp(values, axis=0) == 0)[:1]:
            raise DataError(
                f'column "{owners[index]}" of {table.source} is {values[0, index]:g} '
                f"in each of the {table.rows} rows it is standardized over: it has no "
                "deviation to divide by. Leave the column out."
            )
        vectors = tuple(table.column(column).ndim > 1 for column in columns)
        return cls(tuple(columns), vectors, mean, deviation)

    def __call__(self, columns: dict[str, tf.Tensor]) -> tf.Tensor:
        """Return f32[batch, n], the columns side by side in the order of the fit.

        Windows of rows become f32[batch, length, n].
        """
        parts = [tf.cast(columns[name], tf.float32) for name in self.columns]
        flat = [
            part if vector else part[..., None]
            for part, vector in zip(parts, self.vectors, strict=True)
        ]
        mean = tf.constant(self.mean, tf.float32)
        deviation = tf.constant(self.deviation, tf.float32)
        return (tf.concat(flat, axis=-1) - mean) / deviation

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": list(self.columns),
            "mean": self.mean.tolist(),
            "deviation": self.deviation.tolist(),
        }


def standardizable(table: Table, name: str) -> npt.NDArray[np.float64]:
    """Return a column as float64[rows, n], all of it finite."""
    values = table.numbers(name).astype(np.float64)
    if values.ndim > 2:
        raise DataError(
            f'column "{name}" of {table.source} holds arrays of shape '
            f"{list(values.shape[1:])}; only numbers and vectors are standardized."
        )
    finite = np.isfinite(values)
    if not finite.all():
        row, *_ = np.unravel_index(int((~finite).argmax()), values.shape)
        raise DataError(
            f'column "{name}" holds {values[~finite][0]} at {table.place(int(row))}, '
            "so it cannot be standardized. Fill such values or drop their rows."
        )
    return values.reshape(len(values), -1)


@dataclass(frozen=True, eq=False)
class Categories:
    """Numbers the values of a column in their order; unseen ones are `unknown`."""

    column: str
    size: int
    unknown: int | None
    values: tuple[str, ...]

    @classmethod
    def fit(
        cls, table: Table, column: str, *, size: int, unknown: int | None = None
    ) -> "Categories":
        """Collect the values of a text or integer column; `unknown` is no value's code.

        Raises DataError where there are more values than codes.
        """
        values = sorted_categories(category_texts(table, column))
        room = size if unknown is None else size - 1
        if unknown is not None and not 0 <= unknown < size:
            raise DataError(f"the unknown code {unknown} is outside 0 to {size - 1}.")
        if len(values) > room:
            reserved = "" if unknown is None else ", one of them for unknown values"
            raise DataError(
                f'column "{column}" of {table.source} has {len(values)} different '
                f"values in the fitted rows, but class({size}) has {size} codes"
                f"{reserved}. Declare class({len(values) + size - room})."
            )
        return cls(column, size, unknown, tuple(values))

    @property
    def codes(self) -> dict[str, int]:
        """The code of each value: the codes in order, without the unknown one."""
        free = (code for code in range(self.size) if code != self.unknown)
        return dict(zip(self.values, free, strict=False))

    def encode(self, table: Table) -> Table:
        """Return the table with int32 codes in place of the column's values.

        Raises DataError for a value that was not fitted where there is no unknown code.
        """
        codes, texts = self.codes, category_texts(table, self.column)
        missing = -1 if self.unknown is None else self.unknown
        encoded = np.array([codes.get(text, missing) for text in texts], np.int32)
        if self.unknown is None and (encoded < 0).any():
            row = int((encoded < 0).argmax())
            raise DataError(
                f'column "{self.column}" holds "{texts[row]}" at {table.place(row)}, '
                f"which is none of the {len(self.values)} values of the fitted rows. "
                "Name a code for such values: category(..., unknown: 0)."
            )
        return table.with_column(self.column, encoded)

    def as_json(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "size": self.size,
            "unknown": self.unknown,
            "values": list(self.values),
        }


def category_texts(table: Table, column: str) -> list[str]:
    """Return the values of a text or integer column as text: 7 and "7" are the same."""
    values = table.column(column)
    if values.ndim != 1:
        raise DataError(
            f'column "{column}" of {table.source} holds arrays of shape '
            f"{list(values.shape[1:])}; a category is one value in each row."
        )
    if values.dtype.kind == "f":
        whole = np.isfinite(values) & (np.trunc(values) == values)
        if not whole.all():
            row = int((~whole).argmax())
            raise DataError(
                f'column "{column}" holds {values[row]} at {table.place(row)}; '
                "categories are words or whole numbers."
            )
        values = values.astype(np.int64)
    return [str(value) for value in values.tolist()]


def sorted_categories(texts: list[str]) -> list[str]:
    """Return the different texts in order: by number where all are, else as text."""
    different = set(texts)
    if all(re.fullmatch("-?[0-9]{1,18}", text) for text in different):
        return sorted(different, key=lambda text: (int(text), text))
    return sorted(different)
