"""Regularizers and constraints of layers against a loop with Keras' own objects."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.functional.test_language_semantics import Trained, quiet

__all__ = ["quiet"]  # a fixture of these tests too

PROGRAM = """
data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
}

layer scored(units: int)(x) = x |> dense(units, kernel_regularizer: l1l2(l2: 0.02))

model net(x: f32[5]) -> f32[3] =
  x
  |> dense(8, relu, kernel_constraint: max_norm(0.9), bias_constraint: non_neg)
  |> scored(3)

fn penalty(m: model) = 0.5 * regularization(m)

train for 6 steps {
  log = 1 step
  step (x, y) from d.train batch all {
    loss = mean_squared_error(y, net(x)) + penalty(net)
    update net to minimize loss using sgd(0.3)
    report loss, penalty = regularization(net)
  }
}
"""


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(12, 5)), random.normal(size=(12, 3))
    return {"x": x.astype(np.float32), "y": y.astype(np.float32)}


def test_penalties_and_constraints_are_those_of_keras(
    rows: dict[str, np.ndarray], tmp_path: Path
) -> None:
    """Losses, penalties and weights of six steps; every constraint holds at the end."""
    np.savez(tmp_path / "d.npz", **rows)
    trained = Trained(PROGRAM, tmp_path / "run", tmp_path)
    model = trained.fresh("net")
    losses, penalties = [], []
    for _ in range(6):
        with tf.GradientTape() as tape:
            errors = tf.square(model(rows["x"]) - rows["y"])
            loss = tf.reduce_mean(errors) + 0.5 * tf.add_n(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        for variable, gradient in zip(
            model.trainable_variables, gradients, strict=True
        ):
            variable.assign_sub(0.3 * gradient)
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))
        losses.append(float(loss))
        penalties.append(float(tf.add_n(model.losses)))

    np.testing.assert_allclose(trained.reports("loss"), losses, rtol=1e-5)
    np.testing.assert_allclose(trained.reports("penalty"), penalties, rtol=1e-5)
    weights = trained.models["net"].weights
    for found, expected in zip(weights, model.weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    kernel, bias = (np.asarray(w) for w in weights[:2])
    assert np.linalg.norm(kernel, axis=0).max() <= 0.9 + 1e-6
    assert bias.min() >= 0
    assert keras.ops.any(np.linalg.norm(kernel, axis=0) > 0.89)
