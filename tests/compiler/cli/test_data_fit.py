"""`loopc check` holds fields against the headers of the data files that are there."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loopc.cli.data_fit import with_data_findings
from loopc.cli.data_headers import csv_columns, idx_shape, npz_shapes
from loopc.driver import check_source

PROGRAM = """\
data d {{
  train = {source}
  field x: {type} = {value}
  field y: class(10)
}}
model net(x: {type}) -> logits[10] = x |> flatten |> dense(10)
train for 1 epoch {{
  step (x, y) from d.train batch 8 {{
    loss = cross_entropy(y, net(x))
    update net to minimize loss using sgd(0.1)
  }}
}}
"""
IDX = 'idx(x: "x.idx", y: "y.idx.gz")'
Write = Callable[[Path], None]


def found(folder: Path, source: str, type: str, value: str = 'column("x")') -> str:
    """Return what is found with the files of a folder, as text."""
    text = PROGRAM.format(source=source, type=type, value=value)
    result = check_source(text, "a.loop")
    assert result.ok, result.render()
    return with_data_findings(result, folder).render()


def write_npz(folder: Path) -> None:
    x, y = np.zeros((5, 28, 28), np.uint8), np.zeros(5, np.uint8)
    np.savez(folder / "d.npz", x=x, y=y)


def write_compressed(folder: Path) -> None:
    x, y = np.asfortranarray(np.zeros((5, 28, 28))), np.zeros(5, np.int64)
    np.savez_compressed(folder / "d.npz", x=x, y=y)


def write_idx(folder: Path) -> None:
    head = struct.pack(">HBBIII", 0, 8, 3, 5, 28, 28)
    (folder / "x.idx").write_bytes(head + bytes(5 * 784))
    labels = struct.pack(">HBBI", 0, 8, 1, 5) + bytes(5)
    (folder / "y.idx.gz").write_bytes(gzip.compress(labels))


WAYS = [
    (write_npz, 'npz("d.npz")'),
    (write_compressed, 'npz("d.npz")'),
    (write_idx, IDX),
]


@pytest.mark.parametrize(("write", "source"), WAYS)
def test_shape_of_a_column_is_that_of_its_header(
    write: Write, source: str, tmp_path: Path
) -> None:
    """Another shape is one finding with both ways out; either of them is sound."""
    write(tmp_path)
    text = found(tmp_path, source, "f32[28, 28, 1]", 'column("x") / 255')
    assert 'an example of column "x" is [28, 28], not [28, 28, 1]' in text
    assert "`field x: f32[28, 28]`" in text
    assert '`reshape(column("x"), [28, 28, 1])`' in text
    assert text.count("error[") == 1

    assert not found(tmp_path, source, "f32[28, 28]", 'column("x") / 255')
    reshaped = 'reshape(column("x") / 255, [28, 28, 1])'
    assert not found(tmp_path, source, "f32[28, 28, 1]", reshaped)


def test_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    """A program is checked without its data, as before."""
    assert not found(tmp_path, 'npz("d.npz")', "f32[28, 28, 1]")


def test_column_that_the_file_lacks(tmp_path: Path) -> None:
    """A near name is meant; the others are listed."""
    write_npz(tmp_path)
    text = found(tmp_path, 'npz("d.npz")', "f32[784]", 'column("xx")')
    assert 'error[E581]: d.npz has no column "xx"' in text
    assert 'did you mean "x"?' in text
    assert "its columns: `x`, `y`" in text


def test_header_of_a_table(tmp_path: Path) -> None:
    """A cell is one number, and the names are those of the first line."""
    (tmp_path / "d.csv").write_text('\ufeffx;"y"\n1;2\n')
    source = 'csv("d.csv", separator: ";")'
    text = found(tmp_path, source, "f32[784]")
    assert 'an example of column "x" is one number, not [784]' in text
    assert '`columns("a", "b")`' in text
    text = found(tmp_path, source, "f32[2]", 'columns("x", "z")')
    assert 'd.csv has no column "z"' in text


def test_windows_are_of_rows(tmp_path: Path) -> None:
    """The first axis of a window is not one of the file."""
    np.savez(tmp_path / "d.npz", x=np.zeros((50, 3)), y=np.zeros((50,)))
    program = PROGRAM.replace("class(10)", 'class(10)[4] = windows(column("y"), 4)')
    program = program.replace("cross_entropy(y, ", "cross_entropy(y[0], ")
    wrong, right = (
        check_source(
            program.format(
                source='npz("d.npz")',
                type=f"f32[4, {size}]",
                value='windows(column("x"), 4)',
            )
        )
        for size in (2, 3)
    )
    assert wrong.ok, wrong.render()
    text = with_data_findings(wrong, tmp_path).render()
    assert "is [3], not [2]" in text
    assert "`field x: f32[4, 3]`" in text
    assert with_data_findings(right, tmp_path).ok


@pytest.mark.parametrize(
    "content", [b"", b"PK\5\6", b"PK\5\6" + b"\xff" * 18, b"a" * 99]
)
def test_damaged_archive_has_no_members(content: bytes, tmp_path: Path) -> None:
    """What is wrong with it is for the run to tell."""
    (tmp_path / "d.npz").write_bytes(content)
    assert npz_shapes(tmp_path / "d.npz") == {}
    assert idx_shape(tmp_path / "d.npz") is None


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_archive_with_a_wrong_byte_is_no_crash(cut: int, tmp_path: Path) -> None:
    """Whichever byte is wrong, shapes are tuples of ints or unknown."""
    write_npz(tmp_path)
    path = tmp_path / "d.npz"
    content = bytearray(path.read_bytes())
    content[-cut - 1] ^= 0xFF
    path.write_bytes(content)
    for shape in npz_shapes(path).values():
        assert shape is None or all(size >= 0 for size in shape)


def test_members_are_read_apart(tmp_path: Path) -> None:
    """What follows a member is none of its header: the pickled one alone is unknown."""
    path, pickled = tmp_path / "d.npz", np.array([{}], object)
    np.savez(path, text=np.array(["a", "b"]), pickled=pickled, number=np.float32(1))
    assert npz_shapes(path) == {"text": (2,), "pickled": None, "number": ()}


def test_long_header_line_has_no_columns(tmp_path: Path) -> None:
    """A line that does not end is no header that is worth reading."""
    (tmp_path / "d.csv").write_text("x," * 50_000)
    assert csv_columns(tmp_path / "d.csv", ",") == []
