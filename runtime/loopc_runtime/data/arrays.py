"""Columns from arrays that are already in memory."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.table import Table, make_table


def read_arrays(arrays: Mapping[str, npt.ArrayLike], name: str) -> Table:
    """Return a table of in-memory arrays; `name` is how messages speak of them.

    The arrays are not copied: they must not change while the table is used.
    Raises DataError for dtypes without numbers or text and for unequal first axes.
    """
    columns = {column: np.asarray(values) for column, values in arrays.items()}
    return make_table(name, columns)
