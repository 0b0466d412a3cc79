"""Reading the bytes of a data file, plain or gzip, with failures told in sentences."""

import gzip
import zlib
from pathlib import Path

from loopc_runtime.data.table import unknown_name
from loopc_runtime.errors import DataError


def read_data_file(root: str | Path, file: str) -> bytes:
    """Return the content of `file` below `root`, decompressed where it is gzip."""
    path = Path(root) / file
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(missing_file(path)) from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    return gunzipped(content, file) if content[:2] == b"\x1f\x8b" else content


def gunzipped(content: bytes, file: str) -> bytes:
    try:
        return gzip.decompress(content)
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
