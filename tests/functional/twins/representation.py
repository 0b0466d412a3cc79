"""Gradients of tasks joined where their networks meet, by hand."""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

from loopc_runtime import random_uniform, step_scope

Batch = dict[str, tf.Tensor]
Models = dict[str, keras.Model]


def losses(models: Models, h: tf.Tensor, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the loss of each task from what the trunk gave."""
    names = keras.losses.sparse_categorical_crossentropy(
        batch["species"], models["namer"](h, training=True), from_logits=True
    )
    guess = tf.squeeze(models["scales"](h, training=True), 1)
    return tf.reduce_mean(names), tf.reduce_mean(tf.square(guess - batch["mass"]))


def mgda_ub(models: Models, batches: list[tuple[Batch]]) -> Iterator[list[float]]:
    """Sener and Koltun, 2018: one weight for each task, from gradients at h."""
    optimizers = adams(models)
    for (batch,) in batches:
        with tf.GradientTape(persistent=True) as tape:
            h = models["trunk"](batch["sizes"], training=True)
            naming, weighing = losses(models, h, batch)
        a, b = (np.float64(tape.gradient(e, h)) for e in (naming, weighing))
        share = float(np.clip(np.sum((b - a) * b) / np.sum((a - b) ** 2), 0, 1))
        yield [float(naming), float(weighing), share]
        joined = tf.constant(share * a + (1 - share) * b, tf.float32)
        descend(models, optimizers, tape, (h, joined), (naming, weighing))


def graddrop(models: Models, batches: list[tuple[Batch]]) -> Iterator[list[float]]:
    """Chen and others, 2020, at h: elements of one sign, drawn by their purity."""
    optimizers = adams(models)
    for step, (batch,) in enumerate(batches):
        with tf.GradientTape(persistent=True) as tape:
            h = models["trunk"](batch["sizes"], training=True)
            naming, weighing = losses(models, h, batch)
        a, b = (tape.gradient(e, h).numpy() for e in (naming, weighing))
        purity = 0.5 * (1 + (a + b) / np.maximum(np.abs(a) + np.abs(b), 1e-20))
        with step_scope(0, tf.constant(step, tf.int64)):
            drawn = random_uniform(purity.shape, "upwards").numpy()
        kept = [np.where((e > 0) == (purity > drawn), e, 0) for e in (a, b)]
        yield [float(naming), float(weighing), float(np.mean(purity))]
        joined = tf.constant(kept[0] + kept[1])
        descend(models, optimizers, tape, (h, joined), (naming, weighing))


def adams(models: Models) -> dict[str, keras.optimizers.Optimizer]:
    """Return an optimizer for each model."""
    return {name: keras.optimizers.Adam(1e-3) for name in models}


def descend(
    models: Models,
    optimizers: dict[str, keras.optimizers.Optimizer],
    tape: tf.GradientTape,
    meeting: tuple[tf.Tensor, tf.Tensor],
    objectives: tuple[tf.Tensor, tf.Tensor],
) -> None:
    """Give the trunk the joined gradient, and each head that of its own task."""
    h, joined = meeting
    names = ("namer", "scales")
    found = {"trunk": tape.gradient(h, models["trunk"].trainable_variables, joined)}
    for name, objective in zip(names, objectives, strict=True):
        found[name] = tape.gradient(objective, models[name].trainable_variables)
    for name, gradients in found.items():
        optimizers[name].apply(gradients, models[name].trainable_variables)
