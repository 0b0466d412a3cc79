"""forecast.loop by hand: a GRU in its reset-after form, with biases for both sides."""

import csv
import math
from itertools import islice
from pathlib import Path

import numpy as np
import tensorflow as tf
from tests.functional.twins.arithmetic import (
    Adam,
    Weights,
    clipped,
    cosine,
    shuffled,
    variables,
)


def read(samples: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return hours, temperatures and standardized air of the first four fifths."""
    with (samples / "data/jfk.csv").open() as file:
        rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    table = np.array(rows[: len(rows) - len(rows) // 5])
    air = (table[:, 1:] - table[:, 1:].mean(0)) / table[:, 1:].std(0)
    return table[:, 0], table[:, 1], air


def predicted(weights: Weights, air: tf.Tensor, angle: tf.Tensor) -> tf.Tensor:
    """Return [batch, 24]: a dense layer on the last state of the GRU."""
    kernel, recurrent, (input_bias, state_bias), dense, bias = (
        tf.unstack(w) if i == 2 else w for i, w in enumerate(weights)
    )
    clock = tf.stack([tf.sin(angle), tf.cos(angle)], axis=-1)
    inputs = tf.concat([air, clock], axis=-1)
    state = tf.zeros((inputs.shape[0], 32))
    for x in tf.unstack(inputs, axis=1):
        update, reset, new = tf.split(x @ kernel + input_bias, 3, axis=1)
        u, r, n = tf.split(state @ recurrent + state_bias, 3, axis=1)
        gate = tf.sigmoid(update + u)
        candidate = tf.tanh(new + tf.sigmoid(reset + r) * n)
        state = gate * state + (1 - gate) * candidate
    return state @ dense + bias


def losses(samples: Path, model: object, steps: int, length: int) -> list[float]:
    """Return the loss of each of the first steps of a run of `length` steps."""
    hour, temperature, air = read(samples)
    weights, found = variables(model), []
    adam = Adam(weights)
    batches = shuffled(len(hour) - 71, 64, "jfk.train")
    for step, rows in enumerate(islice(batches, steps)):
        at = rows[:, None] + np.arange(72)
        change = tf.constant(temperature[at][:, 48:] - temperature[at][:, 47:48])
        past = tf.constant(air[at][:, :48], tf.float32)
        angle = tf.constant(hour[at][:, :48] * math.pi / 12, tf.float32)
        with tf.GradientTape() as tape:
            error = tf.cast(change, tf.float32) - predicted(weights, past, angle)
            loss = tf.reduce_mean(tf.abs(error))
        gradients = clipped(tape.gradient(loss, weights), 1.0)
        adam.apply(gradients, cosine(5e-3, 0.0, step, length))
        found.append(float(loss))
    return found
