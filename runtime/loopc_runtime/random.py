"""Random draws that depend on seed, site, call and step alone: Philox, 32-bit draws.

Bits and uniform numbers are equal in eager mode, graphs and XLA; normal numbers go
through logarithm and cosine, which differ there in the last digits.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from loopc_runtime.errors import RunError
from loopc_runtime.scope import draw_key, in_step_scope


def random_uniform(
    shape: Sequence[int] | tf.Tensor, site: str, low: Any = 0.0, high: Any = 1.0
) -> tf.Tensor:
    """Return float32 numbers of `shape`, uniform in [low, high)."""
    return low + (high - low) * _unit_draws(_random_bits(shape, site))


def random_uniform_int(
    shape: Sequence[int] | tf.Tensor, site: str, low: int, high: int
) -> tf.Tensor:
    """Return int32 numbers of `shape`, uniform in low, ..., high - 1.

    Lemire's multiplication: the high word of bits * (high - low).
    """
    if not low < high:
        raise RunError(f"`{site}` draws from the empty range {low} .. {high}")
    wide = tf.cast(_random_bits(shape, site), tf.uint64) * tf.constant(
        high - low, tf.uint64
    )
    return tf.cast(wide // tf.constant(2**32, tf.uint64), tf.int32) + low


def random_normal(
    shape: Sequence[int] | tf.Tensor, site: str, mean: Any = 0.0, stddev: Any = 1.0
) -> tf.Tensor:
    """Return normal float32 numbers of `shape` (Box and Muller, 1958)."""
    dimensions = _static_shape(shape, site)
    count = math.prod(dimensions)
    bits = _random_bits((2, (count + 1) // 2), site)
    # 1 - u lies in (0, 1]: its logarithm is finite.
    radius = tf.sqrt(-2.0 * tf.math.log(1.0 - _unit_draws(bits[0])))
    angle = (2.0 * math.pi) * _unit_draws(bits[1])
    pairs = tf.concat([radius * tf.cos(angle), radius * tf.sin(angle)], axis=0)
    return mean + stddev * tf.reshape(pairs[:count], dimensions)


def keep_mask(shape: Sequence[int] | tf.Tensor, site: str, rate: float) -> tf.Tensor:
    """Return booleans of `shape`, false with probability `rate` (0 <= rate < 1).

    16 bits decide where they hold the rate to a thousandth of itself: under XLA the
    draws are most of what a dropout costs.
    """
    halves = abs(round(rate * 2**16) - rate * 2**16) <= 1e-3 * rate * 2**16
    if halves and rate < 1 - 2**-16:
        words, threshold = _random_words(shape, site, tf.uint16), round(rate * 2**16)
    else:
        words = _random_words(shape, site, tf.uint32)
        threshold = min(round(rate * 2**32), 2**32 - 1)
    return words >= tf.constant(threshold, words.dtype)


def _random_bits(shape: Sequence[int] | tf.Tensor, site: str) -> tf.Tensor:
    return _random_words(shape, site, tf.uint32)


def _random_words(
    shape: Sequence[int] | tf.Tensor, site: str, dtype: tf.DType
) -> tf.Tensor:
    """Return random uint16 or uint32 of `shape`, cut out of 64-bit draws.

    The words of Philox in their order, whatever they are cut into. XLA computes a
    counter anew for each draw that is made of it: four times for 32 bits, twice for 64.
    """
    dimensions = _static_shape(shape, site)
    count = math.prod(dimensions)
    cut = 8 // dtype.size
    draws = tf.random.stateless_uniform(
        (-(-count // cut),),
        draw_key(site),
        minval=None,
        maxval=None,
        dtype=tf.uint64,
        alg="philox",
    )
    words = tf.reshape(tf.bitcast(draws, dtype), [-1])
    return tf.reshape(words[:count] if count % cut else words, dimensions)


def _unit_draws(bits: tf.Tensor) -> tf.Tensor:
    """Return the 24 high bits as float32 in [0, 1), exactly."""
    high = tf.cast(bits // tf.constant(2**8, tf.uint32), tf.int32)
    return tf.cast(high, tf.float32) * tf.constant(2.0**-24, tf.float32)


def _static_shape(shape: Sequence[int] | tf.Tensor, site: str) -> tuple[int, ...]:
    dimensions = tf.get_static_value(shape) if tf.is_tensor(shape) else tuple(shape)
    if dimensions is None or any(size is None for size in dimensions):
        raise RunError(f"`{site}` draws a shape that is not known while tracing")
    return tuple(int(size) for size in dimensions)


class StepSeedGenerator(keras.random.SeedGenerator):
    """A Keras seed generator whose seeds derive from the step instead of a state."""

    site: str

    def next(self, ordered: bool = True) -> tf.Tensor:
        """Return the seed of the next draw; outside a step, Keras' own."""
        if not in_step_scope():
            return super().next(ordered)
        # Keras narrows a seed to 32 bits a word: the step keeps its low ones.
        return tf.bitcast(draw_key(self.site), tf.int32)[:, 0]


def make_stateless(model: Any, name: str) -> None:
    """Make all randomness of a Keras model a function of the step.

    Each layer gets a site of its own from `name`, its position and its name; seed
    generators of Keras' layers are turned into `StepSeedGenerator`s in place. Keras
    numbers the layers inside of layers by all that the process made; their sites leave
    that number out.
    """
    layers = list(model._flatten_layers())
    networks = [layer for layer in layers if isinstance(layer, keras.Model)]
    named = {id(layer) for network in networks for layer in network.layers}
    for position, layer in enumerate(layers):
        known = layer is model or id(layer) in named
        label = layer.name if known else re.sub(r"_\d+$", "", layer.name)
        site = f"{name}/{position}:{label}"
        if getattr(layer, "site", None) == "":
            layer.site = site
        for number, generator in enumerate(layer._seed_generators):
            if not isinstance(generator, StepSeedGenerator):
                generator.__class__ = StepSeedGenerator
                generator.site = f"{site}/{number}"
