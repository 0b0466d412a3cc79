"""The sample with Python of its own: its result, and its first steps by hand."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.functional.test_language_semantics import quiet
from tests.functional.trained import Trained

__all__ = ["quiet"]  # a fixture of these tests too

STEPS = 4


@pytest.fixture(autouse=True)
def beside(samples_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Python look beside the sample, as `loopc train` does."""
    monkeypatch.syspath_prepend(samples_dir)


def first_losses(run: Trained, columns: dict[str, np.ndarray]) -> list[float]:
    """Radial functions, softmax and Adam from their formulas, in float64."""
    points, kernel, bias = (
        tf.Variable(w, dtype=tf.float64) for w in run.start["reader"]
    )
    weights = [points, kernel, bias]
    first = [tf.zeros_like(w) for w in weights]
    second = [tf.zeros_like(w) for w in weights]
    losses = []
    for step, rows in enumerate(run.rows(STEPS), 1):
        x = (columns["image"][rows] / 16).reshape(len(rows), 64).astype(np.float64)
        with tf.GradientTape() as tape:
            far = tf.reduce_sum((x[:, None] - points[None]) ** 2, axis=2)
            logits = tf.exp(-far / 4.0) @ kernel + bias
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(
                    columns["label"][rows], logits
                )
            )
        gradients = tape.gradient(loss, weights)
        first = [0.9 * m + 0.1 * g for m, g in zip(first, gradients, strict=True)]
        second = [
            0.999 * v + 0.001 * g**2 for v, g in zip(second, gradients, strict=True)
        ]
        rate = 0.01 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        for w, m, v in zip(weights, first, second, strict=True):
            w.assign_sub(rate * m / (tf.sqrt(v) + 1e-7))
        losses.append(float(loss))
    return losses


def test_digits_are_read_by_prototypes(samples_dir: Path, tmp_path: Path) -> None:
    """First losses are those of the formulas; the header's result is reached."""
    text = (samples_dir / "prototypes.loop").read_text()
    seen = text.replace("  seed = 7", "  seed = 7\n  log = 1 step")
    run = Trained(seen, tmp_path / "run", samples_dir)
    table = run.script.load_digits(run.script.Config(), samples_dir)["train"]
    columns = {name: np.asarray(table.columns[name]) for name in ("image", "label")}
    columns["label"] = columns["label"].astype(np.int32)
    expected = first_losses(run, columns)
    np.testing.assert_allclose(run.reports("loss")[:STEPS], expected, rtol=1e-4)
    assert run.result["test.accuracy"] > 0.95
    assert run.result["test.worst"] > 0.85
