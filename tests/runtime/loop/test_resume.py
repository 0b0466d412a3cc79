"""Resuming: a run that was interrupted anywhere equals the one that was not."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.runtime.loop.worlds import (
    FakeBatches,
    Toy,
    ToyConfig,
    assert_same_state,
    toy_columns,
)

from loopc_runtime.cadence import Every
from loopc_runtime.errors import RunError
from loopc_runtime.run import Run
from loopc_runtime.signals import Interrupted
from loopc_runtime.window import Window

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Return a finished run with a checkpoint of every step."""
    folder = tmp_path_factory.mktemp("uninterrupted") / "run"
    toy = Toy(folder, checkpoint=Every(steps=1), keep=100)
    toy.run()
    return toy


def back_at(toy: Toy, step: int, folder: Path) -> None:
    """Copy a run's folder to how a power cut after `step` would have left it."""
    shutil.copytree(toy.workdir, folder)
    (folder / "result.json").unlink()
    for path in (folder / "checkpoints").iterdir():
        if int(path.name.removeprefix("step-")) > step:
            shutil.rmtree(path)


@pytest.mark.parametrize("step", range(1, 13))
def test_resume_from_every_step_is_exact(
    uninterrupted: Toy, tmp_path: Path, step: int
) -> None:
    """Two epochs of batch norm, dropout and Adam, resumed at `step`: equal bits."""
    back_at(uninterrupted, step, tmp_path / "run")

    toy = Toy(tmp_path / "run", checkpoint=Every(steps=1), keep=100)
    result = toy.run()

    assert_same_state(toy.state(), uninterrupted.state())
    assert result == uninterrupted.latest_run.result
    log = (tmp_path / "run" / "metrics.jsonl").read_bytes()
    assert log == (uninterrupted.workdir / "metrics.jsonl").read_bytes()
    assert toy.best.state() == uninterrupted.best.state()
    assert toy.stall.state() == uninterrupted.stall.state()


def test_a_run_without_a_checkpoint_begins_its_log_anew(
    uninterrupted: Toy, tmp_path: Path
) -> None:
    """Broken off before its first checkpoint, a run leaves nothing in the next log."""
    folder = tmp_path / "run"
    back_at(uninterrupted, 0, folder)
    lines = (uninterrupted.workdir / "times.jsonl").read_text().splitlines()

    toy = Toy(folder, checkpoint=Every(steps=1), keep=100)
    toy.run()

    log = (folder / "metrics.jsonl").read_bytes()
    assert log == (uninterrupted.workdir / "metrics.jsonl").read_bytes()
    assert len((folder / "times.jsonl").read_text().splitlines()) == len(lines)
    assert len(list((folder / "tensorboard").iterdir())) == 1
    assert toy.best.state() == uninterrupted.best.state()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_signal_saves_and_the_run_goes_on_exactly(
    uninterrupted: Toy,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
    code: int,
) -> None:
    """SIGTERM and SIGINT save, say how to go on, and end with 128 + their number."""

    def interrupt(run: Run, window: Window) -> None:
        os.kill(os.getpid(), number)

    handler = signal.getsignal(number)
    with pytest.raises(Interrupted) as caught:
        Toy(tmp_path, checkpoint=None, on_window=interrupt).run()

    assert caught.value.code == code
    assert signal.getsignal(number) == handler
    assert "stopped at step 6; run the same command to go on" in capsys.readouterr().out
    toy = Toy(tmp_path, checkpoint=None)
    toy.run()
    assert_same_state(toy.state(), uninterrupted.state())


CHILD = """
import sys, time
from pathlib import Path
from loopc_runtime.main import run_main
from tests.runtime.loop.worlds import Toy, ToyConfig

def train(config, workdir, data_dir):
    slowly = lambda run, window: time.sleep(0.2)
    Toy(workdir, config=config, xla=True, steps_per_call=1, on_window=slowly).run()

raise SystemExit(run_main(train, ToyConfig(epochs=15), Path(sys.argv[1]), Path(".")))
"""


