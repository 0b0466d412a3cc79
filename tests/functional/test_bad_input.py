"""Bad programs and bad data: one clear error, exit code 1, nothing half-written."""

import gzip
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from tests.functional.study import tree

from loopc.cli.main import run

PROGRAM = """\
param rate: float = 0.05 in 0.001 .. 0.1
param units: int = 4 in 1 .. 64

data points {
  train = npz("points.npz")
  field x: f32[3]
  field y: class(4)
}

model net(x: f32[3]) -> logits[4] = x |> dense(units, relu) |> dense(4)

train for 1 epoch {
  step (x, y) from points.train batch 8 {
    loss = cross_entropy(y, net(x))
    update net to minimize loss using adam(rate)
    report loss
  }
}
"""
IDX = PROGRAM.replace('npz("points.npz")', 'idx(x: "x.idx", y: "y.idx")')
CSV = PROGRAM.replace('npz("points.npz")', 'csv("points.csv")').replace(
    "f32[3]\n  field", 'f32[3] = columns("a", "b", "c")\n  field'
)
CARVED = PROGRAM.replace("\n  field x", "\n  valid = 20 of train\n  field x", 1)

# What `loopc train` writes before the data is read: the program, as it was asked for.
RECORD = {"run/overrides.json", "run/script.py", "run/spec.loop"}

Write = Callable[[Path], None]


def columns() -> dict[str, np.ndarray]:
    """Return 20 good rows."""
    x = np.arange(60, dtype=np.float32).reshape(20, 3) / 60
    return {"x": x, "y": np.arange(20) % 4}


def npz(**changed: np.ndarray) -> Write:
    """Write points.npz, some columns changed."""

    def write(folder: Path) -> None:
        np.savez(folder / "points.npz", allow_pickle=True, **(columns() | changed))

    return write


def with_value(name: str, place: tuple[int, ...], value: float) -> Write:
    """Write points.npz, one value of it changed."""
    column = columns()[name]
    column[place] = value
    return npz(**{name: column})


