"""Steps that give NaN: skipped as if they had not been, rolled back, or too many."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import loopc
from loopc_runtime.errors import RunError

# The loss is 0 / 0 at the step that completes the eighth.
PROGRAM = """
data d {
  train = npz("d.npz")
  field x: f32[5]
}
model net(x: f32[5]) -> f32[3] = x |> dense(4) |> batch_norm |> dense(3)
train for 16 steps {
  execution = EXECUTION
  log = 4 steps
  step (x) from d.train batch all {
    loss = mean(net(x + 0.1 * normal_like(x)) ^ 2) + 0 / (step - BAD)
    update net to minimize loss using adam(0.05)
    report loss
  }
  checkpoint every 5 steps keep 20
  on nonfinite POLICY
}
"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    x = np.random.default_rng(3).normal(size=(12, 5)).astype(np.float32)
    np.savez(folder / "d.npz", x=x)
    return folder


def train(
    policy: str,
    data_dir: Path,
    workdir: Path,
    *,
    bad: int = 7,
    execution: str = "graph",
) -> dict[str, float]:
    text = PROGRAM.replace("POLICY", policy).replace("BAD", str(bad))
    script = loopc.load(text.replace("EXECUTION", execution))
    result: dict[str, float] = script.train_and_evaluate(
        script.Config(), workdir, data_dir
    )
    return result


def last_weights(workdir: Path) -> bytes:
    newest = max((workdir / "checkpoints").iterdir())
    return (newest / "tensors.bin").read_bytes()


def logged(workdir: Path) -> list[float]:
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["loss"] for line in lines]


@pytest.mark.parametrize(
    "execution", ["graph", pytest.param("xla", marks=pytest.mark.slow)]
)
def test_skipped_step_changes_nothing(
    execution: str, data_dir: Path, tmp_path: Path
) -> None:
    """All is finite and goes on; the window of the step is the mean of the others."""
    train("skip", data_dir, tmp_path / "bad", execution=execution)
    train("skip", data_dir, tmp_path / "good", bad=-1, execution=execution)

    bad, good = logged(tmp_path / "bad"), logged(tmp_path / "good")
    assert bad[0] == good[0]
    assert np.isfinite(bad).all()
    assert bad[1] != good[1]  # three steps instead of four
    assert bad[3] < bad[0]


def test_rolled_back_run_goes_on_from_the_checkpoint(
    data_dir: Path, tmp_path: Path
) -> None:
    """What follows is as if the steps since the checkpoint had done nothing."""
    train("rollback", data_dir, tmp_path / "run")
    straight = last_weights(tmp_path / "run"), logged(tmp_path / "run")
    assert np.isfinite(straight[1]).all()

    # Stopped between the checkpoint that is due and the step, then gone on with.
    workdir = tmp_path / "run"
    (workdir / "result.json").unlink()
    for step in (10, 15, 16):
        shutil.rmtree(workdir / "checkpoints" / f"step-{step:09d}")
    train("rollback", data_dir, workdir)
    assert (last_weights(workdir), logged(workdir)) == straight


def test_too_many_steps_end_the_run(data_dir: Path, tmp_path: Path) -> None:
    """One more than allowed is an error, and the last good checkpoint stays."""
    text = PROGRAM.replace("step - BAD", "where(step > 6, 0.0, 1.0)")
    text = text.replace("POLICY", "skip at most 2").replace("EXECUTION", "graph")
    script = loopc.load(text)
    with pytest.raises(RunError, match="as 2 did before; the program allows 2"):
        script.train_and_evaluate(script.Config(), tmp_path, data_dir)
    assert max((tmp_path / "checkpoints").iterdir()).name == "step-000000005"
