"""Columns from a NumPy .npz archive; pickled members are never loaded."""

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from loopc_runtime.data.files import read_data_file
from loopc_runtime.data.table import Table, make_table
from loopc_runtime.errors import DataError

LONGEST_REASON = 80

# What zipfile raises, depending on which byte is wrong.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    NotImplementedError,
    struct.error,
)


def brief(error: BaseException) -> str:
    """Return what an error says, without the bytes of the file that it may quote."""
    text = str(error).split(" b'")[0].split(' b"')[0]
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}..."


def read_npz(root: str | Path, file: str) -> Table:
    """Return the arrays of an .npz file as columns; their first axis counts the rows.

    Raises DataError where the file is missing, damaged, pickled, or of unequal lengths.
    """
    content = io.BytesIO(read_data_file(root, file))
    try:
        with zipfile.ZipFile(content) as archive:
            infos = archive.infolist()
            columns = {
                info.filename.removesuffix(".npy"): npz_member(archive, info, file)
                for info in infos
            }
    except DAMAGE as error:
        raise DataError(
            f"{file} is no intact .npz archive ({brief(error)}): fetch or write it "
            "again."
        ) from None
    return make_table(file, columns)


def npz_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str
) -> npt.NDArray[Any]:
    """Return one member as an array, after its checksum and its length are proved."""
    where = f'{file}: member "{info.filename}"'
    try:
        content = archive.read(info)
    except NotImplementedError as error:  # an unknown way of compression
        raise DataError(f"{where} cannot be unpacked: {error}.") from None
    except DAMAGE as error:
        raise DataError(
            f"{where} is damaged or cut short ({brief(error)}): fetch or write it "
            "again."
        ) from None
    except RuntimeError as error:  # encrypted
        raise DataError(f"{where} cannot be unpacked: {error}.") from None
    return npy_array(content, where)


def npy_array(content: bytes, where: str) -> npt.NDArray[Any]:
    """Return the array in the bytes of an .npy file, without copying its data."""
    stream = io.BytesIO(content)
    try:
        shape, fortran_order, dtype = npy_header(stream)
    except (ValueError, EOFError) as error:
        raise DataError(f"{where} is not a NumPy array: {error}") from None
    if dtype.hasobject:
        raise DataError(
            f"{where} holds Python objects, which are pickled; such files can run code "
            "and are refused. Save it as a numeric or text array."
        )
    count = int(np.prod(shape, dtype=object))
    present = len(content) - stream.tell()
    if present != count * dtype.itemsize:
        raise DataError(
            f"{where} declares {count} values of {dtype} ({count * dtype.itemsize} "
            f"bytes) but holds {present} bytes: fetch or write it again."
        )
    flat = np.frombuffer(content, dtype, count, offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran_order else "C")


def npy_header(stream: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return the shape, the order and the dtype that an .npy header declares."""
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    return np.lib.format.read_array_header_2_0(stream)