def start_child(folder: Path, records: int) -> subprocess.Popen[str]:
    """Start a run in a process of its own; return when it has logged `records`."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{os.environ['PYTHONPATH']}"}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, os.fspath(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    log = folder / "metrics.jsonl"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and child.poll() is None:
        if log.exists() and log.read_bytes().count(b"\n") >= records:
            return child
        time.sleep(0.01)
    raise AssertionError(f"the child ended early: {child.communicate()[0]}")


def finish(folder: Path) -> Toy:
    """Run, or go on with, what the child runs, in this process."""
    toy = Toy(folder, config=ToyConfig(epochs=15), xla=True)
    toy.run()
    return toy


def test_killed_and_terminated_processes_leave_no_trace(tmp_path: Path) -> None:
    """Kill -9, then SIGTERM, then finish: state and metrics.jsonl as never stopped."""
    child = start_child(tmp_path / "stopped", 13)
    child.kill()
    child.communicate()
    child = start_child(tmp_path / "stopped", 30)
    child.terminate()
    output = child.communicate(timeout=60)[0]

    assert child.returncode == 143
    assert "run the same command to go on" in output
    stopped, straight = finish(tmp_path / "stopped"), finish(tmp_path / "straight")
    assert_same_state(stopped.state(), straight.state())
    log = (tmp_path / "stopped" / "metrics.jsonl").read_bytes()
    assert log == (tmp_path / "straight" / "metrics.jsonl").read_bytes()


def refused(uninterrupted: Toy, folder: Path, **changes: Any) -> str:
    """Return how a run that differs from the saved one is refused."""
    back_at(uninterrupted, 7, folder)
    with pytest.raises(RunError) as caught:
        Toy(folder, **changes).run()
    return str(caught.value)


def test_other_numbers_are_refused_by_name(uninterrupted: Toy, tmp_path: Path) -> None:
    """A changed config is an error that shows each number before and after."""
    message = refused(
        uninterrupted, tmp_path / "run", config=ToyConfig(rate=0.01, epochs=3)
    )

    assert "rate: 0.05 -> 0.01" in message
    assert "epochs: 2 -> 3" in message
    assert "--workdir" in message


def test_other_data_is_refused_before_the_first_step(
    uninterrupted: Toy, tmp_path: Path
) -> None:
    """A stream with another fingerprint is an error that names the stream."""
    other = FakeBatches(toy_columns(), 4, fingerprint="other")

    message = refused(uninterrupted, tmp_path / "run", batches=other)

    assert "toy.train" in message
    assert "fingerprint: toy -> other" in message


def test_another_report_is_refused(uninterrupted: Toy, tmp_path: Path) -> None:
    """Windows that are open in the checkpoint have to fit what steps report."""
    message = refused(uninterrupted, tmp_path / "run", with_metric=False)

    assert "report something else" in message


def test_other_numerics_are_a_warning(
    uninterrupted: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Going on under XLA with a graph run is said not to be bitwise."""
    back_at(uninterrupted, 7, tmp_path / "run")

    Toy(tmp_path / "run", xla=True).run()

    assert "xla: False -> True" in capsys.readouterr().err


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second run in a folder is refused while the first one lives."""

    def start_another(run: Run, window: Window) -> None:
        with pytest.raises(RunError, match="another process is training in"):
            Toy(tmp_path).run()
        run.stop("seen enough")

    Toy(tmp_path, on_window=start_another, with_eval=False).run()


def test_a_finished_run_is_not_trained_again(
    uninterrupted: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Started again it restores its state and results, and says so."""
    shutil.copytree(uninterrupted.workdir, tmp_path / "run")

    toy = Toy(tmp_path / "run")
    result = toy.run()

    assert result == uninterrupted.latest_run.result
    assert_same_state(toy.state(), uninterrupted.state())
    assert "finished before, at step 12" in capsys.readouterr().out


def test_tensors_that_do_not_fit_are_named(tmp_path: Path) -> None:
    """Missing, unknown and reshaped tensors are refused, each by its name."""
    from tests.runtime.loop.worlds import make_net

    from loopc_runtime.clock import Clock
    from loopc_runtime.state import StateManifest

    manifest = StateManifest(Clock(steps=1), {"net": make_net()}, {})
    saved = manifest.snapshot()
    saved["models/net/extra"] = saved.pop("models/net/out/bias")
    saved["models/net/hidden/bias"] = np.zeros((7,), np.float32)

    with pytest.raises(RunError) as caught:
        manifest.restore(saved)

    assert "`models/net/out/bias` is not in the checkpoint" in str(caught.value)
    assert "`models/net/extra` is not in the program" in str(caught.value)
    assert "`models/net/hidden/bias` is float32[7] in the checkpoint, float32[6]" in (
        str(caught.value)
    )
