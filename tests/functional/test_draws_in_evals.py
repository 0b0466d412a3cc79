"""Evals that draw from streams of their own, against arithmetic in NumPy."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import loopc
from loopc_runtime.data.permutation import permutation, permutation_keys
from loopc_runtime.run import Run

PROGRAM = """
data points {
  train = arrays("points")
  test = arrays("others")
  field x: f32[3]
  field y: f32
  augment train {
    x = x + 100.0
  }
}

model net(x: f32[3]) -> f32[1] = x |> dense(1)

train for EPOCHS epochs {
  seed = 5
  execution = EXECUTION
  step (x, y) from points.train batch 5 {
    loss = squared_error(y, net(x))
    update net to minimize loss using sgd(1e-6)
    report loss
  }
  eval test (x, y) from points.test batch 4 every 1 epoch {
    near = 0.0
    repeat 2 {
      draw (other = x) from points.train batch 3
      near = near + mean(sum(x * total(other)))
    }
    draw t from points.train batch all
    report near, noise = mean(normal_like(x)), all = mean(t.x), y
  }
  checkpoint every 2 steps
}
"""


def arrays() -> dict[str, dict[str, np.ndarray]]:
    """Return ten points to train on and seven to evaluate on."""
    random = np.random.default_rng(3)
    x = random.normal(size=(17, 3)).astype(np.float32)
    y = x.sum(axis=1)
    return {
        "points": {"x": x[:10], "y": y[:10]},
        "others": {"x": x[10:], "y": y[10:]},
    }


def evaluated(workdir: Path) -> list[dict[str, float]]:
    """Return what the passes of a run reported."""
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    return [r for r in map(json.loads, lines) if r["split"] == "test"]


def train(workdir: Path, epochs: int, execution: str) -> list[dict[str, float]]:
    """Run the program and return what its passes reported."""
    text = PROGRAM.replace("EPOCHS", str(epochs)).replace("EXECUTION", execution)
    script = loopc.load(text)
    script.train_and_evaluate(script.Config(), workdir, arrays=arrays())
    return evaluated(workdir)


@pytest.mark.parametrize("execution", ["graph", "xla", "streamed_graph"])
def test_each_pass_draws_the_same(
    execution: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of a pass are those of the first epochs of its stream, in each pass.

    Two of three rows for each of two batches, the second one short; nothing is
    augmented, and random numbers are the same too.
    """
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    passes = train(tmp_path, 3, execution)
    data = arrays()
    x, drawn = data["others"]["x"], data["points"]["x"]
    keys = [permutation_keys(5, "points.train#1", epoch) for epoch in (0, 1)]
    rows = np.concatenate([permutation(10, k) for k in keys])[:12].reshape(2, 2, 3)
    near = [
        sum((batch @ drawn[taken].sum(axis=0)).mean() for taken in rows[place])
        for place, batch in enumerate((x[:4], x[4:]))
    ]
    assert len(passes) == 3
    for found in passes:
        assert found["near"] == pytest.approx(np.mean(near), rel=1e-5)
        assert found["all"] == pytest.approx(drawn.mean(), rel=1e-5)
        assert found["y"] == pytest.approx(data["others"]["y"].mean(), rel=1e-5)
        assert found["noise"] == passes[0]["noise"]


class Stopped(Exception):
    """Ends a run from outside."""


def test_a_run_that_goes_on_evaluates_as_one_that_did_not_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass behind a resumption draws what it would have drawn, bit for bit."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    whole = train(tmp_path / "whole", 3, "graph")
    evaluate, passes = Run.evaluate, []

    def stopping(*given: Any, **named: Any) -> dict[str, float]:
        if len(passes) == 2:
            raise Stopped
        passes.append(evaluate(*given, **named))
        return passes[-1]

    with monkeypatch.context() as patched:
        patched.setattr(Run, "evaluate", stopping)
        with pytest.raises(Stopped):
            train(tmp_path / "cut", 3, "graph")
    assert train(tmp_path / "cut", 3, "graph") == whole
