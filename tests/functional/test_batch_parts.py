"""Several updates of a batch in parts: what the whole batch would have given."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import loopc

DATA = """
data points {
  train = arrays("points")
  field x: f32[3]
  field z: f32[2]
  field y: f32
  field w: f32
}
model critic(x: f32[3]) -> f32[1] = x |> dense(8, tanh) |> dense(1)
model generator(z: f32[2]) -> f32[3] = z |> dense(8, tanh) |> dense(3)
fn score(v) = mean(v ^ 2)
"""
GAME = """
    fake = generator(z)
    gap = softplus(critic(fake)) + softplus(-critic(x))
    update critic to minimize mean(gap, weight: w) using adam(0.02)
    fooled = softplus(-critic(fake))
    update generator to minimize mean(fooled) + 0.1 * score(fake) using adam(0.02)
    report gap = mean(gap, weight: w), fooled, late = mean(critic(generator(z))),
      all = total(w), fake
"""
BEFORE = """
    out = critic(x)
    made = generator(z)
    wrong = squared_error(y, out)
    shape = mean(squared_error(x, made), weight: w)
    pull = mean(wrong) + 0.5 * mean(squared_error(y, critic(made)))
    update critic to minimize pull using adam(0.02)
    update generator to minimize shape using sgd(0.1)
    report wrong, shape, pull = exp(pull)
"""


def trained(step: str, parts: str, execution: str, workdir: Path) -> Any:
    """Run three epochs of ten rows in batches of seven; the result and the weights."""
    text = f"""{DATA}
train for 3 epochs {{
  seed = 5
  execution = {execution}
  step (x, z, y, w) from points.train batch 7 {parts} {{{step}  }}
  export critic to "critic.keras"
  export generator to "generator.keras"
}}
"""
    random = np.random.default_rng(3)
    x = random.normal(size=(10, 3)).astype(np.float32)
    w = random.uniform(size=10).astype(np.float32)
    columns = {
        "x": x,
        "z": random.normal(size=(10, 2)).astype(np.float32),
        "y": x @ np.array([1.0, -2.0, 0.5], np.float32),
        "w": np.where(w < 0.3, 0, w),
    }
    script = loopc.load(text)
    config = script.Config()
    result = script.train_and_evaluate(config, workdir, arrays={"points": columns})
    names = ("critic.keras", "generator.keras")
    weights = [keras.models.load_model(workdir / n).get_weights() for n in names]
    return result, [w for model in weights for w in model]


@pytest.mark.parametrize("execution", ["graph", "xla"])
@pytest.mark.parametrize("step", [GAME, BEFORE], ids=["game", "before"])
def test_parts_give_the_updates_of_the_whole_batch(
    step: str, execution: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second update after the first, and one whose values were read before it, each
    with its own weights: as of the whole batch, its short one too, in three parts.
    """
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    whole, weights = trained(step, "", execution, tmp_path / "whole")
    found, in_parts = trained(step, "parts 3", execution, tmp_path / "parts")
    assert found == pytest.approx(whole, rel=1e-4)
    for one, other in zip(weights, in_parts, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


NOISY = """
    noise = normal([2])
    guess = generator(z + noise)
    update critic to minimize mean((critic(x) - sum(guess)) ^ 2) using sgd(0.1)
    near = mean((critic(x) - sum(guess)) ^ 2)
    update generator to minimize near using sgd(0.0)
    report guess, moved = mean(guess) - mean(generator(z + noise))
"""


def test_what_is_drawn_again_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later pass computes a value again from the noise that an earlier pass drew."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    found, _ = trained(NOISY, "parts 2", "graph", tmp_path)
    assert abs(found["train.guess"]) > 1e-3
    assert found["train.moved"] == pytest.approx(0, abs=1e-6)
