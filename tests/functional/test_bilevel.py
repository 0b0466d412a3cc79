"""Loops of two levels: weights of objectives learned beside what they weigh."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.functional.trained import (
    NET,
    Columns,
    Trained,
    assert_weights,
    descend,
    program,
)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def test_a_weight_outside_of_models_has_an_update_of_its_own(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """What reads it is recorded for it, also where the objective has a name."""
    models = f"weight scale: f32 = 0.4\n{NET}"
    body = """step (x, y) from d.train batch all {
    fit = mean(squared_error(y, scale * net(x)))
    loss = 2 * fit
    update net to minimize loss using sgd(0.1)
    update scale to minimize loss using sgd(0.05)
  }"""

    ran = Trained(program(models, body, length="3 epochs"), tmp_path, data_dir)

    net, scale = ran.fresh("net"), tf.Variable(ran.kept["scale"])
    for _ in range(3):
        with tf.GradientTape() as tape:
            found = scale * net(columns["x"], training=True)
            loss = 2 * tf.reduce_mean(tf.square(found - columns["y"]))
        *gradients, slope = tape.gradient(loss, [*net.trainable_variables, scale])
        descend(net, gradients, 0.1)
        scale.assign_sub(0.05 * slope)
    assert_weights(ran.models["net"], net)
    np.testing.assert_allclose(ran.tracked["scale"], scale, rtol=1e-5)
