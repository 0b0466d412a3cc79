"""Windows: examples that are several consecutive rows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.data.table import Table
from loopc_runtime.errors import DataError


@dataclass(frozen=True)
class Windows:
    """Example i is the rows i * stride to i * stride + length - 1; none is padded."""

    length: int
    stride: int

    def count(self, rows: int) -> int:
        """Return how many whole windows there are in so many rows."""
        return max(0, (rows - self.length) // self.stride + 1)

    def rows(self, examples: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """Return int64[examples, length], the rows of each example."""
        begins = np.asarray(examples, np.int64) * self.stride
        return begins[:, None] + np.arange(self.length)

    def covering(self, rows: int) -> npt.NDArray[np.int32]:
        """Return as few examples, ascending, as hold every row that any example holds.

        Examples that leave rows out between them are all returned.
        """
        last = self.count(rows) - 1
        apart = max(1, self.length // self.stride)
        return np.append(np.arange(0, last, apart), last).astype(np.int32)


def gathered(
    columns: Mapping[str, tf.Tensor], examples: tf.Tensor, windows: Windows | None
) -> dict[str, tf.Tensor]:
    """Return the columns of int32[batch] examples, with an axis of rows for windows.

    For compiled code: rows are gathered by computed index.
    """
    if windows is not None:
        begins = examples[:, None] * windows.stride
        examples = begins + tf.range(windows.length)
    return {name: tf.gather(column, examples) for name, column in columns.items()}


def host_gathered(
    column: npt.NDArray[Any], examples: npt.NDArray[np.int32], windows: Windows | None
) -> npt.NDArray[Any]:
    """Return one column of the examples, as `gathered` does, on the host."""
    rows = examples if windows is None else windows.rows(examples)
    return np.take(column, rows, axis=0)


def example_count(split: str, table: Table, windows: Windows | None) -> int:
    """Return how many examples a table gives; none at all is an error of the data."""
    if table.rows == 0:
        raise DataError(f"{split} is empty: {table.source} gives it no rows.")
    if windows is None:
        return table.rows
    count = windows.count(table.rows)
    if count == 0:
        raise DataError(
            f"{split} has {table.rows} rows of {table.source}, fewer than one window "
            f"of {windows.length}. Use shorter windows, or give it more rows."
        )
    return count
