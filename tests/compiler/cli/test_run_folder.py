"""The record of a run: what it holds, and what never overwrites it."""

import json
from pathlib import Path

import pytest

from loopc.cli.failure import Failure
from loopc.cli.run_folder import Record, begin, recorded_overrides, set_aside

SCRIPT = '"""A script of a.loop."""\n\n\nclass Config:\n    peak: float = 0.001\n'


def record(script: str = SCRIPT, overrides: dict[str, str] | None = None) -> Record:
    """Return the record of a small program."""
    return Record("param peak: float = 1e-3\n", overrides or {}, script)


def checkpointed(tmp_path: Path) -> Path:
    """Return the folder of a run that has a checkpoint."""
    folder = tmp_path / "runs" / "a"
    begin(folder, record())
    (folder / "checkpoints" / "step-000000500").mkdir(parents=True)
    return folder


def test_record_holds_program_overrides_and_script(tmp_path: Path) -> None:
    """Three files, made before anything runs, in a folder that need not exist."""
    folder = tmp_path / "runs" / "a"

    begin(folder, record(overrides={"peak": "3e-4"}))

    names = sorted(path.name for path in folder.iterdir())
    assert names == ["overrides.json", "script.py", "spec.loop"]
    assert (folder / "spec.loop").read_text() == "param peak: float = 1e-3\n"
    assert (folder / "script.py").read_text() == SCRIPT
    assert json.loads((folder / "overrides.json").read_text()) == {"peak": "3e-4"}
    assert recorded_overrides(folder) == {"peak": "3e-4"}


def test_run_of_another_program_keeps_its_record(tmp_path: Path) -> None:
    """Once there is a checkpoint a different script is refused, its changes named."""
    folder = checkpointed(tmp_path)

    with pytest.raises(Failure) as failure:
        begin(folder, record(SCRIPT.replace("0.001", "0.0003")))

    assert "holds a run of another program" in str(failure.value)
    changes = ("  -    peak: float = 0.001", "  +    peak: float = 0.0003")
    assert failure.value.details[:2] == changes
    assert (folder / "script.py").read_text() == SCRIPT


def test_comments_and_docstrings_do_not_make_another_program(tmp_path: Path) -> None:
    """A renamed program, or one with a new comment, goes on."""
    folder = checkpointed(tmp_path)
    renamed = SCRIPT.replace("a.loop", "b.loop") + "    # the peak of the schedule\n"

    begin(folder, record(renamed))

    assert (folder / "script.py").read_text() == renamed


def test_run_without_checkpoint_is_replaced(tmp_path: Path) -> None:
    """Nothing was learnt yet, so there is nothing to protect."""
    begin(tmp_path, record())
    begin(tmp_path, record("x = 1\n"))

    assert (tmp_path / "script.py").read_text() == "x = 1\n"


def test_fresh_run_keeps_the_earlier_one_beside_it(tmp_path: Path) -> None:
    """Earlier runs are renamed, each to a name of its own; nothing is removed."""
    for number in (1, 2):
        begin(tmp_path / "a", record(f"x = {number}\n"))
        assert set_aside(tmp_path / "a") == tmp_path / f"a.old-{number}"

    assert set_aside(tmp_path / "a") is None
    assert (tmp_path / "a.old-2" / "script.py").read_text() == "x = 2\n"


def test_folder_without_record_has_no_overrides(tmp_path: Path) -> None:
    """A run that was started from its script alone is evaluated as it is."""
    assert recorded_overrides(tmp_path) == {}


def test_damaged_record_has_a_sentence(tmp_path: Path) -> None:
    """Half a JSON file is said to be one, by name."""
    (tmp_path / "overrides.json").write_text('{"peak": ')

    with pytest.raises(Failure, match=r"cannot read `.*overrides.json`"):
        recorded_overrides(tmp_path)
