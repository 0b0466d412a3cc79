"""`--no-extern`, and where the Python of a program is looked for."""

import sys
from pathlib import Path

import pytest

from loopc.cli.launch import look_beside
from loopc.cli.main import run
from loopc.diagnostics.catalog.externs import extern


@pytest.mark.parametrize("command", ["check", "build", "plan", "train"])
def test_no_extern_is_an_option_of_what_compiles(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program is refused, and nothing is written."""
    spec = tmp_path / "warped.loop"
    spec.write_text(extern("geometry:warp"))
    assert run([command, "--no-extern", str(spec)]) == 1
    assert "error[E333]: `warp` is Python" in "".join(capsys.readouterr())
    assert list(tmp_path.iterdir()) == [spec]


def test_the_folder_of_the_program_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file beside a program takes the place of an installed module."""
    monkeypatch.setattr(sys, "path", ["first"])
    look_beside(str(tmp_path / "warped.loop"))
    look_beside(str(tmp_path / "other.loop"))
    assert sys.path == ["first", str(tmp_path.resolve())]
