"""Data lies in host memory once: TensorFlow takes over what Splits hold."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from loopc_runtime.data.aligned import (
    aligned_cast,
    aligned_rows,
    is_shareable,
    resident_tensor,
)
from loopc_runtime.data.files import read_data_file


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
def test_a_tensor_shares_the_memory_of_an_aligned_column(dtype: str) -> None:
    """On the host, making a column resident copies nothing and changes no value."""
    values = np.arange(3 * 77).reshape(77, 3).astype(dtype)
    column = aligned_cast(values)
    tensor = resident_tensor(column)
    held = np.asarray(memoryview(tensor))
    assert held.ctypes.data == column.ctypes.data
    assert np.array_equal(tensor.numpy(), values)
    assert tensor.dtype.name == dtype


def test_the_memory_outlives_the_array() -> None:
    """A tensor keeps the memory that it shares."""
    tensor = resident_tensor(aligned_cast(np.full((4096, 64), 7, np.uint8)))
    np.zeros((4096, 64), np.uint8)
    assert (tensor.numpy() == 7).all()


def test_memory_that_is_not_ours_is_copied() -> None:
    """Read-only arrays and those that begin anywhere become tensors all the same."""
    values = np.frombuffer(b"0" + bytes(range(100)), np.uint8, offset=1)
    assert not is_shareable(values)
    assert resident_tensor(values).numpy().tolist() == list(range(100))
    assert is_shareable(aligned_cast(values))


def test_rows_and_casts_are_those_of_numpy() -> None:
    """Gathering and casting into aligned memory gives NumPy's values."""
    values = np.random.default_rng(0).normal(size=(50, 4, 3))
    rows = np.array([1, 3, 3, 49])
    assert np.array_equal(aligned_rows(values, rows), values[rows])
    assert is_shareable(aligned_rows(values, rows))
    cast = aligned_cast(values, np.float32)
    assert np.array_equal(cast, values.astype(np.float32))
    assert aligned_cast(cast, np.float32) is cast


def test_gzip_files_of_several_members_are_read_whole(tmp_path: Path) -> None:
    """What is decompressed in pieces is the content, member after member."""
    content = bytes(range(256)) * 9000
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(content) + gzip.compress(b"end"))
    assert read_data_file(tmp_path, "x.gz") == content + b"end"
