"""The three classic loops against the same loops written by hand in TensorFlow.

The hand-written ones use `tf.GradientTape`, Keras' own Adam and `tf.clip_by_norm`; they
start from the weights that the scripts start from.
"""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pytest
import tensorflow as tf

import loopc

RELATIVE = 1e-6

Weights = list[np.ndarray]
Clip = Callable[[tf.Tensor], tf.Tensor]


def make_models(script: ModuleType, names: tuple[str, ...]) -> list[keras.Model]:
    """Return the script's models with the weights that its run begins with."""
    keras.utils.set_random_seed(script.Config().seed)
    return [getattr(script, f"make_{name}")() for name in names]


def losses_of(workdir: Path) -> list[float]:
    """Return the training loss of every epoch from the log of a run."""
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    return [r["loss"] for r in records if r["split"] == "train" and "loss" in r]


def trained(
    script: ModuleType, names: tuple[str, ...], workdir: Path, data_dir: Path
) -> tuple[list[float], Weights]:
    """Run a script; return the loss of every epoch and the final weights."""
    built: list[keras.Model] = []
    for name in names:
        make = getattr(script, f"make_{name}")
        setattr(script, f"make_{name}", recording(make, built))
    script.train_and_evaluate(script.Config(), workdir, data_dir)
    return losses_of(workdir), weights(built)


def recording(
    make: Callable[[], keras.Model], built: list[keras.Model]
) -> Callable[[], keras.Model]:
    """Return `make`, noting what it makes."""

    def recorded() -> keras.Model:
        built.append(make())
        return built[-1]

    return recorded


def weights(models: list[keras.Model]) -> Weights:
    return [v.numpy() for model in models for v in model.trainable_variables]


def hand_written(
    models: list[keras.Model], points: Path, epochs: int, clip: Clip
) -> tuple[list[float], Weights]:
    """Train on all points at once, as a person would write it."""
    with np.load(points) as columns:
        x, y = tf.constant(columns["x"]), tf.constant(columns["y"])
    optimizer = keras.optimizers.Adam(0.01)
    variables = [v for model in models for v in model.trainable_variables]
    losses = []
    for _ in range(epochs):
        with tf.GradientTape() as tape:
            errors = [
                tf.reduce_mean(tf.square(y - m(x, training=True))) for m in models
            ]
            loss = tf.add_n(errors)
        gradients = [clip(g) for g in tape.gradient(loss, variables)]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        losses.append(float(loss))
    return losses, weights(models)


@pytest.mark.parametrize(
    ("sample", "names", "clip"),
    [
        ("first_loop", ("net",), tf.identity),
        ("two_models", ("shallow", "deep"), tf.identity),
        ("clipped", ("net",), lambda gradient: tf.clip_by_norm(gradient, 1.0)),
    ],
)
def test_classic_loop_is_the_hand_written_one(
    sample: str, names: tuple[str, ...], clip: Clip, samples_dir: Path, tmp_path: Path
) -> None:
    """Ten full batches: the loss of each epoch and the final weights agree to 1e-6."""
    script = loopc.load(samples_dir / f"{sample}.loop")
    models = make_models(script, names)
    points = samples_dir / "data" / "points.npz"
    losses, expected = hand_written(models, points, script.Config().epochs, clip)
    found_losses, found = trained(script, names, tmp_path, samples_dir)
    assert len(losses) == 10
    np.testing.assert_allclose(found_losses, losses, rtol=RELATIVE)
    for value, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, wanted, rtol=RELATIVE, atol=RELATIVE)
