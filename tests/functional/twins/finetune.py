"""finetune.loop by hand: a denoising autoencoder, then three stages of fine-tuning."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.arithmetic import cosine

from loopc_runtime import random_normal, step_scope
from loopc_runtime.data.permutation import permutation, permutation_keys
from loopc_runtime.data.splits import Split

SEED = 7
RATE = 3e-3


class Encoder:
    """Dense, normalization of the batch, dense; statistics as in Keras."""

    def __init__(self, model: keras.Model) -> None:
        found = {w.path: w.numpy() for w in model.weights}
        names = ("stem/kernel", "stem/bias")
        names += ("batch_normalization/gamma", "batch_normalization/beta")
        names += ("dense/kernel", "dense/bias")
        self.weights = [tf.Variable(found[name]) for name in names]
        self.mean, self.variance = tf.zeros(128), tf.ones(128)

    def __call__(self, image: tf.Tensor, frozen: bool = False) -> tf.Tensor:
        w1, b1, gamma, beta, w2, b2 = self.weights
        h = tf.maximum(tf.reshape(image, (-1, 64)) @ w1 + b1, 0.0)
        if frozen:
            mean, variance = self.mean, self.variance
        else:
            mean = tf.reduce_mean(h, axis=0)
            variance = tf.reduce_mean((h - mean) ** 2, axis=0)
            self.mean = 0.99 * self.mean + 0.01 * mean
            self.variance = 0.99 * self.variance + 0.01 * variance
        h = gamma * (h - mean) / tf.sqrt(variance + 1e-3) + beta
        return tf.maximum(h @ w2 + b2, 0.0)


class Moments:
    """Adam with one count, and moments of those weights that were ever updated."""

    def __init__(self) -> None:
        self.count, self.kept = 0, {}

    def step(
        self,
        weights: Sequence[tf.Variable],
        gradients: Sequence[tf.Tensor],
        rate: float,
    ) -> None:
        self.count += 1
        scale = np.sqrt(1 - 0.999**self.count) / (1 - 0.9**self.count)
        for weight, g in zip(weights, gradients, strict=True):
            m, v = self.kept.get(id(weight), (0.0, 0.0))
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            self.kept[id(weight)] = (m, v)
            weight.assign_sub(rate * scale * m / (tf.sqrt(v) + 1e-7))


def batches(
    split: Split, stream: str, size: int, epoch: int
) -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
    """Yield the full batches of images and labels of an epoch, in the run's order."""
    rows = split.rows
    order = permutation(rows, permutation_keys(SEED, stream, epoch))
    columns = split.columns
    for begin in range(0, rows - size + 1, size):
        taken = order[begin : begin + size]
        image = columns["image"][taken].astype(np.float32) / 16
        yield tf.constant(image), tf.constant(columns["label"][taken].astype(np.int32))


def pretraining(split: Split, encoder: Encoder, decoder: keras.Model) -> list[float]:
    """Return the loss of each step of one epoch; `encoder` is trained."""
    w1, b1, w2, b2 = (tf.Variable(w.numpy()) for w in decoder.weights)
    weights, moments = [*encoder.weights, w1, b1, w2, b2], Moments()
    losses = []
    for step, (image, _) in enumerate(batches(split, "digits.train", 64, 0)):
        with step_scope(SEED, tf.constant(step, tf.int64)):
            noisy = image + 0.3 * random_normal((64, 8, 8), site="pretrain_loss")
        with tf.GradientTape() as tape:
            h = tf.maximum(encoder(noisy) @ w1 + b1, 0.0)
            p = tf.clip_by_value(tf.sigmoid(h @ w2 + b2), 1e-7, 1 - 1e-7)
            x = tf.reshape(image, (-1, 64))
            nats = -x * tf.math.log(p) - (1 - x) * tf.math.log(1 - p)
            loss = tf.reduce_mean(nats)
        moments.step(weights, tape.gradient(loss, weights), RATE)
        losses.append(float(loss))
    return losses


def finetuning(split: Split, encoder: Encoder, head: keras.Model) -> list[float]:
    """Return the losses of three stages of one epoch each."""
    kernel, bias = (tf.Variable(w.numpy()) for w in head.weights)
    stages = ([], encoder.weights[2:], encoder.weights)
    body, top = Moments(), Moments()  # each group of weights has an Adam of its own
    losses = []
    for number, inner in enumerate(stages):
        for step, (image, label) in enumerate(
            batches(split, "digits.labelled", 25, number)
        ):
            weights = [*inner, kernel, bias]
            with tf.GradientTape() as tape:
                logits = encoder(image, frozen=number == 0) @ kernel + bias
                log = logits - tf.reduce_logsumexp(logits, axis=1, keepdims=True)
                loss = -tf.reduce_mean(tf.gather(log, label, axis=1, batch_dims=1))
            rate = cosine(RATE, 0.0, step, 2) if number == 2 else RATE
            *gradients, of_kernel, of_bias = tape.gradient(loss, weights)
            if inner:
                body.step(inner, gradients, 0.3 * rate)
            top.step([kernel, bias], [of_kernel, of_bias], rate)
            losses.append(float(loss))
    return losses
