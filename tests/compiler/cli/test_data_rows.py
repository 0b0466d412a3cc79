"""`loopc plan` counts rows from the headers of files, and imports nothing heavy."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from loopc import compile_source
from loopc.cli.data_rows import stream_rows
from loopc.driver import plan_source

ROOT = Path(__file__).resolve().parents[3]
DIGITS = ROOT / "samples" / "digits.loop"


def rows_of(folder: Path) -> dict[str, int]:
    """Return the rows of a program whose training split is `folder`/data/digits.npz."""
    checked = compile_source(DIGITS.read_text(encoding="utf-8")).checked
    assert checked is not None
    return stream_rows(checked, folder)


def write_member(folder: Path, content: bytes) -> None:
    """Write an archive of one member."""
    (folder / "data").mkdir()
    with zipfile.ZipFile(folder / "data" / "digits.npz", "w") as archive:
        archive.writestr("image.npy", content)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_rows_are_those_of_numpys_header(
    tmp_path: Path, version: tuple[int, int]
) -> None:
    """Every version of the format gives the length of the first axis."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.zeros((1000, 3), np.uint8), version=version)
    write_member(tmp_path, stream.getvalue())
    assert rows_of(tmp_path) == {
        "digits.train": 700,
        "digits.test": 200,
        "digits.valid": 100,
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no array at all",
        b"\x93NUMPY\x01\x00\x02\x00[}",
        b"\x93NUMPY\x01\x00\x02\x00{}",
        b"\x93NUMPY\x01\x00\x0b\x00{'shape':1}",
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b"(" * 20_000,
    ],
)
def test_damaged_headers_count_nothing(tmp_path: Path, content: bytes) -> None:
    """What is wrong with a file is for the run to say: a plan leaves it out."""
    write_member(tmp_path, content)
    assert rows_of(tmp_path) == {}


def test_a_plan_is_made_without_numpy_and_without_a_script() -> None:
    """Neither NumPy nor what writes scripts is imported."""
    code = (
        "import sys; from loopc.cli.main import main\n"
        "try: main(['plan', sys.argv[1]])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'numpy', 'black', 'jinja2', 'tensorflow', 'rich'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    command = [sys.executable, "-c", code, str(DIGITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1,259" in done.stdout


def test_the_plan_is_that_of_the_script() -> None:
    """Planning alone gives the plan that compiling gives."""
    text = DIGITS.read_text(encoding="utf-8")
    assert plan_source(text).plan == compile_source(text).plan
    assert plan_source(text).script is None
