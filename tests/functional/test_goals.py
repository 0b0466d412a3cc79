"""`stop when valid.loss < 0.5`: a run ends where the longer one passes the goal."""

import shutil
from pathlib import Path

import pytest
from tests.functional.study import outcome, records, train, write_study

BOUNDED = """\
param goal: float = {goal} in 0.0 .. 10.0

data points {{
  train = npz("points.npz")
  field x: f32[4]
  field kind: class(3)
}}

model net(x: f32[4]) -> logits[3] = x |> dense(8, tanh) |> dropout(0.1) |> dense(3)

train for {length} {{
  log = {log}
  step (x, kind) from points.train batch {batch} {{
    loss = cross_entropy(kind, net(x))
    update net to minimize loss using adam(0.02)
    report loss
  }}
  {watched}
  checkpoint every 4 steps
  stop when {condition}
}}
"""
EVAL = """\
eval valid (x, kind) from points.train batch all every 1 epoch {
    report accuracy = accuracy(kind, net(x))
  }"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("goals"))


def trained(folder: Path, workdir: Path, **parts: str) -> int:
    """Train the program made of these parts."""
    parts = {"watched": "", "length": "8 epochs", "log": "1 epoch", **parts}
    (folder / "study.loop").write_text(BOUNDED.format(**parts))
    return train(folder, workdir)


CASES = {
    "an eval": ("valid", "accuracy", {"watched": EVAL, "batch": "16"}),
    "logs": ("train", "loss", {"batch": "all", "length": "60 steps", "log": "5 steps"}),
}


@pytest.mark.parametrize("case", CASES)
def test_run_ends_where_the_longer_one_meets_the_condition(
    case: str, folder: Path, tmp_path: Path
) -> None:
    """Up to there both have logged the same; the one with a reachable goal has no more.
    Run again after it was cut off before the end, it ends with the same bits.
    """
    split, metric, parts = CASES[case]
    sign = 1 if metric == "accuracy" else -1
    condition = f"{split}.{metric} {'>' if sign > 0 else '<'} goal"
    never = "10.0" if sign > 0 else "0.0"
    parts = {**parts, "condition": condition}
    assert trained(folder, tmp_path / "whole", goal=never, **parts) == 0
    lines = records(tmp_path / "whole", split)
    values = [line[metric] for line in lines]
    goal = sorted(values)[::sign][-3]
    met = [sign * value > sign * goal for value in values]
    end = met.index(True)
    assert 0 < end < len(values) - 1

    assert trained(folder, tmp_path / "run", goal=repr(goal), **parts) == 0

    reached = records(tmp_path / "run", split)
    assert reached == lines[: end + 1]
    shutil.copytree(tmp_path / "run", tmp_path / "cut")
    (tmp_path / "cut" / "result.json").unlink()
    shutil.rmtree(max((tmp_path / "cut" / "checkpoints").glob("step-*")))
    assert train(folder, tmp_path / "cut") == 0
    assert outcome(tmp_path / "cut") == outcome(tmp_path / "run")
