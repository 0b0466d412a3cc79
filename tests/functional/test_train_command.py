"""`loopc train` and `loopc eval` as people run them, on a learnable toy task."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from loopc.cli.launch import launch

PROGRAM = """\
param peak: float = 0.05 in 0.001 .. 0.1

data points {
  train = npz("points.npz")
  valid = 25% of train
  field x: f32[3]
  field y: f32[1]
}

model net(x: f32[3]) -> f32[1] = x |> dense(1)

train for 3 epochs {
  seed = 7
  step (x, y) from points.train batch 16 {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using adam(peak)
    report loss
  }
  eval valid (x, y) from points.valid batch 16 every 1 epoch {
    report loss = mean_squared_error(y, net(x))
  }
  checkpoint every 4 steps keep 2
}
"""

SCRIPT = """\
class Config:
    pass


def train_and_evaluate(config, workdir, data_dir, mode="train"):
    print("mode", mode, "data", data_dir)
    {body}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the program and its data, y a linear function of x."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(128, 3)).astype(np.float32)
    y = (x @ np.array([[1.0], [-2.0], [0.5]], np.float32)).astype(np.float32)
    np.savez(tmp_path / "points.npz", x=x, y=y)
    (tmp_path / "line.loop").write_text(PROGRAM)
    return tmp_path


def loopc(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "loopc", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_train_then_resume_then_evaluate(folder: Path) -> None:
    """The run is on record, done once, protected from other programs, and evaluated."""
    first = loopc(folder, "train", "line.loop", "--set", "peak=0.02")

    assert first.returncode == 0, first.stderr
    run = folder / "runs" / "line"
    assert (run / "spec.loop").read_text() == PROGRAM
    assert json.loads((run / "overrides.json").read_text()) == {"peak": "0.02"}
    assert "peak: float = 0.02" in (run / "script.py").read_text()

    again = loopc(folder, "train", "line.loop", "--set", "peak=0.02")
    assert again.returncode == 0, again.stderr

    other = loopc(folder, "train", "line.loop")
    assert other.returncode == 1
    assert "holds a run of another program" in other.stderr
    assert "peak: float = 0.02" in (run / "script.py").read_text()

    evaluated = loopc(folder, "eval", "line.loop")
    assert evaluated.returncode == 0, evaluated.stderr

    fresh = loopc(folder, "train", "line.loop", "--fresh")
    assert fresh.returncode == 0, fresh.stderr
    assert (folder / "runs" / "line.old-1" / "result.json").exists()


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("return {}", 0, ""),
        ("import loopc_runtime.errors as e; raise e.RunError('no data')", 1, "no data"),
        ("raise ValueError('from extern code')", 1, "ValueError: from extern code"),
    ],
)
def test_script_is_run_to_an_exit_code(
    body: str, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed run is a sentence; what breaks inside Python keeps its traceback."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(body=body))

    assert launch(script, tmp_path, tmp_path, mode="evaluate") == code

    captured = capsys.readouterr()
    assert captured.out == f"mode evaluate data {tmp_path}\n"
    assert said in captured.err
