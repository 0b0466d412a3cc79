"""Columns from arrays that are already in memory."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.table import Table, make_table, unknown_name
from loopc_runtime.errors import DataError


def read_arrays(
    arrays: Mapping[str, Mapping[str, npt.ArrayLike]] | None, name: str
) -> Table:
    """Return the arrays given under `name`, column by column, as a table.

    They are not copied: they must not change while the table is used.
    Raises DataError where nothing is given under that name, for dtypes that are neither
    numbers nor text, and for unequal first axes.
    """
    if name not in (arrays or {}):
        given = unknown_name("entry", name, list(arrays or {}), "The argument arrays")
        raise DataError(f'{given} Pass arrays={{"{name}": {{"column": values, ...}}}}.')
    columns = (arrays or {})[name]
    return make_table(
        f'arrays["{name}"]', {c: np.asarray(values) for c, values in columns.items()}
    )
