"""Recurrences that go on: states that a model takes and gives, and plain inputs."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import loopc

PROGRAM = """
data series {
  all = npz("series.npz")
  test = last(20) of all
  train = rest of all
  field x: f32[5] = windows(column("x"), 5, stride: 4)
}

state memory: f32[batch, 2, 3] = zeros reset every 1 epoch

model next(x: f32[4, 1], memory: f32[2, 3]) -> (f32[4, 1], f32[2, 3]) {
  cell = lstm(3, return_sequences: true, return_state: true)
  h, last, kept = cell(x, initial_state: [memory[0], memory[1]])
  return h |> dense(1), stack([last, kept], axis: 0)
}

train for 2 epochs {
  seed = 3
  log = 1 steps
  execution = EXECUTION
  step (x) from series.train batch 3 contiguous {
    guess, after = next(expand(x[:-1], axis: 1), memory)
    loss = mean_squared_error(expand(x[1:], axis: 1), guess)
    update next to minimize loss using sgd(0.1)
    set memory = after
    report loss
  }
  eval test (x) from series.test batch all at end {
    guess, _ = next(expand(x[:-1], axis: 1), zeros([2, 3]))
    report loss = mean_squared_error(expand(x[1:], axis: 1), guess)
  }
  eval lanes (x) from series.test batch 2 contiguous every 1 epoch {
    guess, after = next(expand(x[:-1], axis: 1), memory)
    set memory = after
    report loss = mean_squared_error(expand(x[1:], axis: 1), guess)
  }
}
"""


def unrolled(weights: list[tf.Variable], x: tf.Tensor, h: tf.Tensor, c: tf.Tensor):
    """Return the outputs [batch, 4] of an LSTM and a dense layer, and its state."""
    kernel, recurrent, bias, dense, shift = weights
    outputs = []
    for value in tf.unstack(x, axis=1):
        gates = value[:, None] @ kernel + h @ recurrent + bias
        enter, forget, new, leave = tf.split(gates, 4, axis=1)
        c = tf.sigmoid(forget) * c + tf.sigmoid(enter) * tf.tanh(new)
        h = tf.sigmoid(leave) * tf.tanh(c)
        outputs.append(h @ dense + shift)
    return tf.concat(outputs, axis=1), h, c


def loss_of_lanes(weights: list[tf.Variable], windows: np.ndarray, lanes: int) -> float:
    """Return the loss of windows, read in lanes that begin with empty memories."""
    laid = windows[: len(windows) // lanes * lanes].reshape(lanes, -1, 5)
    h = c = tf.zeros((lanes, 3))
    errors = []
    for step in range(laid.shape[1]):
        y, h, c = unrolled(weights, laid[:, step, :-1], h, c)
        errors.append((laid[:, step, 1:] - y) ** 2)
    return float(np.mean(errors))


@pytest.mark.parametrize("execution", ["graph", "xla"])
def test_lanes_go_on_where_they_were(execution: str, tmp_path: Path) -> None:
    """The loss of each step is that of one recurrence over a lane, cut for gradients.

    A lane begins anew with each epoch; plain zeros are the memory of an evaluation.
    Another carries lanes of its own, which are empty when its pass begins and leave
    those of the training alone.
    """
    x = np.random.default_rng(0).normal(size=(80,)).astype(np.float32)
    np.savez(tmp_path / "series.npz", x=x)
    path = tmp_path / "series.loop"
    path.write_text(PROGRAM.replace("EXECUTION", execution))
    script = loopc.load(path)
    found = script.train_and_evaluate(script.Config(), tmp_path / "run", tmp_path)
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    records = [r for r in map(json.loads, lines) if r["split"] == "train"]
    logged = [r["loss"] for r in records if r.get("window") != "epoch"]

    keras.utils.set_random_seed(3)
    weights = [tf.Variable(w.numpy()) for w in script.make_next().trainable_variables]
    windows = np.lib.stride_tricks.sliding_window_view(x[:60], 5)[::4]
    lanes = windows[: len(windows) // 3 * 3].reshape(3, -1, 5)
    rest = np.lib.stride_tricks.sliding_window_view(x[60:], 5)[::4]
    losses, passes = [], []
    for _ in range(2):
        h = c = tf.zeros((3, 3))
        for step in range(lanes.shape[1]):
            with tf.GradientTape() as tape:
                y, h, c = unrolled(weights, lanes[:, step, :-1], h, c)
                loss = tf.reduce_mean((lanes[:, step, 1:] - y) ** 2)
            for weight, g in zip(weights, tape.gradient(loss, weights), strict=True):
                weight.assign_sub(0.1 * g)
            losses.append(float(loss))
        passes.append(loss_of_lanes(weights, rest, lanes=2))
    np.testing.assert_allclose(logged, losses, rtol=1e-5)
    evaluated = [json.loads(line) for line in lines]
    evaluated = [r["loss"] for r in evaluated if r["split"] == "lanes"]
    np.testing.assert_allclose(evaluated, passes, rtol=1e-5)

    zeros = tf.zeros((len(rest), 3))
    y, _, _ = unrolled(weights, rest[:, :-1], zeros, zeros)
    assert found["test.loss"] == pytest.approx(
        np.mean((rest[:, 1:] - y) ** 2), rel=1e-5
    )
