"""`--no-extern`, and where the Python of a program is looked for."""

import sys
from pathlib import Path
from typing import Any

import pytest

from loopc.cli.extern_faults import extern_fault
from loopc.cli.launch import look_beside
from loopc.cli.main import run
from loopc.diagnostics.catalog.externs import extern
from loopc.driver import check_source


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


@pytest.mark.parametrize(
    ("python", "said"),
    [
        (None, "cannot be imported: No module named 'warping_for_test'"),
        ("other = 1", "cannot be imported: cannot import name 'warp'"),
        ("import nowhere_at_all", ""),
        ("def warp(y):\n    raise KeyError(y)", "raised KeyError in `warping_for_test"),
    ],
)
def test_what_raises_is_put_down_to_its_declaration(
    python: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing module or name, and what a function raises, behind another error."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "warping_for_test", raising=False)
    if python is not None:
        (tmp_path / "warping_for_test.py").write_text(python)
    checked = check_source("# a comment\n" + extern("warping_for_test:warp"), "a.loop")
    assert checked.checked is not None
    with pytest.raises((ImportError, KeyError)) as raised:
        call_it_inside_something()
    found = extern_fault(raised.value, checked.checked.externs, checked.sources)
    assert said in found
    assert found == "" or found.startswith("`extern fn warp` (a.loop, line 2) ")


def call_it_inside_something() -> None:
    namespace: dict[str, Any] = {}
    exec("from warping_for_test import warp", namespace)
    try:
        namespace["warp"](1)
    except KeyError as error:
        raise error
