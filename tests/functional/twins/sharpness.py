"""flat_minima by hand: two backward passes, the second from uphill."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.arithmetic import Adam, cosine

Tensors = Sequence[tf.Tensor]


def wrong_for_some(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Labels, but for two images in five the last but one digit of their ink."""
    ink = images.reshape(len(images), -1).sum(axis=1, dtype=np.int64)
    return np.where(ink % 5 < 2, ink // 5 % 10, labels)


def logits(weights: Tensors, image: tf.Tensor) -> tf.Tensor:
    """Two hidden layers of rectified units."""
    h = tf.reshape(image, (len(image), -1))
    h = tf.nn.relu(h @ weights[0] + weights[1])
    h = tf.nn.relu(h @ weights[2] + weights[3])
    return h @ weights[4] + weights[5]


def slopes(
    weights: Tensors, image: tf.Tensor, targets: tf.Tensor
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """The mean cross entropy to `targets`, and its gradients."""
    with tf.GradientTape() as tape:
        tape.watch(weights)
        logs = tf.nn.log_softmax(logits(weights, image))
        loss = -tf.reduce_mean(tf.reduce_sum(targets * logs, axis=1))
    return loss, tape.gradient(loss, weights)


def flat_minima_steps(
    models: dict[str, keras.Model],
    images: np.ndarray,
    labels: np.ndarray,
    rows: Sequence[np.ndarray],
    radius: float,
) -> Iterator[tuple[float, float]]:
    """Losses of `flat` and `plain`; `flat` takes its gradient at w + rho g / |g|."""
    weights = {
        name: [tf.Variable(w.numpy()) for w in model.trainable_variables]
        for name, model in models.items()
    }
    adam = {name: Adam(own) for name, own in weights.items()}
    for step, chosen in enumerate(rows):
        image = tf.constant(images[chosen] / 255, tf.float32)
        given = wrong_for_some(images[chosen], labels[chosen])
        targets = tf.one_hot(given, 10) * 0.9 + 0.01
        rate = cosine(2e-3, 0.0, step, len(rows))
        plain = [tf.convert_to_tensor(w) for w in weights["plain"]]
        sharp_loss, g = slopes(plain, image, targets)
        adam["plain"].apply(g, rate)
        here = [tf.convert_to_tensor(w) for w in weights["flat"]]
        loss, g = slopes(here, image, targets)
        norm = tf.linalg.global_norm(g)
        uphill = [w + radius * s / norm for w, s in zip(here, g, strict=True)]
        adam["flat"].apply(slopes(uphill, image, targets)[1], rate)
        yield float(loss), float(sharp_loss)
