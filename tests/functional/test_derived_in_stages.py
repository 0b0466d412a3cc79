"""Averages, snapshots and states in stages and beside steps that are undone.

The loop by hand is plain TensorFlow: stochastic descent, and copies in NumPy.
"""

import json
import shutil
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import loopc

PROGRAM = """
data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
}
model body(x: f32[5]) -> f32[4] = x |> dense(4, tanh)
model net(x: f32[5]) -> f32[3] = x |> body |> dense(3)
model mean_net = ema(net, 0.8)
model mean_body = ema(body, 0.5)
model old = snapshot(body, every: 2 updates)
model settled = averaged(net)
state seen: f32[5] = zeros
transform averaging = sgd(0.1) |> average_weights(0.9)
train LENGTH {
  seed = 3
  log = 1 steps
  STAGES
  step (x, y) from d.train batch all {
    set seen = 0.5 * seen + mean(whole_batch(x), axis: 0) + 0.01 * step
    out = net(x)
    loss = squared_error(y, out) + BAD
    update net to minimize loss using averaging
    report loss, far = mean(mean_net(x)) - mean(old(x)),
      near = mean(settled(x)) - mean(mean_body(x))
  }
  checkpoint every 1 steps keep 20
  POLICY
}
"""
STAGES = """stage all for 3 steps { }
  stage head for 3 steps {
    freeze body
  }
  stage again for 3 steps { }"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(3)
    x = random.normal(size=(12, 5)).astype(np.float32)
    y = random.normal(size=(12, 3)).astype(np.float32)
    np.savez(folder / "d.npz", x=x, y=y)
    return folder


def train(
    workdir: Path,
    data_dir: Path,
    *,
    stages: str = "",
    bad: str = "0",
    policy: str = "",
) -> None:
    text = PROGRAM.replace("STAGES", stages).replace("BAD", bad)
    text = text.replace("LENGTH", "" if stages else "for 9 steps")
    script = loaded(text.replace("POLICY", policy))
    script.train_and_evaluate(script.Config(), workdir, data_dir)


@cache
def loaded(text: str) -> ModuleType:
    return loopc.load(text)


@pytest.fixture(scope="module")
def straight(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run through all stages that nothing interrupted."""
    workdir = tmp_path_factory.mktemp("straight") / "run"
    train(workdir, data_dir, stages=STAGES)
    return workdir


def by_hand(data_dir: Path, *, frozen: set[int], skipped: set[int]) -> dict[str, Any]:
    """Nine steps, in some of which the body rests, or nothing happens at all."""
    script = loaded(
        PROGRAM.replace("STAGES", "").replace("BAD", "0").replace("POLICY", "")
        .replace("LENGTH", "for 9 steps")
    )  # fmt: skip
    keras.utils.set_random_seed(3)
    body = script.make_body()
    net = script.make_net(body)
    with np.load(data_dir / "d.npz") as columns:
        x, y = columns["x"], columns["y"]
    values = [np.asarray(w) for w in net.weights]
    inner = len(body.weights)  # they come first
    mean_net, settled = list(values), list(values)
    mean_body, old = values[:inner], values[:inner]
    seen, updates = np.zeros(5), 0
    for step in range(9):
        if step in skipped:
            continue
        seen = 0.5 * seen + x.mean(axis=0) + 0.01 * step
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((y - net(x)) ** 2)
        slopes = tape.gradient(loss, net.trainable_variables)
        first = inner if step in frozen else 0
        for place in range(first, len(values)):
            net.weights[place].assign_sub(0.1 * slopes[place])
            values[place] = np.asarray(net.weights[place])
            settled[place] = 0.9 * settled[place] + 0.1 * values[place]
        mean_net = mixed(mean_net, values, 0.8)
        if step not in frozen:
            updates += 1
            mean_body = mixed(mean_body, values[:inner], 0.5)
            old = old if updates % 2 else values[:inner]
    return {"mean_net": mean_net, "mean_body": mean_body, "old": old,
            "settled": settled, "seen": [seen]}  # fmt: skip


def mixed(
    old: list[np.ndarray], new: list[np.ndarray], share: float
) -> list[np.ndarray]:
    """Return share * old + (1 - share) * new, weight by weight."""
    return [share * o + (1 - share) * n for o, n in zip(old, new, strict=True)]


def saved(workdir: Path, step: int = 9) -> dict[str, np.ndarray]:
    """Return the tensors of a checkpoint by name."""
    folder = workdir / "checkpoints" / f"step-{step:09d}"
    content, begin = (folder / "tensors.bin").read_bytes(), 0
    found: dict[str, np.ndarray] = {}
    for entry in json.loads((folder / "tensors.json").read_text()):
        dtype, shape = np.dtype(entry["dtype"]), entry["shape"]
        end = begin + dtype.itemsize * int(np.prod(shape))
        found[entry["name"]] = np.frombuffer(content[begin:end], dtype).reshape(shape)
        begin = end
    return found


def assert_as_by_hand(found: dict[str, np.ndarray], expected: dict[str, Any]) -> None:
    for model, values in expected.items():
        of_model = [v for n, v in found.items() if n.split("/")[1] == model]
        kept = [value for value in of_model if value.dtype != np.int64]
        for value, wanted in zip(kept, values, strict=True):
            np.testing.assert_allclose(value, wanted, rtol=2e-5, atol=1e-6)


def test_followers_rest_with_what_they_follow(data_dir: Path, straight: Path) -> None:
    """An average or snapshot of what a stage freezes neither moves nor counts; others
    and states go on, through all stages.
    """
    expected = by_hand(data_dir, frozen={3, 4, 5}, skipped=set())
    assert_as_by_hand(saved(straight), expected)


@pytest.mark.parametrize("step", [2, 3, 5, 7])
def test_stage_is_resumed_exactly(
    step: int, data_dir: Path, straight: Path, tmp_path: Path
) -> None:
    """Stopped within a stage or between two, a run ends with the same bits."""
    workdir = tmp_path / "run"
    shutil.copytree(straight, workdir)
    (workdir / "result.json").unlink()
    for later in range(step + 1, 10):
        shutil.rmtree(workdir / "checkpoints" / f"step-{later:09d}")
    train(workdir, data_dir, stages=STAGES)
    for name, value in saved(straight).items():
        np.testing.assert_array_equal(saved(workdir)[name], value, err_msg=name)


@pytest.mark.parametrize("policy", ["skip", "rollback"])
def test_undone_step_moves_no_follower(
    policy: str, data_dir: Path, tmp_path: Path
) -> None:
    """Averages, snapshots and states are as if a step with NaN had not been."""
    bad = "0 / (step - 4)"
    train(tmp_path, data_dir, bad=bad, policy=f"on nonfinite {policy}")
    expected = by_hand(data_dir, frozen=set(), skipped={4})
    assert_as_by_hand(saved(tmp_path), expected)
