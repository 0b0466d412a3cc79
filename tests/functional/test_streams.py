"""Programs that draw from streams of their own, against arithmetic in NumPy."""

from pathlib import Path

import keras
import numpy as np
import pytest

import loopc
from loopc_runtime.data.permutation import permutation, permutation_keys

DRAWS = """
data points {
  train = arrays("points")
  field x: f32[3]
  field y: f32
}

model net(x: f32[3]) -> f32[1] =
  x |> dense(1, use_bias: false, kernel_initializer: zeros)

train for 7 steps {
  seed = 5
  execution = EXECUTION
  step {
    repeat 2 {
      draw (x, y) from points.train batch 4
      loss = mean(squared_error(y, net(x)))
      update net to minimize loss using sgd(0.1)
    }
    every 3 steps {
      draw t from points.train batch 2
      update net to minimize mean(squared_error(t.y, net(t.x))) using sgd(0.3)
    }
    report loss
  }
  export net to "net.keras"
}
"""


def points() -> dict[str, np.ndarray]:
    """Return ten points of a linear function of three numbers."""
    random = np.random.default_rng(3)
    x = random.normal(size=(10, 3)).astype(np.float32)
    return {"x": x, "y": x @ np.array([1.0, -2.0, 0.5], np.float32)}


def by_hand(data: dict[str, np.ndarray]) -> np.ndarray:
    """Return the weights after seven steps of the program, step by step in NumPy."""
    places = {"points.train#1": 0, "points.train#2": 0}
    weights = np.zeros(3)

    def rows(stream: str, size: int) -> list[int]:
        begin = places[stream]
        places[stream] += size
        epochs = [permutation(10, permutation_keys(5, stream, e)) for e in range(9)]
        return np.concatenate(epochs)[begin : begin + size].tolist()

    def descend(taken: list[int], rate: float) -> None:
        nonlocal weights
        x, y = data["x"][taken], data["y"][taken]
        weights = weights - rate * 2 * x.T @ (x @ weights - y) / len(taken)

    for step in range(7):
        descend(rows("points.train#1", 4), 0.1)
        descend(rows("points.train#1", 4), 0.1)
        if (step + 1) % 3 == 0:
            descend(rows("points.train#2", 2), 0.3)
    return weights


@pytest.mark.parametrize("execution", ["graph", "xla", "streamed_graph"])
def test_draws_feed_updates_in_program_order(
    execution: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two updates a step and one every third step see the batches of their draws."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    data = points()
    script = loopc.load(DRAWS.replace("EXECUTION", execution))
    script.train_and_evaluate(script.Config(), tmp_path, arrays={"points": data})
    net = keras.models.load_model(tmp_path / "net.keras")
    found = net.get_weights()[0][:, 0]
    np.testing.assert_allclose(found, by_hand(data), rtol=1e-5)


AUGMENTED = """
param shift: float = 10.0

data points {
  train = arrays("points")
  field x: f32[3]
  field y: f32
  augment train {
    x = x + shift
    y = mean(x, axis: 0)
  }
}

model net(x: f32[3]) -> f32[1] = x |> dense(1)

train for 3 steps {
  step (x, y) from points.train batch BATCH {
    draw (other = x) from points.train batch 10
    loss = mean(squared_error(y, net(x))) + 0 * mean(other)
    update net to minimize loss using sgd(1e-4)
    report own = mean(x), other = mean(other), target = mean(y), label = y
  }
  eval plain (x, y) from points.train batch all at end {
    report x = mean(x), y
  }
}
"""


@pytest.mark.parametrize("batch", ["10", "all"])
def test_augmentation_is_for_steps_alone(
    batch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headers and draws take augmented fields, evals take them as they are."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    data = points()
    script = loopc.load(AUGMENTED.replace("BATCH", batch))
    found = script.train_and_evaluate(
        script.Config(), tmp_path, arrays={"points": data}
    )
    mean = float(data["x"].mean())
    for name in ("own", "other", "target", "label"):
        assert found[f"train.{name}"] == pytest.approx(mean + 10, rel=1e-5)
    assert found["plain.x"] == pytest.approx(mean, rel=1e-4)
    assert found["plain.y"] == pytest.approx(float(data["y"].mean()), rel=1e-4)


PARTS = """
data points {
  train = arrays("points")
  field x: f32[3]
  field y: f32
  field w: f32
}

model net(x: f32[3]) -> f32[1] = x |> dense(8, tanh) |> dense(1)

train for 3 epochs {
  seed = 5
  execution = EXECUTION
  step (x, y, w) from points.train batch 7 PARTS {
    out = net(x)
    wrong = squared_error(y, out)
    loss = OBJECTIVE
    update net to minimize loss using adam(0.05)
    report wrong, weighted = mean(wrong, weight: w)
  }
  export net to "net.keras"
}
"""


@pytest.mark.parametrize("execution", ["graph", "xla"])
@pytest.mark.parametrize(
    "objective",
    ["mean(wrong) + 0.1 * mean(out ^ 2) - 0.5", "2 * mean(wrong, weight: w) + 0.5"],
)
def test_parts_give_the_update_of_the_whole_batch(
    objective: str, execution: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In 3 parts of a batch of 7, and of the 3 that are left, weights are the same."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    w = np.random.default_rng(1).uniform(size=10).astype(np.float32)
    data = points() | {"w": np.where(w < 0.3, 0, w)}
    found = []
    for parts in ("", "parts 3"):
        program = PARTS.replace("EXECUTION", execution).replace("PARTS", parts)
        script = loopc.load(program.replace("OBJECTIVE", objective))
        workdir = tmp_path / (parts or "whole")
        result = script.train_and_evaluate(
            script.Config(), workdir, arrays={"points": data}
        )
        net = keras.models.load_model(workdir / "net.keras")
        found.append((result, net.get_weights()))
    (whole, weights), (pieces, in_pieces) = found
    assert pieces == pytest.approx(whole, rel=1e-5)
    for one, other in zip(weights, in_pieces, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


CONTRASTIVE = """
data points {
  train = arrays("points")
  field x: f32[3]
  field y: f32
}

model net(x: f32[3]) -> f32[2] =
  x |> dense(2, use_bias: false, kernel_initializer: ones)

train for 1 epoch {
  seed = 5
  step (x) from points.train batch 4 {
    z = net(x)
    loss = cross_entropy(position(z), whole_batch(z) @ z)
    update net to minimize loss using sgd(1e-9)
    report loss, centre = sum(mean(whole_batch(z), axis: 0)), last = max(position(z))
  }
}
"""


def test_examples_are_compared_with_their_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each example meets the examples of its own batch, in the short one too."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    data = points()
    script = loopc.load(CONTRASTIVE)
    found = script.train_and_evaluate(
        script.Config(), tmp_path, arrays={"points": data}
    )
    order = permutation(10, permutation_keys(5, "points.train", 0))
    losses, centres = [], []
    for rows in (order[:4], order[4:8], order[8:]):
        z = data["x"][rows] @ np.ones((3, 2))
        alike = z @ z.T
        losses += list(np.log(np.exp(alike).sum(1)) - np.diag(alike))
        centres.append(z.mean(0).sum())
    assert found["train.loss"] == pytest.approx(np.mean(losses), rel=1e-4)
    assert found["train.centre"] == pytest.approx(np.mean(centres), rel=1e-4)
    assert found["train.last"] == pytest.approx(np.mean([*range(4), *range(4), 0, 1]))
