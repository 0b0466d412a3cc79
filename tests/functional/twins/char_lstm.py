"""char_lstm.loop by hand: one LSTM over each lane of the text, cut for gradients."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.arithmetic import Adam, Weights, clipped, cosine, variables

from loopc_runtime.random import keep_mask, make_stateless
from loopc_runtime.scope import step_scope

LANES, LENGTH, UNITS, DROPPED = 32, 64, 128, 0.3


def read(
    weights: Weights,
    tokens: tf.Tensor,
    h: tf.Tensor,
    c: tf.Tensor,
    place: tuple[int, str],
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return [lanes, 64, 63], the scores of each next character, and the last state.

    `place` is the step and the site of its dropout, which the runtime draws.
    """
    table, kernel, recurrent, bias, dense, shift = weights
    outputs = []
    for x in tf.unstack(tf.gather(table, tokens), axis=1):
        gates = x @ kernel + h @ recurrent + bias
        enter, forget, new, leave = tf.split(gates, 4, axis=1)
        c = tf.sigmoid(forget) * c + tf.sigmoid(enter) * tf.tanh(new)
        h = tf.sigmoid(leave) * tf.tanh(c)
        outputs.append(h)
    with step_scope(7, tf.constant(place[0], tf.int64)):
        kept = keep_mask((LANES, LENGTH, UNITS), place[1], DROPPED)
    hidden = tf.where(kept, tf.stack(outputs, axis=1) / (1 - DROPPED), 0.0)
    return hidden @ dense + shift, h, c


def losses(samples: Path, model: keras.Model, steps: int, length: int) -> list[float]:
    """Return the loss of each of the first steps of a run of `length` steps."""
    text = (samples / "data/hamlet.txt").read_text()
    alphabet = {c: code for code, c in enumerate(sorted(set(text)))}
    codes = np.array([alphabet[c] for c in text[: len(text) - len(text) // 10]])
    windows = (len(codes) - LENGTH - 1) // LENGTH + 1
    starts = np.arange(windows // LANES * LANES).reshape(LANES, -1) * LENGTH
    weights, found = variables(model), []
    adam = Adam(weights)
    make_stateless(model, "reader")
    site = model.get_layer("dropout").site
    h = c = tf.zeros((LANES, UNITS))
    for step in range(steps):
        tokens = codes[starts[:, step, None] + np.arange(LENGTH + 1)]
        with tf.GradientTape() as tape:
            scores, h, c = read(
                weights, tf.constant(tokens[:, :-1]), h, c, (step, site)
            )
            log = tf.nn.log_softmax(scores)
            loss = tf.reduce_mean(-tf.gather(log, tokens[:, 1:], batch_dims=2))
        gradients = clipped(tape.gradient(loss, weights), 1.0)
        adam.apply(gradients, cosine(8e-3, 1e-4, step, length))
        found.append(float(loss))
    return found
