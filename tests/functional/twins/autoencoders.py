"""denoising.loop and vae.loop by hand: noise, codes, bounds and their gradients."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.arithmetic import cosine
from tests.functional.twins.first_steps import KerasAdam

from loopc_runtime.random import random_normal
from loopc_runtime.scope import step_scope


def bernoulli_nats(x: tf.Tensor, p: tf.Tensor) -> tf.Tensor:
    """Return -log p(x) of every pixel, for p kept off 0 and 1 as Keras does."""
    p = tf.clip_by_value(p, 1e-7, 1 - 1e-7)
    return -(x * tf.math.log(p) + (1 - x) * tf.math.log(1 - p))


def denoising_steps(
    model: keras.Model, images: np.ndarray, rows: Sequence[np.ndarray], seed: int
) -> Iterator[list[float]]:
    """Yield the loss of each step of a run as long as `rows`."""
    optimizer = KerasAdam(0.0)
    for step, taken in enumerate(rows):
        clean = tf.constant(images[taken], tf.float32) / 255
        with step_scope(seed, tf.constant(step, tf.int64)):
            noise = random_normal(clean.shape, site="noisy")
        with tf.GradientTape() as tape:
            restored = model(clean + 0.3 * noise, training=True)
            loss = tf.reduce_mean(bernoulli_nats(clean, restored))
        rate = cosine(2e-3, 0.0, step, len(rows))
        optimizer.optimizer.learning_rate.assign(rate)
        optimizer.step(model, tape, loss)
        yield [float(loss)]


def vae_steps(
    encoder: keras.Model,
    decoder: keras.Model,
    images: np.ndarray,
    rows: Sequence[np.ndarray],
    seed: int,
    warmup: int,
) -> Iterator[list[float]]:
    """Yield loss, reconstruction and divergence; beta grows over `warmup` steps."""
    optimizer = keras.optimizers.Adam(1e-3)
    for step, taken in enumerate(rows):
        x = tf.constant(images[taken], tf.float32) / 255
        with step_scope(seed, tf.constant(step, tf.int64)):
            noise = random_normal((len(taken), 16), site="z")
        with tf.GradientTape() as tape:
            mu, log_variance = encoder(x, training=True)
            deviation = tf.sqrt(tf.exp(log_variance))
            pixels = bernoulli_nats(x, decoder(mu + deviation * noise, training=True))
            reconstruction = tf.reduce_sum(pixels) / len(taken)
            # KL of N(mu, deviation^2) from N(0, 1), summed over the code.
            apart = deviation**2 + mu**2 - 1 - 2 * tf.math.log(deviation)
            divergence = tf.reduce_sum(apart) / 2 / len(taken)
            loss = reconstruction + min(1.0, step / warmup) * divergence
        weights = encoder.trainable_variables + decoder.trainable_variables
        optimizer.apply(tape.gradient(loss, weights), weights)
        yield [float(loss), float(reconstruction), float(divergence)]
