"""GAN, WGAN-GP and FGSM training by hand, from the formulas of their papers."""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.first_steps import KerasAdam

from loopc_runtime import random_normal, random_uniform, step_scope

Rows = list[np.ndarray]
Models = dict[str, keras.Model]


def cross_entropy(labels: np.ndarray, logits: tf.Tensor) -> tf.Tensor:
    """-log softmax(logits)[label], averaged."""
    chosen = tf.gather(tf.nn.log_softmax(logits), labels, batch_dims=1)
    return -tf.reduce_mean(chosen)


def gan_steps(
    models: Models, images: np.ndarray, labels: np.ndarray, rows: Rows, seed: int
) -> Iterator[tuple[float, float, float]]:
    """Discriminator and generator losses -log D and -log(1 - D), and a classifier."""
    generator, critic = models["generator"], models["critic"]
    classifier = models["classifier"]
    for_critic, for_generator = KerasAdam(2e-4, 0.5), KerasAdam(2e-4, 0.5)
    for_classifier = KerasAdam(1e-3)
    for step, batch in enumerate(rows):
        real = tf.constant(images[batch] / 127.5 - 1, tf.float32)
        with step_scope(seed, tf.constant(step, tf.int64)):
            z = random_normal((len(batch), 32), site="fake")
            with tf.GradientTape() as tape:
                right = tf.sigmoid(critic(real, training=True))
                wrong = tf.sigmoid(critic(generator(z), training=True))
                d_loss = -tf.reduce_mean(tf.math.log(right))
                d_loss -= tf.reduce_mean(tf.math.log(1 - wrong))
            for_critic.step(critic, tape, d_loss)
            with tf.GradientTape() as tape:
                taken = tf.sigmoid(critic(generator(z), training=True))
                g_loss = -tf.reduce_mean(tf.math.log(taken))
            for_generator.step(generator, tape, g_loss)
        with tf.GradientTape() as tape:
            c_loss = cross_entropy(labels[batch], classifier(real))
        for_classifier.step(classifier, tape, c_loss)
        yield float(d_loss), float(g_loss), float(c_loss)


def wgan_gp_steps(
    models: Models, images: np.ndarray, rows: list[Rows], seed: int
) -> Iterator[tuple[float, float]]:
    """Algorithm 1 of Gulrajani et al.: five critic steps, one of the generator."""
    generator, critic = models["generator"], models["critic"]
    for_critic, for_generator = KerasAdam(1e-4, 0.0, 0.9), KerasAdam(1e-4, 0.0, 0.9)
    for step, batches in enumerate(rows):
        with step_scope(seed, tf.constant(step, tf.int64)):
            for batch in batches:
                real = tf.constant(images[batch] / 127.5 - 1, tf.float32)
                fake = generator(random_normal((64, 32), site="fake"))
                e = tf.reshape(random_uniform((64,), site="e"), (64, 1, 1))
                mix = e * real + (1 - e) * fake
                with tf.GradientTape() as tape:
                    with tf.GradientTape() as inner:
                        inner.watch(mix)
                        score = tf.reduce_sum(critic(mix))
                    slope = tf.norm(
                        tf.reshape(inner.gradient(score, mix), (64, -1)), axis=1
                    )
                    distance = tf.reduce_mean(critic(real) - critic(fake))
                    d_loss = 10 * tf.reduce_mean((slope - 1) ** 2) - distance
                for_critic.step(critic, tape, d_loss)
            z = random_normal((64, 32), site="g_loss")
            with tf.GradientTape() as tape:
                g_loss = -tf.reduce_mean(critic(generator(z)))
            for_generator.step(generator, tape, g_loss)
        yield float(distance), float(tf.reduce_mean(slope))


def fgsm_steps(
    models: Models, images: np.ndarray, labels: np.ndarray, rows: Rows
) -> Iterator[tuple[float, float, float]]:
    """A plain classifier, and one on images and on images moved by the sign."""
    plain, robust = models["plain"], models["robust"]
    for_plain, for_robust = KerasAdam(1e-3), KerasAdam(1e-3)
    for batch in rows:
        image, label = tf.constant(images[batch] / 255, tf.float32), labels[batch]
        with tf.GradientTape() as tape:
            loss = cross_entropy(label, plain(image))
        for_plain.step(plain, tape, loss)
        with tf.GradientTape() as tape:
            tape.watch(image)
            harmed = cross_entropy(label, robust(image))
        moved = image + 0.1 * tf.sign(tape.gradient(harmed, image))
        moved = tf.clip_by_value(moved, 0, 1)
        with tf.GradientTape() as tape:
            clean = cross_entropy(label, robust(image))
            harm = cross_entropy(label, robust(moved))
            objective = (clean + harm) / 2
        for_robust.step(robust, tape, objective)
        yield float(loss), float(clean), float(harm)
