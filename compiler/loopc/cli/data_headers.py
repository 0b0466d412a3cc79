"""The columns of a data file and their shapes, from its header alone.

Neither NumPy nor `zipfile` is imported: both take longer than checking a program.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, TypeAlias

Shape: TypeAlias = tuple[int, ...]

HEADER_BYTES = 10_000  # as NumPy: longer ones are made to exhaust the parser
MOST_MEMBERS = 1_000
LAST_BYTES = 65_557  # an end record with the longest comment
SHAPE = re.compile(rb"'shape': \(((?:\d{1,18}(?:, ?|(?=\))))*)\)")
OBJECTS = b"'|O'"  # pickled, whatever their shape: a run refuses them
DEFLATED = 8
GZIP = b"\x1f\x8b"


def npz_shapes(path: Path) -> Mapping[str, Shape | None]:
    """Map the members of a NumPy archive to the shapes that their headers declare.

    None stands for what is damaged, pickled, or behind 4 GiB; of a file that is no
    archive there are none. OSError: it cannot be read.
    """
    with path.open("rb") as file:
        members = list(_members(file))
        return {name: _npy_shape(file, offset) for name, offset in members}


def idx_shape(path: Path) -> Shape | None:
    """The shape that an IDX file declares, plain or gzip; None if it is none."""
    with path.open("rb") as file:
        start = file.read(HEADER_BYTES)  # four bytes an axis, 255 axes at most
    if start.startswith(GZIP):
        start = _inflated(start, 16 + zlib.MAX_WBITS)
    if len(start) < 4 or start[:2] != b"\0\0" or len(start) < 4 + 4 * start[3]:
        return None
    sizes = range(4, 4 + 4 * start[3], 4)
    return tuple(int.from_bytes(start[i : i + 4], "big") for i in sizes)


def csv_columns(path: Path, separator: str) -> list[str]:
    """The names in the header line of a CSV file; none where it is too long."""
    from csv import Error, reader

    with path.open("rb") as file:
        line = file.readline(HEADER_BYTES)
    try:
        text = line.decode("utf-8-sig")
        names = next(reader([text], delimiter=separator, strict=True), [])
    except (UnicodeDecodeError, Error):
        return []
    return [name.strip() for name in names] if line.endswith(b"\n") else []


def _members(file: BinaryIO) -> Iterator[tuple[str, int]]:
    """Yield the members of an archive and where each begins, from its directory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - LAST_BYTES))
    end = file.read()
    record = end[end.rfind(b"PK\5\6") :] if b"PK\5\6" in end else b""
    if len(record) < 22:
        return
    file.seek(_number(record, 16, 4))
    directory = file.read(min(_number(record, 12, 4), size))
    place = 0
    for _ in range(min(_number(record, 10, 2), MOST_MEMBERS)):
        entry = directory[place : place + 46]
        if len(entry) < 46 or not entry.startswith(b"PK\1\2"):
            return
        name = directory[place + 46 : place + 46 + _number(entry, 28, 2)]
        yield name.decode("utf-8", "replace").removesuffix(".npy"), _number(
            entry, 42, 4
        )
        place += 46 + sum(_number(entry, at, 2) for at in (28, 30, 32))


def _npy_shape(file: BinaryIO, offset: int) -> Shape | None:
    file.seek(offset)
    local = file.read(30)
    if len(local) < 30 or not local.startswith(b"PK\3\4"):
        return None
    file.seek(_number(local, 26, 2) + _number(local, 28, 2), 1)
    start = file.read(HEADER_BYTES)
    if _number(local, 8, 2) == DEFLATED:
        start = _inflated(start, -zlib.MAX_WBITS)
    if not start.startswith(b"\x93NUMPY"):
        return None
    found = SHAPE.search(start, 0, 128 + _number(start, 8, 2))
    if found is None or OBJECTS in start:
        return None
    return tuple(int(size) for size in found.group(1).split(b",") if size.strip())


def _inflated(start: bytes, bits: int) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(start, HEADER_BYTES)
    except zlib.error:
        return b""


def _number(record: bytes, at: int, size: int) -> int:
    return int.from_bytes(record[at : at + size], "little")
