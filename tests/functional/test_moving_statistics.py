"""Batch normalization in steps of several models: whose statistics move, and when."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.functional.trained import Columns, Trained, program

MODELS = (
    "model generator(x: f32[5]) -> f32[3] = x |> dense(4) |> batch_norm |> dense(3)\n"
    "model critic(y: f32[3]) -> f32[1] = y |> dense(4) |> batch_norm |> dense(1)\n"
)
STEP = """step (x, y) from d.train batch all {
    fake = generator(x)
    d_loss = mean(critic(fake)) - mean(critic(y)) + 0.1 * mean(critic(y) ^ 2)
    update critic to minimize d_loss using sgd(0.1)
    g_loss = -mean(critic(generator(x)))
    update generator to minimize g_loss using sgd(0.2)
    report d_loss, size = norm(generator(3 * x))
  }"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def in_batch(model: keras.Model, x: Any) -> tf.Tensor:
    """Dense, normalized by the batch, dense: by the weights, which stay."""
    first, bias, scale, shift, last, other = map(
        tf.convert_to_tensor, model.trainable_variables
    )
    h = x @ first + bias
    mean, variance = tf.nn.moments(h, axes=[0])
    h = (h - mean) / tf.sqrt(variance + 1e-3) * scale + shift
    return h @ last + other


def moved(statistics: list[np.ndarray], model: keras.Model, x: Any) -> None:
    """Move statistics as one call in training mode moves them."""
    first, bias, *_ = map(tf.convert_to_tensor, model.trainable_variables)
    mean, variance = tf.nn.moments(x @ first + bias, axes=[0])
    for i, value in enumerate((mean, variance)):
        statistics[i] = 0.99 * statistics[i] + 0.01 * value.numpy()


def test_statistics_move_with_the_updates_of_their_model(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Three calls train the critic and one the generator, in each step; the others
    normalize by their batch and move nothing. Oracle: the formulas in TensorFlow.
    """
    run = Trained(program(MODELS, STEP), tmp_path, data_dir)
    generator, critic = run.fresh("generator"), run.fresh("critic")
    x, y = columns["x"], columns["y"]
    of_generator = [v.numpy() for v in generator.non_trainable_variables]
    of_critic = [v.numpy() for v in critic.non_trainable_variables]
    for _ in range(3):
        fake = in_batch(generator, x)
        for given in (fake, y, y):
            moved(of_critic, critic, given)
        with tf.GradientTape() as tape:
            d_loss = tf.reduce_mean(in_batch(critic, fake) - in_batch(critic, y))
            d_loss += 0.1 * tf.reduce_mean(in_batch(critic, y) ** 2)
        step(critic, tape.gradient(d_loss, critic.trainable_variables), 0.1)
        moved(of_generator, generator, x)
        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(in_batch(critic, in_batch(generator, x)))
        step(generator, tape.gradient(g_loss, generator.trainable_variables), 0.2)
    for name, expected in (("generator", of_generator), ("critic", of_critic)):
        for found, wanted in zip(
            run.models[name].non_trainable_variables, expected, strict=True
        ):
            np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def step(model: keras.Model, gradients: list[tf.Tensor], rate: float) -> None:
    """One step of descent."""
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        variable.assign_sub(rate * gradient)
