"""Cells that `rnn` runs: what they compute, and that their dropout can be repeated."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tests.functional.trained import Columns, Trained, program

from loopc_runtime import step_scope

MODELS = """
model net(x: f32[5]) -> f32[3] {
  steps = reshape(concat([x, x, x]), [3, 5])
  h = steps |> rnn([lstm_cell(4), gru_cell(6)], return_sequences: true)
  return h |> rnn(simple_rnn_cell(3, dropout: 0.5), go_backwards: true)
}
"""
STEP = """step (x, y) from d.train batch 8 {
    loss = squared_error(y, net(x))
    update net to minimize loss using sgd(0.1)
    report loss
  }"""


def test_stacked_cells_compute_what_layers_do_one_after_another(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A stack of cells is lstm, then gru, in Keras; without training nothing drops."""
    run = Trained(program(MODELS, STEP, length="2 steps"), tmp_path, data_dir)
    net = run.models["net"]
    x = keras.Input((5,))
    steps = keras.ops.reshape(keras.ops.concatenate([x, x, x], axis=1), (-1, 3, 5))
    h = keras.layers.LSTM(4, return_sequences=True)(steps)
    h = keras.layers.GRU(6, return_sequences=True)(h)
    last = keras.layers.SimpleRNN(3, go_backwards=True)(h)
    layers = keras.Model(x, last)
    layers.set_weights([w.numpy() for w in net.trainable_variables])
    rows = tf.constant(columns["x"], tf.float32)
    np.testing.assert_allclose(net(rows), layers(rows), atol=1e-6)


def test_dropout_in_cells_is_that_of_the_step(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A second run has the same losses; other steps draw other masks."""
    text = program(MODELS, STEP, length="4 steps", log="1 steps")
    first = Trained(text, tmp_path / "first", data_dir)
    again = Trained(text, tmp_path / "again", data_dir)
    assert first.reports("loss") == again.reports("loss")

    rows = tf.constant(columns["x"], tf.float32)
    values = []
    for step in (0, 0, 1):
        with step_scope(0, tf.constant(step, tf.int64)):
            values.append(first.models["net"](rows, training=True).numpy())
    np.testing.assert_array_equal(values[0], values[1])
    assert not np.array_equal(values[0], values[2])
