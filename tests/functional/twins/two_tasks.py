"""flights_two_tasks.loop by hand: a trunk, two heads, a weighted sum of two losses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.arithmetic import cosine


def two_task_steps(
    models: Mapping[str, keras.Model],
    split: Any,
    rows: Sequence[np.ndarray],
    length: int,
) -> Iterator[list[float]]:
    """Yield the sum and the two losses of the first of `length` steps."""
    weights = [
        weight
        for name in ("trunk", "minutes", "lateness")
        for weight in models[name].trainable_variables
    ]
    optimizer = keras.optimizers.AdamW(1.0, weight_decay=0.01)
    optimizer.build(weights)
    for step, taken in enumerate(rows):
        columns = {n: tf.constant(a[taken]) for n, a in split.columns.items()}
        flight = split.decode(columns)
        names = ("carrier", "origin", "dest", "numbers")
        with tf.GradientTape() as tape:
            h = models["trunk"]([flight[name] for name in names])
            minutes = models["minutes"](h)[:, 0]
            score = models["lateness"](h)[:, 0]
            delay = tf.reduce_mean(tf.abs(flight["delay"] - minutes))
            # -log sigmoid(score) where late, -log sigmoid(-score) where not.
            sign = tf.where(flight["late"] == 1, -1.0, 1.0)
            late = tf.reduce_mean(tf.math.softplus(sign * score))
            loss = 0.5 * delay + 0.5 * late
        optimizer.learning_rate.assign(cosine(3e-3, 0.0, step, length))
        gradients = tape.gradient(loss, weights)
        optimizer.apply([tf.convert_to_tensor(g) for g in gradients], weights)
        yield [float(loss), float(delay), float(late)]
