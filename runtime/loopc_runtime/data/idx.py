"""Columns from IDX files (the format of MNIST), plain or gzip."""

from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.files import read_data_file
from loopc_runtime.data.table import Table, make_table
from loopc_runtime.errors import DataError

IDX_DTYPES = {
    0x08: "u1",
    0x09: "i1",
    0x0B: ">i2",
    0x0C: ">i4",
    0x0D: ">f4",
    0x0E: ">f8",
}


def read_idx(root: str | Path, /, **files: str) -> Table:
    """Return a table with one column for each keyword, read from the IDX file it names.

    Raises DataError where a file is missing, no IDX file, cut short or too long.
    """
    columns = {name: idx_array(root, file) for name, file in files.items()}
    return make_table(", ".join(files.values()), columns)


def idx_array(root: str | Path, file: str) -> npt.NDArray[Any]:
    """Return the array of one IDX file: two zero bytes, dtype, axes, sizes, values."""
    content = read_data_file(root, file)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in IDX_DTYPES:
        raise DataError(
            f"{file} is not an IDX file: it begins with {content[:4].hex(' ')}, where "
            "two zero bytes, a dtype code and the number of axes belong."
        )
    dtype, axes = np.dtype(IDX_DTYPES[content[2]]), content[3]
    start = 4 + 4 * axes
    if axes == 0 or len(content) < start:
        raise DataError(f"{file} is no IDX file with rows: its header has no sizes.")
    shape = [int(size) for size in np.frombuffer(content, ">u4", axes, offset=4)]
    declared, present = prod(shape) * dtype.itemsize, len(content) - start
    if declared != present:
        wrong = "is cut short" if present < declared else "is too long"
        raise DataError(
            f"{file} {wrong}: its header declares {declared} bytes of values (shape "
            f"{shape}), {present} follow. Fetch or copy it again."
        )
    return np.frombuffer(content, dtype, offset=start).reshape(shape)
