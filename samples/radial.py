"""A layer and a metric that prototypes.loop names with `extern`."""

from typing import Any

import keras
import tensorflow as tf


class Prototypes(keras.layers.Layer):
    """How near each example is to learned points: exp(-|x - p|^2 / width^2)."""

    def __init__(self, count: int, width: float, **options: Any) -> None:
        super().__init__(**options)
        self.count, self.width = count, width

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Draw the points where inputs between 0 and 1 lie."""
        self.points = self.add_weight(
            name="points",
            shape=(self.count, shape[-1]),
            initializer=keras.initializers.RandomUniform(0.0, 1.0),
        )

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """Return f32[batch, count] of f32[batch, features]."""
        squares = tf.reduce_sum(x**2, axis=1, keepdims=True)
        squares += tf.reduce_sum(self.points**2, axis=1)
        distance = squares - 2.0 * tf.linalg.matmul(x, self.points, transpose_b=True)
        return tf.exp(-tf.maximum(distance, 0.0) / self.width**2)


class WorstRecall(keras.metrics.Metric):
    """The share of its examples that the class which is read worst gets right."""

    def __init__(self, classes: int, **options: Any) -> None:
        super().__init__(**options)
        self.hits = self.add_variable((classes,), initializer="zeros", name="hits")
        self.seen = self.add_variable((classes,), initializer="zeros", name="seen")

    def update_state(self, label: tf.Tensor, output: tf.Tensor) -> None:
        """Count int32[batch] labels, and which float32[batch, classes] agrees with."""
        members = tf.one_hot(label, self.seen.shape[0])
        read = tf.argmax(output, axis=1, output_type=tf.int32)
        right = tf.cast(read == label, tf.float32)
        self.seen.assign_add(tf.reduce_sum(members, axis=0))
        self.hits.assign_add(tf.linalg.matvec(members, right, transpose_a=True))

    def result(self) -> tf.Tensor:
        """Return the least recall of the classes that were seen."""
        recalls = tf.where(self.seen > 0, self.hits / self.seen, 1.0)
        return tf.reduce_min(recalls)
