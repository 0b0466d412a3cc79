"""The columns of a data file and their shapes, from its header alone.

NumPy is not imported: it takes longer than checking a program.
"""

import lzma
import re
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias
from zipfile import BadZipFile, ZipFile, ZipInfo

Shape: TypeAlias = tuple[int, ...]

HEADER_BYTES = 10_000  # as NumPy: longer ones are made to exhaust the parser
MOST_MEMBERS = 1_000
SHAPE = re.compile(rb"'shape': \(((?:\d{1,18}(?:, ?|(?=\))))*)\)")
OBJECTS = b"'|O'"  # pickled, whatever their shape: a run refuses them
GZIP = b"\x1f\x8b"
# What `zipfile` raises over wrong bytes, encryption and unknown ways of compression.
DAMAGE = (
    BadZipFile,
    EOFError,
    IndexError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)


def npz_shapes(path: Path) -> Mapping[str, Shape | None]:
    """Map the members of a NumPy archive to the shapes that their headers declare.

    None stands for what is damaged or pickled; of a file that is no archive there are
    none. OSError: it cannot be read.
    """
    with path.open("rb") as file:
        try:
            archive = ZipFile(file)
        except DAMAGE:
            return {}
        members = archive.infolist()[:MOST_MEMBERS]
        return {
            m.filename.removesuffix(".npy"): _npy_shape(archive, m) for m in members
        }


def idx_shape(path: Path) -> Shape | None:
    """The shape that an IDX file declares, plain or gzip; None if it is none."""
    with path.open("rb") as file:
        start = file.read(HEADER_BYTES)  # four bytes an axis, 255 axes at most
    if start.startswith(GZIP):
        start = _unpacked(start)
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


def _npy_shape(archive: ZipFile, member: ZipInfo) -> Shape | None:
    try:
        with archive.open(member) as file:
            start = file.read(HEADER_BYTES)
    except DAMAGE:
        return None
    if not start.startswith(b"\x93NUMPY"):
        return None
    header = start[: 12 + int.from_bytes(start[8:10], "little")]
    found = SHAPE.search(header)
    if found is None or OBJECTS in header:
        return None
    return tuple(int(size) for size in found.group(1).split(b",") if size.strip())


def _unpacked(start: bytes) -> bytes:
    """What the beginning of a gzip file holds; nothing where that is damaged."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(start, HEADER_BYTES)
    except zlib.error:
        return b""
