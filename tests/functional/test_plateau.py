"""A schedule that falls at plateaus, in a run that is interrupted too."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.functional.test_language_semantics import Trained, quiet

from loopc.cli.main import run

__all__ = ["quiet"]  # a fixture of these tests too

PROGRAM = """
data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
}
model net(x: f32[5]) -> f32[3] = x |> dense(3)
schedule rate = 0.9 * plateau(valid.loss, factor: 0.5, patience: 1, min_delta: 0.01)
train for 12 epochs {
  log = 1 epoch
  step (x, y) from d.train batch 8 {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using sgd(rate)
    report loss, rate
  }
  eval valid (x, y) from d.train batch all every 1 epoch {
    report loss = mean_squared_error(y, net(x))
  }
}
"""


@pytest.fixture(autouse=True)
def rows(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(24, 5)), random.normal(size=(24, 3))
    np.savez(tmp_path / "d.npz", x=x.astype(np.float32), y=y.astype(np.float32))


def test_the_rate_follows_the_reported_loss(tmp_path: Path) -> None:
    """The next epoch's rate is what Keras' rule makes of the losses so far."""
    trained = Trained(PROGRAM, tmp_path / "run", tmp_path)
    losses = [r["loss"] for r in trained.log if r["split"] == "valid"]
    scale, best, expected = 1.0, float("inf"), []
    for loss in losses:
        expected.append(0.9 * scale)
        improved = loss < best - 0.01
        best, scale = (loss, scale) if improved else (best, scale * 0.5)

    rates = [r["rate"] for r in trained.log if r.get("window") == "epoch"]
    assert rates == pytest.approx(expected, rel=1e-6)
    assert expected[-1] < 0.9


def test_what_cannot_be_watched(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """A metric that no eval reports is an error of the program, where it stands."""
    text = PROGRAM.replace("plateau(valid.loss", "plateau(valid.lost")
    (tmp_path / "a.loop").write_text(text)
    assert run(["check", str(tmp_path / "a.loop"), "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert found["message"] == "`valid` reports no `lost`"
    assert found["range"]["start"] == {"line": 8, "column": 37}
