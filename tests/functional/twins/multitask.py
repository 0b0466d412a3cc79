"""Projected gradients and a rate for each group, by hand, with Keras' optimizers."""

import math
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

PEAK = 3e-3


def multitask_steps(
    models: dict[str, keras.Model],
    batches: list[dict[str, tf.Tensor]],
) -> Iterator[list[float]]:
    """Yield what every step reports, whose rate falls to 0 over all of them."""
    trunk, namer, scales = (models[name] for name in ("trunk", "namer", "scales"))
    weights = [w for m in (trunk, namer, scales) for w in m.trainable_variables]
    biases = [w for w in weights if w.path.endswith("bias")]
    others = [w for w in weights if not w.path.endswith("bias")]
    weigher = [w for w in others if any(w is v for v in scales.trainable_variables)]
    rest = [w for w in others if not any(w is v for v in weigher)]
    makers = (
        (biases, 1.0, keras.optimizers.SGD(PEAK, momentum=0.9)),
        (weigher, 3.0, keras.optimizers.AdamW(PEAK, weight_decay=0.01)),
        (rest, 1.0, keras.optimizers.AdamW(PEAK, weight_decay=0.01)),
    )
    for step, batch in enumerate(batches):
        with tf.GradientTape(persistent=True) as tape:
            h = trunk([batch["sex"], batch["sizes"]], training=True)
            logits = namer(h, training=True)
            naming = tf.reduce_mean(
                keras.losses.sparse_categorical_crossentropy(
                    batch["species"], logits, from_logits=True
                )
            )
            guess = tf.squeeze(scales(h, training=True), 1)
            weighing = tf.reduce_mean(tf.square(guess - batch["mass"]))
        of_trunk = trunk.trainable_variables
        a = dense(tape.gradient(naming, of_trunk))
        b = dense(tape.gradient(weighing, of_trunk))
        yield [float(naming), float(weighing), *lengths_and_angle(a, b)]
        gradients = without_conflict(a, b)
        gradients += tape.gradient(naming, namer.trainable_variables)
        gradients += tape.gradient(weighing, scales.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 1.0)
        found = {id(w): g for w, g in zip(weights, gradients, strict=True)}
        rate = PEAK * 0.5 * (1 + math.cos(math.pi * step / len(batches)))
        for group, factor, optimizer in makers:
            optimizer.learning_rate = factor * rate
            optimizer.apply([found[id(w)] for w in group], group)


def dense(gradients: list[tf.Tensor | tf.IndexedSlices]) -> list[tf.Tensor]:
    """Return gradients of tables as whole tensors."""
    return [tf.convert_to_tensor(each) for each in gradients]


def lengths_and_angle(a: list[tf.Tensor], b: list[tf.Tensor]) -> list[float]:
    """Return the cosine of two gradients, and their norms."""
    flat_a, flat_b = (np.concatenate([np.ravel(g) for g in each]) for each in (a, b))
    norms = np.linalg.norm(flat_a), np.linalg.norm(flat_b)
    return [flat_a @ flat_b / (norms[0] * norms[1]), *norms]


def without_conflict(a: list[tf.Tensor], b: list[tf.Tensor]) -> list[tf.Tensor]:
    """Return the sum of two gradients, each projected off the other's opposite."""
    flat_a, flat_b = (
        np.concatenate([np.ravel(part) for part in each]) for each in (a, b)
    )
    along = min(float(flat_a @ flat_b), 0.0)
    of_a, of_b = along / (flat_a @ flat_a), along / (flat_b @ flat_b)
    return [(p - of_b * q) + (q - of_a * p) for p, q in zip(a, b, strict=True)]
