"""Losses of whole regions, sequences and batches: one value per example, [batch]."""

import keras
import tensorflow as tf

from loopc_runtime.losses.shapes import paired_with


def dice(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return 1 minus twice the overlap over the sum of sizes, within each example.

    `target` and `output` have one shape `[batch, ...]`, values in 0 .. 1. Keras' Dice
    with `axis` set to all axes but the first; its default couples the whole batch.

    Raises:
        ValueError: the shapes differ.
    """
    target, output = paired_with("dice", target, output)
    overlap = sum_within(target * output)
    sizes = sum_within(target) + sum_within(output)
    return 1.0 - 2.0 * overlap / (sizes + keras.config.epsilon())


def tversky(
    target: tf.Tensor, output: tf.Tensor, alpha: float = 0.5, beta: float = 0.5
) -> tf.Tensor:
    """Return 1 minus the Tversky index within each example; `dice` generalized.

    As in Keras, `alpha` weighs what the output misses and `beta` what it adds. `target`
    and `output` have one shape `[batch, ...]`, values in 0 .. 1.

    Raises:
        ValueError: the shapes differ.
    """
    target, output = paired_with("tversky", target, output)
    overlap = sum_within(target * output)
    missed = sum_within(target * (1.0 - output))
    added = sum_within((1.0 - target) * output)
    whole = overlap + alpha * missed + beta * added + keras.config.epsilon()
    return 1.0 - overlap / whole


def sum_within(values: tf.Tensor) -> tf.Tensor:
    """Sum over all axes but the first: one value per example, shape [batch]."""
    return tf.reduce_sum(values, axis=list(range(1, values.shape.rank)))


def circle(
    label: tf.Tensor, embedding: tf.Tensor, gamma: float = 80.0, margin: float = 0.4
) -> tf.Tensor:
    """Return Keras' circle loss of each example against the rest of its batch.

    `label` is an integer tensor [batch], `embedding` a floating tensor [batch, size] of
    unit vectors. The value depends on the whole batch; it is 0 for an example without
    partner of its class, and Keras leaves those out of its mean.

    Raises:
        ValueError: the label is not [batch] or the embedding not [batch, size].
    """
    label, embedding = tf.convert_to_tensor(label), tf.convert_to_tensor(embedding)
    if label.shape.rank != 1 or embedding.shape.rank != 2:
        raise ValueError(
            "`circle` needs labels [batch] and embeddings [batch, size]; found "
            f"{tuple(label.shape)} and {tuple(embedding.shape)}."
        )
    return keras.losses.circle(label, embedding, gamma=gamma, margin=margin)


def ctc(label: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return the connectionist temporal classification loss; `keras.losses.ctc`.

    `label` is an integer tensor [batch, length] padded with 0, which is also the blank;
    `logits` a floating tensor [batch, time, classes].

    Raises:
        ValueError: the ranks are others.
    """
    return keras.losses.ctc(tf.convert_to_tensor(label), tf.convert_to_tensor(logits))
