"""simclr.loop by hand: two views of each image, and the loss of the pairs."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from loopc_runtime import random_rotation, random_translation, random_zoom
from loopc_runtime.scope import step_scope

Sites = Sequence[str]


def view(images: tf.Tensor, sites: Sites) -> tf.Tensor:
    """Return the images turned, shifted and scaled by what is drawn at the sites."""
    turned = random_rotation(images, 15, sites[0], "constant")
    shifted = random_translation(turned, 0.12, 0.12, sites[1], "constant")
    return random_zoom(shifted, 0.85, 1.15, sites[2], "constant")


def pair_loss(z: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    """Return -log of the share of its partner among all similarities of an image."""
    alike = tf.matmul(z, other, transpose_b=True) / 0.2
    own = tf.linalg.diag_part(alike)
    return tf.reduce_mean(tf.reduce_logsumexp(alike, axis=1) - own)


def simclr_steps(
    encoder: keras.Model,
    projector: keras.Model,
    images: np.ndarray,
    rows: Sequence[np.ndarray],
    seed: int,
) -> Iterator[list[float]]:
    """Yield the loss of each step."""
    optimizer = keras.optimizers.Adam(2e-3)
    weights = encoder.trainable_variables + projector.trainable_variables
    for step, taken in enumerate(rows):
        batch = tf.constant(images[taken], tf.float32) / 16
        with step_scope(seed, tf.constant(step, tf.int64)):
            views = [
                view(batch, ("view_rotation", "view_translation", "view_zoom"))
                for _ in range(2)
            ]
        with tf.GradientTape() as tape:
            codes = [projector(encoder(each)) for each in views]
            a, b = (each / tf.norm(each, axis=1, keepdims=True) for each in codes)
            loss = (pair_loss(a, b) + pair_loss(b, a)) / 2
        optimizer.apply(tape.gradient(loss, weights), weights)
        yield [float(loss)]