class Bomb:
    """Unpickling it would leave a file behind."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, ("exploded", "w")


def short_member(folder: Path) -> None:
    """Write an archive whose x has two values less than its header says."""
    with zipfile.ZipFile(folder / "points.npz", "w") as archive:
        for name, column in columns().items():
            content = BytesIO()
            np.save(content, column)
            end = -8 if name == "x" else None
            archive.writestr(f"{name}.npy", content.getvalue()[:end])


def nothing(folder: Path) -> None:
    """Write no data."""


def csv(*rows: str) -> Write:
    """Write points.csv: a good row, and these."""

    def write(folder: Path) -> None:
        lines = ["a,b,c,y", "1,2,3,0", *rows]
        (folder / "points.csv").write_text("\n".join(lines) + "\n")

    return write


def idx(change: Callable[[bytes], bytes]) -> Write:
    """Write x.idx and y.idx, the bytes of x changed."""

    def write(folder: Path) -> None:
        rows = columns()
        x = struct.pack(">HBBII", 0, 0x0D, 2, 20, 3) + rows["x"].astype(">f4").tobytes()
        y = struct.pack(">HBBI", 0, 0x08, 1, 20) + rows["y"].astype("u1").tobytes()
        (folder / "x.idx").write_bytes(change(x))
        (folder / "y.idx").write_bytes(y)

    return write


BAD_DATA: dict[str, tuple[str, Write, str]] = {
    "a missing file": (
        PROGRAM,
        nothing,
        'The current folder has no file "points.npz": it has program.loop. Put it'
        " there, or name the folder that it is in.",
    ),
    "no archive": (
        PROGRAM,
        lambda folder: bytes_into(folder / "points.npz", bytes(range(256))),
        "points.npz is no intact .npz archive (File is not a zip file): fetch or write"
        " it again.",
    ),
    "a short member": (
        PROGRAM,
        short_member,
        'points.npz: member "x.npy" declares 60 values of float32 (240 bytes) but holds'
        " 232 bytes: fetch or write it again.",
    ),
    "pickled objects": (
        PROGRAM,
        npz(x=np.array([Bomb()] * 20, object)),
        'points.npz: member "x.npy" holds Python objects, which are pickled; such files'
        " can run code and are refused. Save it as a numeric or text array.",
    ),
    "columns of other lengths": (
        PROGRAM,
        npz(y=np.zeros(19, np.int32)),
        "points.npz: columns need the same number of rows (first axis), but have x 20,"
        " y 19. Put arrays of other lengths into a file of their own.",
    ),
    "a label out of range": (
        PROGRAM,
        with_value("y", (5,), 4),
        "points.train, field y: label 4 is outside class(4), which holds 0 to 3, at row"
        ' 5 of points.npz (column "y" holds 4). Declare as many classes as there are,'
        " or renumber the labels from 0.",
    ),
    "a number that is none": (
        PROGRAM,
        with_value("x", (7, 1), np.nan),
        "points.train, field x: the value at index [1] is nan, not finite, at row 7 of"
        ' points.npz (column "x"). Fill or drop such rows, or keep the computation in'
        " range.",
    ),
    "no rows": (
        PROGRAM,
        npz(x=np.zeros((0, 3), np.float32), y=np.zeros(0, np.int32)),
        "points.train is empty: points.npz gives it no rows.",
    ),
    "a split that takes all rows": (
        CARVED,
        npz(),
        "points.train is empty: points.npz gives it no rows.",
    ),
    "a batch larger than the split": (
        PROGRAM,
        npz(x=np.zeros((5, 3), np.float32), y=np.zeros(5, np.int32)),
        "points.train: a batch of 8 is larger than the split, which has 5 rows. Use a"
        " smaller batch, or batch all.",
    ),
    "a row with a cell less": (
        CSV,
        csv("1,2,0"),
        "points.csv, line 3, has 3 cells where there are 4 columns: a cell is missing,"
        " or holds the separator without quotes.",
    ),
    "an empty cell": (
        CSV,
        csv("1,,3,1", "1,2,3,0"),
        'points.train, field x: column "b" holds an empty cell at row 1 (line 3) of'
        " points.csv, which is not a number (1 in all). Fill these cells or drop their"
        " rows.",
    ),
    "a cell that is no number": (
        CSV,
        csv("1,2.5 kg,3,1", "1,2,3,0"),
        'points.train, field x: column "b" holds "2.5 kg" at row 1 (line 3) of'
        " points.csv, which is not a number (1 in all). Fill these cells or drop their"
        " rows.",
    ),
    "a cell that steers terminals": (
        CSV,
        csv("1,\x1b[2J,3,1", "1,2,3,0"),
        'points.train, field x: column "b" holds "\\x1b[2J" at row 1 (line 3) of'
        " points.csv, which is not a number (1 in all). Fill these cells or drop their"
        " rows.",
    ),
    "a wrong magic number": (
        IDX,
        idx(lambda content: b"\x89PNG" + content[4:]),
        "x.idx is not an IDX file: it begins with 89 50 4e 47, where two zero bytes, a"
        " dtype code and the number of axes belong.",
    ),
    "an IDX file cut short": (
        IDX,
        idx(lambda content: content[:-5]),
        "x.idx is cut short: its header declares 240 bytes of values (shape [20, 3]),"
        " 235 follow. Fetch or copy it again.",
    ),
    "compressed data cut short": (
        IDX,
        idx(lambda content: gzip.compress(content)[:-9]),
        "x.idx ends in the middle of its gzip data: fetch or copy it again.",
    ),
}


def bytes_into(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(*options: str) -> int:
    return run(["train", "program.loop", "--workdir", "run", *options])


def test_another_shape_is_found_before_the_run(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The header of the file is enough to say so, as `check` does; no run begins."""
    (folder / "program.loop").write_text(PROGRAM)
    npz(x=np.zeros((20, 4), np.float32))(folder)

    assert train() == 1

    error = capfd.readouterr().err
    assert 'error[E580]: an example of column "x" is [4], not [3]' in error
    assert "declare what the file holds: `field x: f32[4]`" in error
    assert not (folder / "run").exists()


