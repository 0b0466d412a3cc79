"""Tables of several series: their rows put together, and pieces of them."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.series import Series
from loopc_runtime.data.table import Table
from loopc_runtime.errors import DataError


def in_series(table: Table, column: str) -> Table:
    """Return a table whose rows are series, one for each value of a column.

    The rows of one series stand together, in the order of the file; so do the series,
    by their first rows. Raises DataError where the column holds no single value in each
    row.
    """
    values = table.column(column)
    if values.ndim != 1:
        raise DataError(
            f'{table.source}: column "{column}" is to tell series apart, but it holds '
            f"arrays of shape {list(values.shape[1:])}. Name one of single values."
        )
    texts = values.astype(str)
    _, first, inverse = np.unique(texts, return_index=True, return_inverse=True)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    numbers = place[inverse]
    names = tuple(str(texts[row]) for row in np.sort(first))
    if (np.diff(numbers) < 0).any():
        order = np.argsort(numbers, kind="stable")
        table, numbers = reordered(table, order), numbers[order]
    counts = np.bincount(numbers, minlength=len(names))
    return replace(table, series=Series(column, names, numbers, counts))


def reordered(table: Table, order: npt.NDArray[np.int64]) -> Table:
    """Return a table, all of whose rows are chosen, in another order."""
    return replace(
        table,
        base={name: values[order] for name, values in table.base.items()},
        lines=None if table.lines is None else table.lines[order],
        numbered=order,
    )


def last_of_each(
    table: Table,
    series: Series,
    percent: float | None,
    count: int | None,
    name: str,
) -> npt.NDArray[np.int64]:
    """Return the rows (of the table) at the end of each series that has rows left.

    Raises DataError where that is nothing of one of them, or more than is left.
    """
    lengths = series.lengths(table.selected)
    ends = np.cumsum(lengths)
    chosen = []
    for number in np.flatnonzero(lengths):
        rows, wanted = int(lengths[number]), count
        if wanted is None:
            wanted = share_of(int(series.originally[number]), percent)
        if not 1 <= wanted <= rows:
            raise DataError(
                f"{name}: the last {spoken(percent, count)} of the series "
                f'"{series.names[number]}" of {table.source} would be {wanted} of the '
                f"{rows} rows that are left of it. Leave this series out, or take "
                "another amount."
            )
        chosen.append(np.arange(ends[number] - wanted, ends[number]))
    return np.concatenate(chosen) if chosen else np.empty(0, np.int64)


def wanted_series(
    table: Table,
    series: Series,
    left: int,
    percent: float | None,
    count: int | None,
    name: str,
) -> int:
    """Return how many of the `left` series a piece takes; DataError for none."""
    wanted = int(count or 0)
    if count is None:
        wanted = share_of(int(np.count_nonzero(series.originally)), percent)
    if not 1 <= wanted <= left:
        raise DataError(
            f"{name}: {spoken(percent, count)} of the series of {table.source} would "
            f"be {wanted}, of {left} that are left. Take another amount."
        )
    return wanted


def rows_of_series(
    table: Table, series: Series, chosen: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """Return the rows (of the table) of whole series."""
    numbers = series.numbers
    numbers = numbers if table.selected is None else numbers[table.selected]
    return np.flatnonzero(np.isin(numbers, chosen))


def share_of(whole: int, percent: float | None) -> int:
    """Return a percentage of a count, rounded down."""
    return int(Fraction(str(percent)) * whole / 100)


def spoken(percent: float | None, count: int | None) -> str:
    return f"{count}" if percent is None else f"{percent:g}%"
