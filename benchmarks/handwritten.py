"""The same loops as a careful person writes them: tf.function over tf.data, Keras."""

from collections.abc import Callable, Generator
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from benchmarks.workloads import MANY_EPOCHS, Workload

Batch = tuple[tf.Tensor, tf.Tensor]
READ_EVERY = 100


def make_model(workload: Workload, shape: tuple[int, ...]) -> keras.Model:
    """Return the network, of Keras' layers."""
    inputs = keras.Input(shape)
    x = keras.layers.Flatten()(inputs) if len(shape) > 1 else inputs
    for units, rate in zip(workload.widths, workload.rates, strict=True):
        x = keras.layers.Dense(units, activation="relu")(x)
        if rate:
            x = keras.layers.Dropout(rate)(x)
    return keras.Model(inputs, keras.layers.Dense(10)(x))


def make_optimizer(workload: Workload) -> keras.optimizers.Optimizer:
    """Return Keras' Adam, with its cosine schedule and clipping where there is one."""
    rate: Any = workload.peak
    if workload.batch_size is not None:
        total = MANY_EPOCHS * workload.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(
            0.0 if workload.warmup else workload.peak,
            decay_steps=total - workload.warmup,
            alpha=workload.floor / workload.peak,
            warmup_target=workload.peak if workload.warmup else None,
            warmup_steps=workload.warmup,
        )
    return keras.optimizers.Adam(rate, epsilon=1e-8, global_clipnorm=workload.clip)


def make_batches(
    workload: Workload, x: npt.NDArray[Any], y: npt.NDArray[Any]
) -> Generator[Batch, None, None]:
    """Yield batches without end: shuffled whole, decoded batch by batch, prefetched."""
    if workload.batch_size is None:
        batch = tf.constant(x), tf.constant(y)
        while True:
            yield batch

    def decode(image: tf.Tensor, label: tf.Tensor) -> Batch:
        return tf.cast(image, tf.float32) / workload.scale, tf.cast(label, tf.int32)

    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=7)
    dataset = dataset.batch(workload.batch_size)
    dataset = dataset.map(decode, num_parallel_calls=tf.data.AUTOTUNE)
    dataset = dataset.prefetch(tf.data.AUTOTUNE)
    while True:
        yield from dataset


class HandWritten:
    """A loop over compiled steps that looks at its metrics every hundred steps."""

    def __init__(self, workload: Workload, *, xla: bool = False) -> None:
        keras.utils.set_random_seed(7)
        x, y = (array[: workload.rows] for array in workload.data())
        self.model = make_model(workload, x.shape[1:])
        self.optimizer = make_optimizer(workload)
        self.optimizer.build(self.model.trainable_variables)
        self.metrics: list[keras.metrics.Metric] = [keras.metrics.Mean()]
        classes = workload.batch_size is not None
        if classes:
            self.metrics.append(keras.metrics.SparseCategoricalAccuracy())
        self.train_step = self._make_step(classes, xla)
        self.steps = 0
        self._batches = make_batches(workload, x, y)

    def _make_step(self, classes: bool, xla: bool) -> Callable[..., tf.Tensor]:
        model, optimizer, metrics = self.model, self.optimizer, self.metrics
        loss_fn = (
            keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            if classes
            else keras.losses.MeanSquaredError()
        )

        def train_step(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                output = model(x, training=True)
                loss = loss_fn(y, output)
            variables = model.trainable_variables
            gradients = tape.gradient(loss, variables)
            optimizer.apply_gradients(zip(gradients, variables, strict=True))
            metrics[0].update_state(loss)
            if classes:
                metrics[1].update_state(y, output)
            return loss

        compiled: Callable[..., tf.Tensor] = tf.function(
            train_step, jit_compile=xla or None
        )
        return compiled

    def advance(self) -> int:
        """Run a hundred steps, then read the metrics; return how many were run."""
        for _ in range(READ_EVERY):
            self.train_step(*next(self._batches))
        self.steps += READ_EVERY
        values = [float(metric.result()) for metric in self.metrics]
        if not np.isfinite(values).all():
            raise ArithmeticError(f"the hand-written loop diverged: {values}")
        for metric in self.metrics:
            metric.reset_state()
        return READ_EVERY

    def close(self) -> None:
        """End the input pipeline."""
        self._batches.close()