@pytest.mark.parametrize("case", BAD_DATA)
def test_bad_data_is_one_sentence(
    case: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What, where and what to do; of the run there is nothing but its record."""
    program, write, sentence = BAD_DATA[case]
    (folder / "program.loop").write_text(program)
    write(folder)
    before = tree(folder)

    assert train() == 1

    captured = capfd.readouterr()
    assert captured.err == f"error: {sentence}\n"
    assert captured.out == ""
    after = tree(folder)
    assert after.keys() - before.keys() == RECORD
    assert {name: after[name] for name in before} == before


def test_run_that_never_started_starts_anew(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its record is not a run: it is not evaluated, and other numbers may take it."""
    (folder / "program.loop").write_text(PROGRAM)
    assert train("--set", "units=8") == 1
    capfd.readouterr()

    assert run(["eval", "program.loop", "--workdir", "run"]) == 1
    assert capfd.readouterr().err == (
        "error: The current folder has no file"
        ' "points.npz": it has program.loop. Put it there, or name the folder that it'
        " is in.\n"
    )
    npz()(folder)
    assert train() == 0
    assert "units: int = 4" in (folder / "run" / "script.py").read_text()


LONG = 10_000_000
DEEP = 100_000
BAD_PROGRAMS: dict[str, tuple[bytes, str]] = {
    "one unclosed brace": (b"{", "1:2: error[E102] `{` is never closed"),
    "an unclosed block": (b"data d {", "1:9: error[E102] `{` is never closed"),
    "a cut program": (
        PROGRAM.rstrip()[:-1].encode(),
        "18:1: error[E102] `{` is never closed",
    ),
    "binary": (
        bytes(range(127, 256)),
        "1:2: error[E190] the file is not UTF-8 text",
    ),
    "an archive": (
        gzip.compress(PROGRAM.encode(), mtime=0),
        "1:2: error[E190] the file is not UTF-8 text",
    ),
    "UTF-16": (
        PROGRAM.encode("utf-16"),
        "1:1: error[E190] the file is not UTF-8 text",
    ),
    "a line of 10 MB": (
        b"x" * LONG,
        "1:1: error[E112] this program has more than 1048576 characters",
    ),
    "a number of 10 MB": (
        b"const x = " + b"1" * LONG,
        "1:1: error[E112] this program has more than 1048576 characters",
    ),
    "100,000 open brackets": (
        b"const x = " + b"(" * DEEP,
        "1:75: error[E113] brackets are nested more than 64 deep",
    ),
    "100,000 open blocks": (
        b"train for 1 epoch " + b"{" * DEEP,
        "1:83: error[E113] brackets are nested more than 64 deep",
    ),
    "100,000 signs": (
        b"const x = " + b"-" * DEEP + b"1",
        "1:139: error[E113] one expression has more than 128 operators",
    ),
    "nothing": (b"", "1:1: error[E319] the program trains nothing"),
}


@pytest.mark.parametrize("case", BAD_PROGRAMS)
def test_bad_program_is_one_diagnostic(
    case: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever the bytes, one finding with its place; nothing is written."""
    content, expected = BAD_PROGRAMS[case]
    (folder / "program.loop").write_bytes(content)
    before = tree(folder)

    assert train("--format", "concise") == 1

    captured = capfd.readouterr()
    assert captured.err == f"program.loop:{expected}\n"
    assert captured.out == ""
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("units=0.5", "--set units:1:1: error[E302] `units` is not an int"),
        ("units=true", "--set units:1:1: error[E302] `units` is not an int"),
        ('rate="0.1"', "--set rate:1:1: error[E302] `rate` is not a number"),
        ("rate=3 epochs", "--set rate:1:1: error[E302] `rate` is not a number"),
        ("units=65", "--set units:1:1: error[E303] `units` is out of range"),
        ("units=", "--set units:1:1: error[E101] expected a value after `=`"),
        ("unit=3", "--set unit:1:1: error[E214] no param is called `unit`"),
    ],
)
def test_bad_setting_is_one_diagnostic(
    setting: str, expected: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The place is in the option's own text; nothing is written."""
    (folder / "program.loop").write_text(PROGRAM)
    npz()(folder)
    before = tree(folder)

    assert train("--set", setting, "--format", "concise") == 1

    assert capfd.readouterr().err == f"{expected}\n"
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("program", "error"),
    [
        (PROGRAM, "error: The current folder has no file"),
        (PROGRAM[:-2], "error[E102]: `{` is never closed"),
    ],
)
def test_process_ends_with_the_error_and_exit_code_1(
    program: str, error: str, folder: Path
) -> None:
    """Nothing that TensorFlow or Python would add stands around the error."""
    (folder / "program.loop").write_text(program)
    command = [sys.executable, "-m", "loopc", "train", "program.loop"]

    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith(error)
    assert "Traceback" not in result.stderr
