"""Mixup by hand, with the Keras optimizers for matrices and for biases."""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

from loopc_runtime import random_beta, step_scope


def smoothed_loss(labels: tf.Tensor, logits: tf.Tensor, share: float) -> tf.Tensor:
    """Cross entropy to (1 - share) of the label and share of all ten classes."""
    targets = (1 - share) * tf.one_hot(labels, 10) + share / 10
    return -tf.reduce_sum(targets * tf.nn.log_softmax(logits), axis=-1)


def mixup_steps(
    classifier: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    rows: list[np.ndarray],
    rates: list[float],
) -> Iterator[float]:
    """Each image is mixed with its neighbour, x_i = s x_i + (1 - s) x_{i+1}."""
    weights = classifier.trainable_variables
    kernels = [w for w in weights if len(w.shape) == 2]
    biases = [w for w in weights if len(w.shape) == 1]
    muon = keras.optimizers.Muon(0.01, weight_decay=0.01)
    adam = keras.optimizers.AdamW(0.003, weight_decay=0.0)
    for step, (batch, rate) in enumerate(zip(rows, rates, strict=True)):
        image = tf.constant(images[batch] / 255, tf.float32)
        label, partner = tf.constant(labels[batch]), np.roll(labels[batch], -1)
        with step_scope(7, tf.constant(step, tf.int64)):
            share = random_beta((len(batch),), "share", 0.2, 0.2)
        part = share[:, None, None]
        mixed = part * image + (1 - part) * tf.concat([image[1:], image[:1]], 0)
        with tf.GradientTape() as tape:
            logits = classifier(mixed)
            own = smoothed_loss(label, logits, 0.05)
            other = smoothed_loss(tf.constant(partner), logits, 0.05)
            loss = tf.reduce_mean(share * own + (1 - share) * other)
        slopes = tape.gradient(loss, [*kernels, *biases])
        muon.learning_rate, adam.learning_rate = rate, 0.3 * rate
        muon.apply(slopes[: len(kernels)], kernels)
        adam.apply(slopes[len(kernels) :], biases)
        yield float(loss)
