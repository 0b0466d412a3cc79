"""The first steps of a sample, to hold a loop that is written by hand against."""

import gzip
import re
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tests.functional.trained import Trained


def first_steps(
    sample: str, steps: int, samples_dir: Path, workdir: Path, **changes: str
) -> Trained:
    """Train a sample for a few steps that are logged one by one.

    `changes` are values that names are bound to instead of those in the file.
    """
    text = (samples_dir / f"{sample}.loop").read_text()
    for name, value in changes.items():
        text = re.sub(rf"^( *{name} = ).*", rf"\g<1>{value}", text, flags=re.M)
    text = re.sub(r"^train for .* \{$", f"train for {steps} steps {{", text, flags=re.M)
    text = re.sub(r"^  log = .*\n", "", text, flags=re.M)
    text = re.sub(r"^  step ", "  log = 1 steps\n  step ", text, flags=re.M)
    text = re.sub(r"^  eval .*?^  \}\n", "", text, flags=re.M | re.S)
    text = re.sub(r"^  (export|keep|stop) .*\n", "", text, flags=re.M)
    return Trained(text, workdir, samples_dir)


def logged(run: Trained, *names: str) -> list[list[float]]:
    """What each step reported, step by step."""
    return [list(row) for row in zip(*(run.reports(n) for n in names), strict=True)]


def clothes(samples_dir: Path) -> tuple[np.ndarray, np.ndarray]:
    """The training images of Fashion-MNIST as bytes, and their labels."""
    folder = samples_dir / "data" / "fashion"
    images = gzip.decompress((folder / "train-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / "train-labels-idx1-ubyte.gz").read_bytes())
    return (
        np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28),
        np.frombuffer(labels, np.uint8, offset=8).astype(np.int32),
    )


class KerasAdam:
    """The Keras optimizer, one for each model."""

    def __init__(self, rate: float, beta_1: float = 0.9, beta_2: float = 0.999) -> None:
        self.optimizer = keras.optimizers.Adam(rate, beta_1, beta_2)

    def step(self, model: keras.Model, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        """Take one step of `model` down `loss`."""
        weights = model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
