"""Weights that models name: made, read and shared as in the same network by hand."""

from pathlib import Path

import keras
import numpy as np
import pytest
from tests.functional.trained import Trained

import loopc

PROGRAM = """
data d {
  train = npz("d.npz")
  field words: class(7)[3]
  field next: class(7)[3]
}

const ramp = linspace(1, 2, 4)

layer residual(width: int)(x) = x + (x |> dense(width, relu) |> dense(4))

model reader(words: class(7)[3]) -> logits[3, 7] {
  weight position: f32[3, 4] = normal(stddev: 0.02)
  weight slope: f32[4] = ramp
  table = embedding(7, 4)
  block = residual(5)
  h = (table(words) + position) * slope |> block |> block
  return h @ transpose(table.embeddings)
}

train for 3 steps {
  step (words, next) from d.train batch all {
    loss = cross_entropy(next, reader(words))
    update reader to minimize loss using sgd(0.1)
    report loss
  }
  export reader to "reader.keras"
}
"""


@pytest.fixture(scope="module")
def words() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 7, (11, 3)).astype(np.int32)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.fixture
def trained(words: np.ndarray, tmp_path: Path) -> Trained:
    np.savez(tmp_path / "d.npz", words=words, next=words[:, ::-1])
    return Trained(PROGRAM, tmp_path / "run", tmp_path)


def by_hand(weights: list[np.ndarray], words: np.ndarray) -> np.ndarray:
    """The network in NumPy; its weights in the order in which the model lists them."""
    position, slope, table, *block = weights
    h = (table[words] + position) * slope
    for _ in range(2):
        inner = np.maximum(h @ block[0] + block[1], 0)
        h = h + inner @ block[2] + block[3]
    return h @ table.T


def in_order(model: keras.Model) -> list[np.ndarray]:
    values: dict[str, list[np.ndarray]] = {}
    for weight in model.weights:
        values.setdefault(weight.path.split("/")[0], []).append(np.asarray(weight))
    order = ("position", "slope", "table", "block_dense", "block_dense_1")
    return [value for name in order for value in values[name]]


def test_named_weights_compute_what_they_say(
    trained: Trained, words: np.ndarray, tmp_path: Path
) -> None:
    """Tied embeddings, own weights and a shared block give NumPy's numbers, and the
    exported file gives them too.
    """
    model = trained.models["reader"]
    expected = by_hand(in_order(model), words)
    np.testing.assert_allclose(model(words), expected, rtol=1e-5, atol=1e-6)
    exported = keras.models.load_model(tmp_path / "run" / "reader.keras")
    np.testing.assert_allclose(exported(words), expected, rtol=1e-5, atol=1e-6)


def test_named_weights_are_trained_through_all_their_uses(trained: Trained) -> None:
    """Every weight moves, the table by the gradients of both of its uses, and each is
    counted once.
    """
    model, start = trained.models["reader"], trained.start["reader"]
    assert len(start) == len(model.trainable_variables) == 7
    for before, after in zip(start, model.weights, strict=True):
        assert np.abs(before - after).max() > 0
    place = [w.path for w in model.weights].index("slope/weight")
    np.testing.assert_array_equal(start[place], np.linspace(1, 2, 4, dtype=np.float32))


def test_named_weights_stand_alone(tmp_path: Path) -> None:
    """A standalone script brings the layers along."""
    result = loopc.compile_source(PROGRAM, "reader.loop", standalone=True)
    assert result.script is not None
    assert "class Readable(keras.layers.Wrapper)" in result.script
