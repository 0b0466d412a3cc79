"""A small study for tests that run commands: its program, its data, its processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from loopc.cli.main import run

# 140 rows to train on in batches of 8: 18 steps an epoch, the last one with 4 rows.
# Checkpoints, the first one of step 41, are in the middle of an epoch.
PROGRAM = """\
param rate: float = 0.02 in 0.001 .. 0.1

data points {
  train = npz("points.npz")
  valid = 20% of train by kind
  field x: f32[4] = standardize(column("x"), over: train)
  field kind: class(3)
}

model net(x: f32[4]) -> logits[3] =
  x |> dense(8) |> batch_norm |> relu |> dropout(0.3) |> dense(3)

schedule pace = linear(0 -> rate, 100 steps) then cosine(rate -> 0, rest)

train for 60 epochs {
  seed = 11
  log = 25 steps
  step (x, kind) from points.train batch 8 {
    logits = net(x)
    loss   = cross_entropy(kind, logits)
    update net to minimize loss
      using clip_by_global_norm(1.0) |> probe("clipped") |> adam(pace)
    report loss, accuracy = accuracy(kind, logits), size = probe("clipped").norm,
      ratio = updates(net).ratio
  }
  eval valid (x, kind) from points.valid batch 8 every 1 epoch {
    logits = net(x)
    report loss = cross_entropy(kind, logits), accuracy = accuracy(kind, logits)
  }
  checkpoint every 41 steps keep 2
  keep 1 best valid.loss
  stop when valid.loss stalls for 25 epochs
  export best net to "net.keras"
}
"""
STEPS_OF_EPOCH = 18
FIRST_CHECKPOINT = 41


def write_study(folder: Path) -> Path:
    """Write the program and its 175 points of three kinds; return the folder."""
    random = np.random.default_rng(0)
    kind = np.arange(175) % 3
    x = random.normal(size=(175, 4)) + 0.7 * kind[:, None]
    np.savez(folder / "points.npz", x=x.astype(np.float32), kind=kind)
    (folder / "study.loop").write_text(PROGRAM)
    return folder


def train(folder: Path, workdir: Path, *options: str) -> int:
    """Run the command that `start` starts, in this process; return its exit code."""
    return run(["train", *_arguments(folder, workdir), *options])


def evaluate(folder: Path, workdir: Path, *options: str) -> int:
    """Run `loopc eval` in this process; return its exit code."""
    return run(["eval", *_arguments(folder, workdir), *options])


def stopped_by(
    number: signal.Signals, folder: Path, workdir: Path
) -> subprocess.CompletedProcess[str]:
    """Train in a process of its own that gets a signal after its first checkpoint."""
    command = [sys.executable, "-m", "loopc", "train", *_arguments(folder, workdir)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as child:
        try:
            await_checkpoint(child, workdir)
            child.send_signal(number)
            output, errors = child.communicate(timeout=60)
        finally:
            child.kill()
    return subprocess.CompletedProcess(command, child.returncode, output, errors)


def await_checkpoint(child: "subprocess.Popen[str]", workdir: Path) -> None:
    """Return when the child has saved its first checkpoint."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and child.poll() is None:
        if any(workdir.glob("checkpoints/step-*")):
            return
        time.sleep(0.002)
    raise AssertionError(f"no checkpoint was saved: {child.communicate()}")


def last_saved(workdir: Path) -> int:
    """Return the step of the newest checkpoint."""
    names = [path.name for path in workdir.glob("checkpoints/step-*")]
    return max(int(name.removeprefix("step-")) for name in names)


def outcome(workdir: Path) -> dict[str, bytes]:
    """Return the tensors, the log and the results of a run as bytes."""
    tensors = sorted(workdir.glob("**/tensors.*"))
    others = [workdir / name for name in ("metrics.jsonl", "result.json")]
    return {str(f.relative_to(workdir)): f.read_bytes() for f in [*tensors, *others]}


def records(workdir: Path, split: str) -> list[dict[str, float]]:
    """Return what a run has logged of a split, in order."""
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    return [r for line in lines if (r := json.loads(line))["split"] == split]


def tree(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder and what they hold."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() or p.is_symlink()]
    return {os.fspath(p.relative_to(folder)): p.read_bytes() for p in files}


def _arguments(folder: Path, workdir: Path) -> list[str]:
    return [os.fspath(folder / "study.loop"), "--workdir", os.fspath(workdir)]
