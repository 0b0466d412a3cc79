"""Pieces of a table: by percentage, count or fold; at random, by class, at the end."""

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.carve_series import (
    last_of_each,
    rows_of_series,
    wanted_series,
)
from loopc_runtime.data.permutation import permutation, permutation_keys
from loopc_runtime.data.series import Series
from loopc_runtime.data.table import Table
from loopc_runtime.errors import DataError


def carve(
    table: Table,
    *,
    percent: float | None = None,
    count: int | None = None,
    last_percent: float | None = None,
    last_count: int | None = None,
    fold: tuple[int, int] | None = None,
    by: str | None = None,
    seed: int | None = None,
    name: str,
) -> tuple[Table, Table]:
    """Return the piece `name` of a table and the rows that remain, both in file order.

    Exactly one of the sizes is given. Percentages count the rows the table had before
    anything was carved out of it, and round down. `last_*` takes the rows at the end;
    the others choose by a permutation keyed with `seed` and `name`. `by` names a column
    whose values keep their proportions (largest remainders, so that the size is exact).
    `fold` (i, n) takes part i of n; the n parts are disjoint and cover the table. Of a
    table of several series, `last_*` takes the end of each, and the others take whole
    series and count these.
    Raises DataError where the piece would be empty or larger than what is left.
    """
    given = [percent, count, last_percent, last_count, fold]
    if sum(size is not None for size in given) != 1:
        raise TypeError("carve needs exactly one of percent, count, last_* and fold")
    series = table.series
    if last_percent is not None or last_count is not None:
        if series is not None:
            rows = last_of_each(table, series, last_percent, last_count, name)
            return parted(table, rows, name)
        wanted = wanted_rows(table, last_percent, last_count, name)
        return parted(table, np.arange(table.rows - wanted, table.rows), name)
    if seed is None:
        raise TypeError("carve needs a seed, except for last_percent and last_count")
    if series is not None:
        rows = whole_series(table, series, percent, count, fold, seed, name)
        return parted(table, rows, name)
    order = permutation(table.rows, permutation_keys(seed, f"carve {name}", 0))
    classes = None if by is None else class_numbers(table, by)
    if fold is not None:
        return parted(table, fold_rows(order, classes, fold), name)
    wanted = wanted_rows(table, percent, count, name)
    if classes is None:
        return parted(table, order[:wanted], name)
    return parted(table, stratified_rows(order, classes, wanted), name)


def whole_series(
    table: Table,
    series: Series,
    percent: float | None,
    count: int | None,
    fold: tuple[int, int] | None,
    seed: int,
    name: str,
) -> npt.NDArray[np.int64]:
    """Return the rows of series that are taken as a whole, chosen at random."""
    left = np.flatnonzero(series.lengths(table.selected)).astype(np.int32)
    order = left[permutation(len(left), permutation_keys(seed, f"carve {name}", 0))]
    if fold is not None:
        return rows_of_series(table, series, fold_rows(order, None, fold))
    wanted = wanted_series(table, series, len(left), percent, count, name)
    return rows_of_series(table, series, order[:wanted])


def rest_of(table: Table, name: str) -> Table:
    """Return what remains of a table as a piece whose percentages begin anew."""
    if table.rows == 0:
        raise DataError(f"{name}: nothing remains of {table.source}.")
    return table.take(np.arange(table.rows), table.rows)


def wanted_rows(
    table: Table, percent: float | None, count: int | None, name: str
) -> int:
    """Return the size of a piece after checking that the table still holds it."""
    if percent is None:
        wanted, spoken = int(count or 0), f"{count} rows"
    else:
        wanted = int(Fraction(str(percent)) * table.original_rows / 100)
        spoken = f"{percent:g}% of {table.original_rows} rows ({wanted})"
    if not 0 <= wanted <= table.rows:
        raise DataError(
            f"{name}: {spoken} of {table.source} are asked for, but only {table.rows} "
            "are left. Take fewer."
        )
    return wanted


def parted(table: Table, chosen: npt.NDArray[Any], name: str) -> tuple[Table, Table]:
    """Return the chosen rows and the others, each in ascending order."""
    if chosen.size == 0:
        raise DataError(
            f"{name}: the piece of {table.source} would be empty, since {table.rows} "
            "rows are left to take it from. Take more."
        )
    inside = np.zeros(table.rows, np.bool_)
    inside[chosen] = True
    taken = table.take(np.flatnonzero(inside), chosen.size)
    return taken, table.take(np.flatnonzero(~inside), table.original_rows)


def class_numbers(table: Table, by: str) -> npt.NDArray[np.int64]:
    """Return int64[rows], equal where the values of column `by` are equal."""
    values = table.column(by)
    if values.ndim != 1:
        raise DataError(
            f'{table.source}: rows are to keep the proportions of column "{by}", but '
            f"it holds arrays of shape {list(values.shape[1:])}. Name a label column."
        )
    if values.dtype == object:
        numbers = {text: number for number, text in enumerate(sorted(set(values)))}
        return np.array([numbers[text] for text in values], np.int64)
    return np.asarray(np.unique(values, return_inverse=True)[1], np.int64)


def stratified_rows(
    order: npt.NDArray[np.int32], classes: npt.NDArray[np.int64], wanted: int
) -> npt.NDArray[np.int32]:
    """Return `wanted` rows in which every class keeps its share to within one row."""
    sizes = np.bincount(classes)
    quotas, remainders = np.divmod(sizes * wanted, max(len(order), 1))
    largest = np.argsort(-remainders, kind="stable")[: wanted - quotas.sum()]
    quotas[largest] += 1
    grouped, position = grouped_by_class(order, classes)
    return grouped[position < quotas[classes[grouped]]]


def fold_rows(
    order: npt.NDArray[np.int32],
    classes: npt.NDArray[np.int64] | None,
    fold: tuple[int, int],
) -> npt.NDArray[np.int32]:
    """Return part i of n: every n-th row of the order, class after class."""
    index, parts = fold
    if not 0 <= index < parts:
        raise DataError(f"fold {index} of {parts} does not exist: count from 0.")
    grouped = order if classes is None else grouped_by_class(order, classes)[0]
    return grouped[index::parts]


def grouped_by_class(
    order: npt.NDArray[np.int32], classes: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Return the rows class after class, and the position of each within its class."""
    grouped = order[np.argsort(classes[order], kind="stable")]
    sizes = np.bincount(classes)
    begins = np.cumsum(sizes) - sizes
    return grouped, np.arange(len(order)) - begins[classes[grouped]]
