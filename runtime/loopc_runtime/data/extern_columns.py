"""Columns that Python of the user's gives."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from loopc_runtime.data.table import Table, make_table
from loopc_runtime.errors import DataError


def declared_columns(name: str, columns: Any) -> Table:
    """Return what `extern data name` gave, arrays by the names of columns, as a table.

    Raises DataError where it is no mapping of names to arrays, for dtypes that are
    neither numbers nor text, and for unequal first axes.
    """
    who = f"`extern data {name}`"
    if not isinstance(columns, Mapping) or not columns:
        kind = f"a Python {type(columns).__name__}" if columns else "nothing"
        raise DataError(f"{who} gave {kind}: it has to return arrays by name")
    if not all(isinstance(column, str) for column in columns):
        raise DataError(f"{who} gave columns whose names are not all strings")
    arrays = {}
    for column, values in columns.items():
        try:
            arrays[column] = np.asarray(values)
        except ValueError as problem:
            raise DataError(f"{who}, column `{column}`: {problem}") from problem
    return make_table(f"extern data {name}", arrays)
