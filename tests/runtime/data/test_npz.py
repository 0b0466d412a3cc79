""".npz archives: what is read, and one sentence for each way they can be wrong."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from loopc_runtime.data.npz import read_npz
from loopc_runtime.errors import DataError


def refusal(root, file="a.npz"):
    with pytest.raises(DataError) as caught:
        read_npz(root, file)
    return str(caught.value)


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def write_members(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_become_columns(tmp_path, save):
    """Every array is a column of its dtype and shape, in the order of the archive."""
    x = np.arange(12, dtype=np.float32).reshape(3, 4)
    y = np.array([1, 2, 3], np.int64)
    save(tmp_path / "a.npz", x=x, y=y)
    table = read_npz(tmp_path, "a.npz")

    assert table.rows == 3
    assert list(table.columns) == ["x", "y"]
    assert np.array_equal(table.column("x"), x)
    assert table.column("x").dtype == np.float32
    assert np.array_equal(table.column("y"), y)


def test_byte_order_and_memory_order_do_not_matter(tmp_path):
    """Big-endian and Fortran-ordered arrays hold the same values, in native order."""
    x = np.asfortranarray(np.arange(6, dtype=">f8").reshape(3, 2))
    np.savez(tmp_path / "a.npz", x=x)
    column = read_npz(tmp_path, "a.npz").column("x")

    assert column.dtype == np.dtype("=f8")
    assert np.array_equal(column, x)


def test_text_arrays_are_text_columns(tmp_path):
    """An array of strings can be used by category()."""
    np.savez(tmp_path / "a.npz", word=np.array(["a", "bc"]))

    assert read_npz(tmp_path, "a.npz").column("word").tolist() == ["a", "bc"]


class Bomb:
    """Unpickling this raises, and says that it ran."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


def test_pickles_are_refused_and_never_run(tmp_path):
    """An object array is refused before anything of it is unpickled."""
    objects = np.empty(1, object)
    objects[0] = Bomb()
    header = npy(np.zeros(1))[:128].replace(b"'<f8'", b"'|O' ")
    write_members(tmp_path / "a.npz", x=header + pickle.dumps(objects))

    assert refusal(tmp_path) == (
        'a.npz: member "x.npy" holds Python objects, which are pickled; such files can '
        "run code and are refused. Save it as a numeric or text array."
    )


def test_a_missing_file_names_its_neighbours(tmp_path):
    """A file that is not there is told with the files that are, and the likely one."""
    np.savez(tmp_path / "points.npz", x=np.zeros(1))

    assert refusal(tmp_path, "point.npz") == (
        f'{tmp_path} has no file "point.npz": did you mean "points.npz"? it has '
        "points.npz. Put it there, or name the folder that it is in."
    )


def test_a_long_list_of_names_is_cut_but_searched(tmp_path):
    """Twelve names are shown; the likely one is found among all."""
    for number in range(100):
        np.savez(tmp_path / f"a{number:02d}.npz", x=np.zeros(1))
    np.savez(tmp_path / "points.npz", x=np.zeros(1))

    message = refusal(tmp_path, "point.npz")

    assert 'did you mean "points.npz"? it has a00.npz, a01.npz, ' in message
    assert "a11.npz and 89 more. Put it there" in message


def test_a_missing_folder_is_named(tmp_path):
    """A folder that is not there is told apart from a file that is not there."""
    assert refusal(tmp_path / "no", "a.npz") == (
        f"{tmp_path}/no/a.npz does not exist: there is no folder {tmp_path}/no. "
        "Put it there, or name the folder that it is in."
    )


def test_a_folder_is_not_a_file(tmp_path):
    """A folder under the name of a file is an error of one sentence."""
    (tmp_path / "a.npz").mkdir()

    assert refusal(tmp_path) == f"{tmp_path}/a.npz cannot be read: Is a directory."


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x93NUMPY"])
def test_other_files_are_no_archives(tmp_path, content):
    """A file that is no zip archive is said to be none."""
    (tmp_path / "a.npz").write_bytes(content)

    assert refusal(tmp_path) == (
        "a.npz is no intact .npz archive (File is not a zip file): fetch or write it "
        "again."
    )


def test_every_truncation_is_noticed(tmp_path):
    """An archive cut anywhere is refused."""
    np.savez(tmp_path / "a.npz", x=np.arange(50), y=np.arange(50))
    whole = (tmp_path / "a.npz").read_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "a.npz").write_bytes(whole[:length])

        assert "fetch or write it again" in refusal(tmp_path)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_every_damaged_value_is_noticed(tmp_path, save):
    """A flipped bit in the values of a member does not get past its checksum."""
    save(tmp_path / "a.npz", x=np.random.default_rng(0).integers(0, 9, 400))
    whole = bytearray((tmp_path / "a.npz").read_bytes())
    for place in range(200, len(whole) - 120, 37):
        flipped = whole.copy()
        flipped[place] ^= 16
        (tmp_path / "a.npz").write_bytes(flipped)

        assert 'member "x.npy" is damaged or cut short' in refusal(tmp_path)


def test_a_short_member_is_refused(tmp_path):
    """A member that declares more values than it holds is refused, with both sizes."""
    write_members(tmp_path / "a.npz", x=npy(np.zeros(4))[:-8])

    assert refusal(tmp_path) == (
        'a.npz: member "x.npy" declares 4 values of float64 (32 bytes) but holds 24 '
        "bytes: fetch or write it again."
    )


def test_a_huge_declared_shape_allocates_nothing(tmp_path):
    """A header that declares 10**15 values is refused by its size, not by memory."""
    stream = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**15,)}
    np.lib.format.write_array_header_1_0(stream, header)
    write_members(tmp_path / "a.npz", x=stream.getvalue() + bytes(32))

    assert "declares 1000000000000000 values of float64" in refusal(tmp_path)


def test_a_member_that_is_no_array_is_named(tmp_path):
    """Anything else in the archive is refused by name."""
    write_members(tmp_path / "a.npz", x=b"not an array at all")

    assert refusal(tmp_path).startswith('a.npz: member "x.npy" is not a NumPy array: ')


def test_unequal_first_axes_are_listed(tmp_path):
    """Columns of unequal lengths are told with the length of each."""
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 2)), y=np.zeros(4))

    assert refusal(tmp_path) == (
        "a.npz: columns need the same number of rows (first axis), but have x 3, y 4. "
        "Put arrays of other lengths into a file of their own."
    )


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.array(1.0), '"x" is a single value, but a column needs an axis of rows.'),
        (np.zeros(2, complex), '"x" has dtype complex128'),
        (np.zeros(2, "M8[D]"), '"x" has dtype datetime64[D]'),
        (np.zeros(2, "f4,i4"), "\"x\" has dtype [('f0', '<f4'), ('f1', '<i4')]"),
        (np.array([["a"]]), '"x" has dtype <U1'),
    ],
)
def test_arrays_that_are_no_columns_are_refused(tmp_path, array, reason):
    """Scalars, complex numbers, dates, records, grids of text are refused by name."""
    np.savez(tmp_path / "a.npz", x=array)

    assert refusal(tmp_path).startswith(f"a.npz: {reason}")


def test_an_empty_archive_is_refused(tmp_path):
    """An archive without arrays has no columns."""
    np.savez(tmp_path / "a.npz")

    assert refusal(tmp_path) == "a.npz holds no columns."
