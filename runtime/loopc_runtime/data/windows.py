"""Windows: examples that are several consecutive rows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.data.table import Table
from loopc_runtime.errors import DataError


@dataclass(frozen=True)
class Windows:
    """Example i is `length` rows that begin at row i * stride; none is padded.

    Where the rows are several series, `series` holds how many rows each has. Windows
    begin anew with each of them, and none reaches into the next.
    """

    length: int
    stride: int
    series: tuple[int, ...] = ()

    def count(self, rows: int) -> int:
        """Return how many whole windows there are in so many rows."""
        return sum(self._counts(rows))

    def rows(self, examples: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """Return int64[examples, length], the rows of each example."""
        begins = np.asarray(examples, np.int64) * self.stride
        if self.series:
            last, shift = self._places()
            begins += shift[np.searchsorted(last, examples)]
        return begins[:, None] + np.arange(self.length)

    def gathered_rows(self, examples: tf.Tensor) -> tf.Tensor:
        """Return int32[batch, length], as `rows` does, in compiled code."""
        begins = examples * self.stride
        if self.series:
            last, shift = self._places()
            number = tf.searchsorted(tf.constant(last, tf.int32), examples)
            begins += tf.gather(tf.constant(shift, tf.int32), number)
        return begins[:, None] + tf.range(self.length)

    def covering(self, rows: int) -> npt.NDArray[np.int32]:
        """Return as few examples, ascending, as hold every row that any example holds.

        Examples that leave rows out between them are all returned.
        """
        apart, before, found = max(1, self.length // self.stride), 0, []
        for count in self._counts(rows):
            if count:
                found.append(np.arange(before, before + count - 1, apart))
                found.append(np.array([before + count - 1]))
            before += count
        return np.concatenate(found).astype(np.int32)

    def _counts(self, rows: int) -> list[int]:
        """Return how many windows each series has, or the rows where they are one."""
        lengths = self.series or (rows,)
        return [max(0, (n - self.length) // self.stride + 1) for n in lengths]

    def _places(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the last example of each series, and how far on its rows begin."""
        counts = np.array(self._counts(0), np.int64)
        lengths = np.array(self.series, np.int64)
        ends: npt.NDArray[np.int64] = np.cumsum(counts)
        rows_before: npt.NDArray[np.int64] = np.cumsum(lengths) - lengths
        return ends - 1, rows_before - (ends - counts) * self.stride


def gathered(
    columns: Mapping[str, tf.Tensor], examples: tf.Tensor, windows: Windows | None
) -> dict[str, tf.Tensor]:
    """Return the columns of int32[batch] examples, with an axis of rows for windows.

    For compiled code: rows are gathered by computed index.
    """
    rows = examples if windows is None else windows.gathered_rows(examples)
    return {name: tf.gather(column, rows) for name, column in columns.items()}


def host_gathered(
    column: npt.NDArray[Any], examples: npt.NDArray[np.int32], windows: Windows | None
) -> npt.NDArray[Any]:
    """Return one column of the examples, as `gathered` does, on the host."""
    rows = examples if windows is None else windows.rows(examples)
    return np.take(column, rows, axis=0)


def windows_within(table: Table, windows: Windows | None) -> Windows | None:
    """Return the windows of a table, which stay within its series."""
    if windows is None or table.series is None:
        return windows
    lengths = table.series.lengths(table.selected)
    return replace(windows, series=tuple(lengths[lengths > 0].tolist()))


def example_count(split: str, table: Table, windows: Windows | None) -> int:
    """Return how many examples a table gives; none at all is an error of the data.

    So is a series that is shorter than a window.
    """
    if table.rows == 0:
        raise DataError(f"{split} is empty: {table.source} gives it no rows.")
    if windows is None:
        return table.rows
    count = windows.count(table.rows)
    if table.series is not None:
        verify_long_enough(split, table, windows)
    if count == 0:
        raise DataError(
            f"{split} has {table.rows} rows of {table.source}, fewer than one window "
            f"of {windows.length}. Use shorter windows, or give it more rows."
        )
    return count


def verify_long_enough(split: str, table: Table, windows: Windows) -> None:
    """Raise a DataError that names the first series without a window."""
    assert table.series is not None
    lengths = table.series.lengths(table.selected)
    short = np.flatnonzero((lengths > 0) & (lengths < windows.length))
    if short.size:
        first = int(short[0])
        others = f", and {short.size - 1} more have too few" if short.size > 1 else ""
        raise DataError(
            f'{split}: the series "{table.series.names[first]}" has {lengths[first]} '
            f"rows of {table.source}, fewer than one window of {windows.length}"
            f"{others}. Use shorter windows, leave such series out, or give the split "
            "more of their rows."
        )
