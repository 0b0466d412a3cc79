"""Draws from further distributions: gamma, beta, truncated normal, of classes."""

import math
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.random import random_normal, random_uniform

ATTEMPTS = 8  # each fails in one of twenty cases at most: all of them in 1 of 2e10


def random_gamma(shape: Sequence[int], site: str, alpha: Any) -> tf.Tensor:
    """Return float32 gamma numbers of `shape` (alpha > 0, scale 1)."""
    return tf.exp(_log_gamma_draws(shape, site, alpha))


def random_beta(shape: Sequence[int], site: str, alpha: Any, beta: Any) -> tf.Tensor:
    """Return float32 beta numbers of `shape`: a / (a + b) of two gamma numbers.

    Computed from their logarithms, so that small parameters do not give 0 / 0.
    """
    first = _log_gamma_draws(shape, site, alpha)
    second = _log_gamma_draws(shape, site, beta)
    return tf.sigmoid(first - second)


def _log_gamma_draws(shape: Sequence[int], site: str, alpha: Any) -> tf.Tensor:
    """Return logarithms of gamma numbers (Marsaglia and Tsang, 2000).

    Their rejection takes a fixed number of attempts at once, of which the first that
    is accepted counts; drawn for alpha + 1 and brought back by a power of a uniform.
    """
    alpha = tf.cast(alpha, tf.float32)
    d = alpha + (1.0 - 1.0 / 3.0)
    normal = random_normal((ATTEMPTS, *shape), site)
    uniform = 1.0 - random_uniform((ATTEMPTS, *shape), site)
    cube = tf.maximum((1.0 + normal / tf.sqrt(9.0 * d)) ** 3, 1e-30)
    bound = 0.5 * normal**2 + d - d * cube + d * tf.math.log(cube)
    accepted = (tf.math.log(uniform) < bound) & (cube > 1e-30)
    first = tf.one_hot(tf.argmax(accepted, axis=0), ATTEMPTS, axis=0)
    chosen = tf.reduce_sum(first * tf.math.log(cube), axis=0)
    power = tf.math.log(1.0 - random_uniform(shape, site)) / alpha
    return tf.math.log(d) + chosen + power


def random_truncated_normal(
    shape: Sequence[int], site: str, mean: Any = 0.0, stddev: Any = 1.0
) -> tf.Tensor:
    """Return float32 normal numbers within two deviations of the mean.

    By the inverse of the distribution function, between its values at -2 and 2.
    """
    bound = math.erf(math.sqrt(2.0))
    uniform = random_uniform(shape, site, low=-bound, high=bound)
    return mean + stddev * math.sqrt(2.0) * tf.math.erfinv(uniform)


def random_categorical(logits: tf.Tensor, site: str) -> tf.Tensor:
    """Return int32 classes, drawn by the softmax of the last axis (Gumbel's trick)."""
    uniform = 1.0 - random_uniform(logits.shape, site)
    gumbel = -tf.math.log(1e-30 - tf.math.log(uniform))
    return tf.argmax(logits + tf.cast(gumbel, logits.dtype), -1, tf.int32)


def random_bernoulli(chance: tf.Tensor, site: str) -> tf.Tensor:
    """Return booleans in the shape of `chance`, true with that probability."""
    return random_uniform(chance.shape, site) < tf.cast(chance, tf.float32)
