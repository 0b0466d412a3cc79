"""half_precision by hand: products in float16, a scaled loss, Adam in float32."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.arithmetic import Adam, cosine, variables

SCALE = 2.0**15


def half_precision_steps(
    classifier: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    rows: Sequence[np.ndarray],
) -> Iterator[tuple[float, float]]:
    """The loss, and the norm of gradients that are computed 2^15 times as large."""
    weights = variables(classifier)
    adam = Adam(weights)
    for step, chosen in enumerate(rows):
        label = tf.constant(labels[chosen], tf.int32)
        image = tf.constant(images[chosen].reshape(len(chosen), -1) / 16, tf.float16)
        with tf.GradientTape() as tape:
            half = [tf.cast(w, tf.float16) for w in weights]
            h = tf.nn.relu(image @ half[0] + half[1])
            h = tf.nn.relu(h @ half[2] + half[3])
            logits = tf.cast(h @ half[4] + half[5], tf.float32)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(label, logits)
            )
            scaled = loss * SCALE
        gradients = [g / SCALE for g in tape.gradient(scaled, weights)]
        adam.apply(gradients, cosine(2e-3, 0.0, step, len(rows)))
        yield float(loss), float(tf.linalg.global_norm(gradients))
