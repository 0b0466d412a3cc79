"""char_transformer.loop by hand: two pre-norm blocks of causal attention."""

import math
from itertools import islice
from pathlib import Path

import keras
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

LENGTH, HEADS = 64, 4


def normalized(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) -> tf.Tensor:
    """Return layer normalization over the last axis."""
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    variance = tf.reduce_mean((x - mean) ** 2, axis=-1, keepdims=True)
    return (x - mean) / tf.sqrt(variance + 1e-3) * scale + shift


def attended(x: tf.Tensor, weights: Weights) -> tf.Tensor:
    """Return causal self-attention: each position reads itself and those before."""
    query, query_bias, key, key_bias, value, value_bias, out, out_bias = weights
    q = tf.einsum("btd,dhk->bhtk", x, query) + query_bias[:, None]
    k = tf.einsum("btd,dhk->bhtk", x, key) + key_bias[:, None]
    v = tf.einsum("btd,dhk->bhtk", x, value) + value_bias[:, None]
    scores = tf.einsum("bhtk,bhsk->bhts", q, k) / math.sqrt(q.shape[-1])
    earlier = tf.linalg.band_part(tf.ones((LENGTH, LENGTH)), -1, 0)
    read = tf.nn.softmax(scores - 1e9 * (1 - earlier))
    return tf.einsum("bhts,bhsk,hkd->btd", read, v, out) + out_bias


def logits(weights: Weights, tokens: tf.Tensor) -> tf.Tensor:
    """Return [batch, 64, 63], the scores of each next character."""
    table, position, *blocks, last_scale, last_shift, head, head_bias = weights
    x = tf.gather(table, tokens) + position
    for begin in (0, 16):
        w = blocks[begin : begin + 16]
        x = x + attended(normalized(x, *w[:2]), w[2:10])
        h = tf.nn.gelu(normalized(x, *w[10:12]) @ w[12] + w[13])
        x = x + h @ w[14] + w[15]
    return normalized(x, last_scale, last_shift) @ head + head_bias


def rate(step: int, length: int) -> float:
    """Return the learning rate: a warm-up of 100 steps, then half a cosine."""
    if step < 100:
        return 1e-2 * step / 100
    return cosine(1e-2, 1e-4, step - 100, length - 100)


def losses(samples: Path, model: keras.Model, steps: int, length: int) -> list[float]:
    """Return the loss of each of the first steps of a run of `length` steps."""
    text = (samples / "data/hamlet.txt").read_text()
    alphabet = {c: code for code, c in enumerate(sorted(set(text)))}
    codes = np.array([alphabet[c] for c in text[: len(text) - len(text) // 10]])
    weights, found = variables(model), []
    names = [weight.path for weight in model.trainable_variables]
    decayed = [name.endswith(("kernel", "embeddings")) for name in names]
    adam = Adam(weights, beta_2=0.95, decay=0.1, decayed=decayed)
    batches = shuffled((len(codes) - 65) // 64 + 1, 8, "hamlet.train")
    halves: list[list[tf.Tensor]] = []
    for step, rows in enumerate(islice(batches, steps)):
        tokens = tf.constant(codes[64 * rows[:, None] + np.arange(65)], tf.int32)
        with tf.GradientTape() as tape:
            scores = tf.nn.log_softmax(logits(weights, tokens[:, :-1]))
            nats = -tf.gather(scores, tokens[:, 1:], batch_dims=2)
            loss = tf.reduce_mean(nats)
        halves.append([tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)])
        if len(halves) == 2:
            means = [(a + b) / 2 for a, b in zip(*halves, strict=True)]
            adam.apply(clipped(means, 1.0), rate(step - 1, length))
            halves = []
        found.append(float(loss))
    return found
