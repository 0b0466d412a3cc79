"""States in generated loops, against the same loops in NumPy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.functional.trained import ROWS, Columns, Trained, program

LANES, LENGTH = 4, ROWS // 4  # each lane reads five rows in order

STATES = """
state centre: f32[3] = ones
state seen: i32 = 0
state short: f32 = 2 reset every 3 steps
model net(x: f32[5]) -> f32[3] = x |> dense(3)
"""
STEP = """step (x, y) from d.train batch all {
    out = net(x)
    old = centre
    set centre = 0.5 * centre + total(out) / 22
    loss = mean((out - y - centre) ^ 2)
    report early = sum(centre)
    repeat 2 {
      set short = short * 3
      set seen = seen + 1
    }
    update net to minimize loss using sgd(0.1)
    set centre = centre + 1
    every 2 steps {
      set centre = 0
    }
    report loss, moved = sum(centre - old), short, seen
  }"""
TEXT = program(
    STATES, STEP, "  checkpoint every 2 steps keep 9", "7 steps", log="1 step"
)
CARRY = """
state memory: f32[batch, 2] = zeros reset every 1 epoch
model net(x: f32[5], h: f32[2]) -> (f32[3], f32[2]) {
  h = concat([x, h]) |> dense(2, tanh)
  return h |> dense(3), h
}
"""
CARRIED = f"""step (x, y) from d.train batch {LANES} contiguous {{
    out, after = net(x, memory)
    set memory = after
    loss = mean((out - y) ^ 2)
    update net to minimize loss using sgd(0.1)
    report loss, size = mean(memory)
  }}"""


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Leave the progress display out of the tests' output."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOOPC_PROGRESS", "none")
        yield


@pytest.fixture(scope="module")
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def trained(workdir: Path, data_dir: Path) -> Trained:
    return Trained(TEXT, workdir, data_dir)


def by_hand(weights: list[np.ndarray], data: Columns) -> dict[str, list[float]]:
    """Seven steps; the gradient of the squared error takes the centre as given."""
    kernel, bias = (weight.astype(np.float64) for weight in weights)
    centre, seen, short = np.ones(3), 0, 2.0
    log: dict[str, list[float]] = {}
    for step in range(7):
        out, old = data["x"] @ kernel + bias, centre
        centre = 0.5 * centre + out.sum(axis=0) / ROWS
        error = out - data["y"] - centre
        early = centre.sum()
        short, seen = short * 9, seen + 2
        slope = 2 * error / error.size
        kernel = kernel - 0.1 * data["x"].T @ slope
        bias = bias - 0.1 * slope.sum(axis=0)
        centre = np.zeros(3) if step % 2 == 1 else centre + 1
        values = {
            "early": early,
            "loss": np.mean(error**2),
            "moved": (centre - old).sum(),
            "short": short,
            "seen": seen,
        }
        for name, value in values.items():
            log.setdefault(name, []).append(float(value))
        short = 2.0 if step % 3 == 2 else short
    return log


def test_states_are_written_in_order(trained: Trained, columns: Columns) -> None:
    """Every report is the value of its moment: before and after `set`, `repeat`, an
    update, an `every` block and a reset; no gradient passes through a state.
    """
    expected = by_hand(trained.start["net"], columns)
    for name, values in expected.items():
        np.testing.assert_allclose(trained.reports(name), values, rtol=2e-5)


def test_states_go_on_with_the_same_bits(
    trained: Trained, workdir: Path, data_dir: Path, tmp_path: Path
) -> None:
    """Cut off within a period of the reset, the run ends in the same bits."""
    shutil.copytree(workdir, tmp_path / "run")
    (tmp_path / "run" / "result.json").unlink()
    for step in (6, 7):
        shutil.rmtree(tmp_path / "run" / "checkpoints" / f"step-{step:09d}")
    again = Trained(TEXT, tmp_path / "run", data_dir)
    assert again.result == trained.result
    last = "checkpoints/step-000000007"
    for path in (workdir / last).glob("tensors*"):
        assert (tmp_path / "run" / last / path.name).read_bytes() == path.read_bytes()


def test_lanes_go_on_from_batch_to_batch(
    data_dir: Path, columns: Columns, tmp_path: Path
) -> None:
    """Each lane carries its own memory through its rows, and begins anew with them."""
    text = program(CARRY, CARRIED, length="2 epochs", log="1 step")
    trained = Trained(text, tmp_path, data_dir)
    kernel, bias, last, shift = (
        weight.astype(np.float64) for weight in trained.start["net"]
    )
    rows = np.arange(LANES * LENGTH).reshape(LANES, LENGTH)
    losses, sizes = [], []
    for _ in range(2):
        memory = np.zeros((LANES, 2))
        for position in range(LENGTH):
            x, y = (columns[name][rows[:, position]] for name in ("x", "y"))
            given = np.concatenate([x, memory], axis=1)
            h = np.tanh(given @ kernel + bias)
            error = h @ last + shift - y
            slope = 2 * error / error.size
            inner = slope @ last.T * (1 - h**2)
            last, shift = last - 0.1 * h.T @ slope, shift - 0.1 * slope.sum(axis=0)
            kernel = kernel - 0.1 * given.T @ inner
            bias = bias - 0.1 * inner.sum(axis=0)
            memory = h
            losses.append(float(np.mean(error**2)))
            sizes.append(float(np.mean(memory)))
    log = [r for r in trained.log if r["split"] == "train" and r["window"] == "log"]
    np.testing.assert_allclose([r["loss"] for r in log], losses, rtol=1e-5)
    np.testing.assert_allclose([r["size"] for r in log], sizes, rtol=1e-4, atol=1e-6)
