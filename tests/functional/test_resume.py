"""A generated run that is stopped in any way ends as the run that was not stopped.

The study has what could come back wrong: dropout, batch norm, Adam on a schedule, a
short last batch, carved and standardized data, evaluations, best weights, patience.
"""

import json
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from tests.functional.study import (
    FIRST_CHECKPOINT,
    STEPS_OF_EPOCH,
    last_saved,
    outcome,
    stopped_by,
    train,
    tree,
)


def test_killed_run_goes_on_with_the_same_bits(
    study: Path, straight: Path, tmp_path: Path
) -> None:
    """SIGKILL in the middle of an epoch, then the same command: the same outcome."""
    killed = stopped_by(signal.SIGKILL, study, tmp_path / "run")

    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "run" / "result.json").exists()
    assert last_saved(tmp_path / "run") % STEPS_OF_EPOCH != 0

    assert train(study, tmp_path / "run") == 0
    assert outcome(tmp_path / "run") == outcome(straight)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_interrupted_run_saves_and_goes_on_with_the_same_bits(
    study: Path, straight: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """The process saves where it is, says how to go on, and exits as shells count."""
    stopped = stopped_by(number, study, tmp_path / "run")

    step = last_saved(tmp_path / "run")
    assert stopped.returncode == code
    assert FIRST_CHECKPOINT <= step < last_saved(straight)
    said = f"stopped at step {step:,}; run the same command to go on"
    assert stopped.stdout.splitlines()[-1] == said
    assert stopped.stderr == ""

    assert train(study, tmp_path / "run") == 0
    assert outcome(tmp_path / "run") == outcome(straight)


def cut_off(straight: Path, workdir: Path) -> None:
    """Make of a finished run one that was cut off before its last checkpoint."""
    shutil.copytree(straight, workdir)
    (workdir / "result.json").unlink()
    shutil.rmtree(newest_checkpoint(workdir))


def newest_checkpoint(workdir: Path) -> Path:
    return workdir / "checkpoints" / f"step-{last_saved(workdir):09d}"


def test_other_numbers_are_refused_and_change_nothing(
    study: Path, straight: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A run goes on only as what it was; the difference is shown, the folder kept."""
    cut_off(straight, tmp_path / "run")
    before = tree(tmp_path)

    assert train(study, tmp_path / "run", "--set", "rate=0.01") == 1

    error = capfd.readouterr().err.splitlines()
    assert error[0] == (
        f"error: `{tmp_path}/run` holds a run of another program, which this one cannot"
        " continue. In its script:"
    )
    assert error[1:3] == [
        "  -    rate: float = 0.02  # in 1e-3 .. 0.1",
        "  +    rate: float = 0.01  # in 1e-3 .. 0.1",
    ]
    assert error[-1] == (
        "Train into another folder with --workdir, or start anew with --fresh (the old"
        " run is kept beside it)."
    )
    assert tree(tmp_path) == before


def test_other_data_is_refused(
    study: Path, straight: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A run does not go on with data of another content, of the same shape or not."""
    cut_off(straight, tmp_path / "run")
    before = checkpoints(tmp_path / "run")
    shutil.copytree(study, tmp_path / "study")
    rewrite_first_point(tmp_path / "study" / "points.npz")

    assert train(tmp_path / "study", tmp_path / "run") == 1

    error = capfd.readouterr().err
    assert error.startswith(
        "error: the data of points.train is not what this run was trained on:\n"
        "  fingerprint: "
    )
    assert error.endswith("put the data back, or use another --workdir\n")
    assert checkpoints(tmp_path / "run") == before


def checkpoints(workdir: Path) -> dict[str, bytes]:
    return tree(workdir / "checkpoints")


def rewrite_first_point(path: Path) -> None:
    with np.load(path) as columns:
        x, kind = columns["x"].copy(), columns["kind"]
    x[0] += 0.5
    np.savez(path, x=x, kind=kind)


def test_torn_checkpoint_is_passed_over(
    study: Path, straight: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A damaged newest checkpoint is reported; the one before it leads to the end."""
    shutil.copytree(straight, tmp_path / "run")
    (tmp_path / "run" / "result.json").unlink()
    newest = newest_checkpoint(tmp_path / "run") / "tensors.bin"
    content = bytearray(newest.read_bytes())
    content[100] ^= 1
    newest.write_bytes(content)

    assert train(study, tmp_path / "run") == 0

    error = capfd.readouterr().err
    assert f"{newest.parent} is not whole and is not used: tensors.bin has" in error
    assert outcome(tmp_path / "run") == outcome(straight)


def test_finished_run_is_not_run_again(
    study: Path, straight: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The same command again says so, exits with 0, and leaves everything as it is."""
    shutil.copytree(straight, tmp_path / "run")

    assert train(study, tmp_path / "run") == 0

    said = f"this run finished before, at step {last_saved(straight):,}"
    assert said in capfd.readouterr().out
    assert tree(tmp_path / "run") == tree(straight)


def test_fresh_run_starts_anew_beside_the_old_one(
    study: Path, straight: Path, tmp_path: Path
) -> None:
    """`--fresh` renames what is there, whole, and trains with the new numbers."""
    shutil.copytree(straight, tmp_path / "run")

    assert train(study, tmp_path / "run", "--fresh", "--set", "rate=0.01") == 0

    assert tree(tmp_path / "run.old-1") == tree(straight)
    assert json.loads((tmp_path / "run" / "config.json").read_text())["rate"] == 0.01
    assert outcome(tmp_path / "run").keys() >= {"metrics.jsonl", "result.json"}
    assert outcome(tmp_path / "run") != outcome(straight)
