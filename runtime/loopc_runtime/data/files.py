"""Reading the bytes of a data file, plain or gzip, with failures told in sentences."""

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO

from loopc_runtime.data.table import unknown_name
from loopc_runtime.errors import DataError

PIECE_BYTES = 2**20


def read_data_file(root: str | Path, file: str) -> bytes | bytearray:
    """Return the content of `file` below `root`, decompressed where it is gzip."""
    path = Path(root) / file
    try:
        with path.open("rb") as stream:
            zipped = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            return gunzipped(stream, file) if zipped else stream.read()
    except FileNotFoundError:
        raise DataError(missing_file(path)) from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def gunzipped(stream: BinaryIO, file: str) -> bytearray:
    """Return the decompressed content, which is never held twice."""
    content = bytearray()
    try:
        with gzip.open(stream) as pieces:
            while piece := pieces.read(PIECE_BYTES):
                content += piece
        return content
    except EOFError:
        raise DataError(
            f"{file} ends in the middle of its gzip data: fetch or copy it again."
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"{file} is damaged gzip data ({error}): fetch or copy it again."
        ) from None


def missing_file(path: Path) -> str:
    """Word the message for a file that is not there, with the names that are."""
    remedy = "Put it there, or name the folder that it is in."
    if not path.parent.is_dir():
        return f"{path} does not exist: there is no folder {path.parent}. {remedy}"
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    if path.name in names or not names:
        return f"{path} does not exist: its folder holds no such file. {remedy}"
    here = path.parent == Path(".")
    folder = "The current folder" if here else str(path.parent)
    return f"{unknown_name('file', path.name, names, folder)} {remedy}"
