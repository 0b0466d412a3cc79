"""Numbers for each image of a batch, in a shape that meets the pixels."""

import tensorflow as tf

from loopc_runtime.random import random_uniform


def each_image(values: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Return [batch] values as [batch, 1, 1, ...], of the rank of the images."""
    return tf.reshape(values, [values.shape[0], *[1] * (len(images.shape) - 1)])


def image_uniform(
    images: tf.Tensor, site: str, low: float = 0.0, high: float = 1.0
) -> tf.Tensor:
    """Return one uniform float32 number for each image, [batch]."""
    return random_uniform((images.shape[0],), site, low=low, high=high)


def image_chance(images: tf.Tensor, site: str, rate: float) -> tf.Tensor:
    """Return booleans [batch], true with probability `rate`."""
    return image_uniform(images, site) < rate
