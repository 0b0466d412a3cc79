"""private_digits by hand: gradients one image at a time, clipped, summed, blurred."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from loopc_runtime import random_normal, step_scope


def clipped_gradient(
    weights: Sequence[tf.Variable], image: np.ndarray, label: int, bound: float
) -> list[np.ndarray]:
    """The gradient of softmax regression on one image: (p - y) outer x, and p - y."""
    x = image.reshape(-1).astype(np.float64)
    scores = x @ weights[0].numpy() + weights[1].numpy()
    p = np.exp(scores - scores.max())
    error = p / p.sum() - np.eye(10)[label]
    found = [np.outer(x, error), error]
    norm = np.sqrt(sum(np.sum(g * g) for g in found))
    return [g * min(1.0, bound / norm) for g in found]


def private_weights(
    reader: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    rows: Sequence[np.ndarray],
    bound: float,
    noise: float,
    seed: int,
) -> list[np.ndarray]:
    """The weights after momentum 0.9 and steps of 0.3 on the blurred means."""
    weights = reader.trainable_variables
    velocity = [np.zeros(w.shape) for w in weights]
    for step, chosen in enumerate(rows):
        sums = [np.zeros(w.shape) for w in weights]
        for row in chosen:
            own = clipped_gradient(weights, images[row] / 16, labels[row], bound)
            sums = [s + g for s, g in zip(sums, own, strict=True)]
        site = "differentially_private_aggregate"
        with step_scope(seed, tf.constant(step, tf.int64)):
            draws = [random_normal(w.shape, site).numpy() for w in weights]
        for i, (weight, draw) in enumerate(zip(weights, draws, strict=True)):
            mean = (sums[i] + noise * bound * draw) / len(chosen)
            velocity[i] = 0.9 * velocity[i] + mean
            weight.assign(weight - 0.3 * velocity[i].astype(np.float32))
    return [w.numpy() for w in weights]
