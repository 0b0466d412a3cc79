"""late_flights.loop by hand: embeddings, three dense layers, classes that weigh."""

from itertools import islice

import keras
import tensorflow as tf
from tests.functional.twins.arithmetic import (
    Adam,
    Weights,
    cosine,
    shuffled,
    variables,
)

from loopc_runtime.data.splits import Split

CLASS_WEIGHTS = (0.66, 2.1)


def logits(weights: Weights, fields: dict[str, tf.Tensor]) -> tf.Tensor:
    """Return [batch, 2] from numbers and the rows that labels have in tables."""
    origin, dest, carrier, w1, b1, w2, b2, w3, b3 = weights
    places = [
        tf.one_hot(fields[name], table.shape[0]) @ table
        for name, table in (("origin", origin), ("dest", dest), ("carrier", carrier))
    ]
    h = tf.concat([fields["time"], fields["numbers"], *places], axis=1)
    h = tf.maximum(h @ w1 + b1, 0.0)
    return tf.maximum(h @ w2 + b2, 0.0) @ w3 + b3


def weighted_loss(scores: tf.Tensor, late: tf.Tensor) -> tf.Tensor:
    """Return sum(w nats) / sum(w), with the weight of each flight's class."""
    weight = tf.where(late == 1, CLASS_WEIGHTS[1], CLASS_WEIGHTS[0])
    log = scores - tf.reduce_logsumexp(scores, axis=1, keepdims=True)
    nats = -tf.where(late == 1, log[:, 1], log[:, 0])
    return tf.reduce_sum(weight * nats) / tf.reduce_sum(weight)


def losses(split: Split, model: keras.Model, steps: int, length: int) -> list[float]:
    """Return the loss of each of the first steps of a run of `length` steps."""
    weights, found = variables(model), []
    adam = Adam(weights, decay=0.004)
    batches = shuffled(split.rows, 512, "flights.train")
    for step, rows in enumerate(islice(batches, steps)):
        columns = split.columns.items()
        fields = split.decode({n: tf.constant(a[rows]) for n, a in columns})
        with tf.GradientTape() as tape:
            loss = weighted_loss(logits(weights, fields), fields["late"])
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)]
        adam.apply(gradients, cosine(3e-3, 0.0, step, length))
        found.append(float(loss))
    return found
