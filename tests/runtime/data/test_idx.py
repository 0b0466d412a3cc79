"""IDX files: all dtypes, plain and gzip, and one sentence for each kind of damage."""

import gzip
import struct

import numpy as np
import pytest

from loopc_runtime.data.idx import read_idx
from loopc_runtime.errors import DataError

CODES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def idx(array, code=0x08):
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    values = array.astype(CODES[code]).tobytes()
    return bytes([0, 0, code, array.ndim]) + sizes + values


def refusal(root, content):
    (root / "x.idx").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_idx(root, x="x.idx")
    return str(caught.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("code", CODES)
def test_all_dtypes_are_read(tmp_path, code, pack):
    """Each dtype comes out with its values in native byte order, gzip or not."""
    array = np.arange(24).reshape(2, 3, 4)
    (tmp_path / "x.idx").write_bytes(pack(idx(array, code)))
    column = read_idx(tmp_path, x="x.idx").column("x")

    assert np.array_equal(column, array)
    assert column.dtype == np.dtype(CODES[code]).newbyteorder("=")


def test_every_keyword_is_a_column(tmp_path):
    """Any keyword, `root` and `self` too, names a column."""
    for name in ("images", "labels", "root", "self"):
        (tmp_path / name).write_bytes(idx(np.arange(3)))
    table = read_idx(tmp_path, image="images", label="labels", root="root", self="self")

    assert list(table.columns) == ["image", "label", "root", "self"]
    assert table.rows == table.original_rows == 3
    assert table.place(2) == "row 2 of images, labels, root, self"


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (b"", ""),
        (b"\0\0", "00 00"),
        (b"\1\0\x08\1\0\0\0\1\0", "01 00 08 01"),
        (b"\0\0\x07\1\0\0\0\1\0", "00 00 07 01"),
        (b"PK\3\4rest", "50 4b 03 04"),
    ],
)
def test_a_wrong_magic_number_is_shown(tmp_path, content, begins):
    """A file that is no IDX file is told with the bytes it begins with."""
    assert refusal(tmp_path, content) == (
        f"x.idx is not an IDX file: it begins with {begins}, where two zero bytes, a "
        "dtype code and the number of axes belong."
    )


@pytest.mark.parametrize("content", [b"\0\0\x08\0", b"\0\0\x08\3\0\0\0\1\0\0\0\2"])
def test_a_header_without_sizes_is_refused(tmp_path, content):
    """No axes, or fewer sizes than axes, make no rows."""
    assert refusal(tmp_path, content) == (
        "x.idx is no IDX file with rows: its header has no sizes."
    )


def test_missing_values_are_counted(tmp_path):
    """A file that ends early is told with both sizes."""
    assert refusal(tmp_path, idx(np.zeros((2, 3)))[:-1]) == (
        "x.idx is cut short: its header declares 6 bytes of values (shape [2, 3]), 5 "
        "follow. Fetch or copy it again."
    )


def test_extra_values_are_counted(tmp_path):
    """A file that goes on after its values is not what its header says."""
    assert refusal(tmp_path, idx(np.zeros(4)) + b"\0").startswith(
        "x.idx is too long: its header declares 4 bytes of values (shape [4]), 5"
    )


def test_truncated_gzip_is_noticed(tmp_path):
    """A gzip file that ends early is refused wherever it is cut."""
    whole = gzip.compress(idx(np.arange(200) % 7))
    for length in range(2, len(whole), 5):
        reason = refusal(tmp_path, whole[:length])

        assert reason.startswith("x.idx ends in the middle of its gzip data")


def test_damaged_gzip_is_noticed(tmp_path):
    """A gzip file with a flipped bit is refused."""
    whole = bytearray(
        gzip.compress(idx(np.random.default_rng(0).integers(0, 255, 500)))
    )
    whole[100] ^= 1

    assert refusal(tmp_path, bytes(whole)).startswith("x.idx is damaged gzip data (")


def test_unequal_files_are_refused(tmp_path):
    """Images and labels of different number do not make a table."""
    (tmp_path / "a").write_bytes(idx(np.zeros((3, 2))))
    (tmp_path / "b").write_bytes(idx(np.zeros(4)))
    with pytest.raises(DataError, match=r"but have image 3, label 4\."):
        read_idx(tmp_path, image="a", label="b")
