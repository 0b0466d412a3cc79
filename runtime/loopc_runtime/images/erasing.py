"""Images with a rectangle blotted out, each at its own place."""

import math

import tensorflow as tf

from loopc_runtime.images.draws import image_chance, image_uniform
from loopc_runtime.random import random_uniform_int


def cutout(images: tf.Tensor, size: int, site: str, value: float) -> tf.Tensor:
    """Return each image with a square of `size` set to `value` (DeVries, 2017).

    The centre is any pixel; what lies outside the image is cut off.
    """
    batch, height, width = images.shape[:3]
    top = random_uniform_int((batch,), site, 0, height) - size // 2
    left = random_uniform_int((batch,), site, 0, width) - size // 2
    sizes = tf.fill([batch], size)
    return _blotted(images, top, left, sizes, sizes, value)


def random_erasing(
    images: tf.Tensor,
    rate: float,
    low: float,
    high: float,
    aspect: float,
    site: str,
    value: float,
) -> tf.Tensor:
    """Return images of which a share `rate` has a rectangle set to `value`.

    Its area is a share of `low` to `high` of the image, its height to its width from
    aspect to 1 / aspect, both log-uniform and uniform as in Zhong et al. (2017); it
    is cut to the size of the image and lies inside of it.
    """
    height, width = images.shape[1:3]
    area = image_uniform(images, site, low, high) * height * width
    limit = math.log(aspect)
    ratio = tf.exp(image_uniform(images, site, limit, -limit))
    rows = _whole(tf.sqrt(area * ratio), height)
    columns = _whole(tf.sqrt(area / ratio), width)
    top = _whole_below(image_uniform(images, site), height - rows + 1)
    left = _whole_below(image_uniform(images, site), width - columns + 1)
    rows *= tf.cast(image_chance(images, site, rate), tf.int32)
    return _blotted(images, top, left, rows, columns, value)


def random_box(images: tf.Tensor, area: tf.Tensor | float, site: str) -> tf.Tensor:
    """Return booleans [batch, height, width(, 1)], true in a rectangle of each image.

    Its sides are those of the image times the root of `area`, one number or one for
    each image; its centre is any pixel, and what lies outside is cut off, as CutMix
    does (Yun et al., 2019).
    """
    batch, height, width = images.shape[:3]
    side = tf.broadcast_to(tf.sqrt(tf.cast(area, tf.float32)), [batch])
    rows = tf.cast(side * height, tf.int32)
    columns = tf.cast(side * width, tf.int32)
    top = random_uniform_int((batch,), site, 0, height) - rows // 2
    left = random_uniform_int((batch,), site, 0, width) - columns // 2
    return _rectangle(images, top, left, rows, columns)


def _whole(lengths: tf.Tensor, most: int) -> tf.Tensor:
    return tf.minimum(tf.cast(tf.round(lengths), tf.int32), most)


def _whole_below(draws: tf.Tensor, limits: tf.Tensor) -> tf.Tensor:
    """Return ints from 0 to limits - 1 for draws in [0, 1)."""
    return tf.cast(draws * tf.cast(limits, tf.float32), tf.int32)


def _blotted(
    images: tf.Tensor,
    top: tf.Tensor,
    left: tf.Tensor,
    rows: tf.Tensor,
    columns: tf.Tensor,
    value: float,
) -> tf.Tensor:
    blot = _rectangle(images, top, left, rows, columns)
    return tf.where(blot, tf.constant(value, images.dtype), images)


def _rectangle(
    images: tf.Tensor,
    top: tf.Tensor,
    left: tf.Tensor,
    rows: tf.Tensor,
    columns: tf.Tensor,
) -> tf.Tensor:
    """Return where each image has its rectangle, with an axis of 1 for channels."""
    y, x = tf.range(images.shape[1])[None, :], tf.range(images.shape[2])[None, :]
    across = (y >= top[:, None]) & (y < (top + rows)[:, None])
    along = (x >= left[:, None]) & (x < (left + columns)[:, None])
    blot = across[:, :, None] & along[:, None, :]
    return tf.reshape(blot, [*blot.shape, *[1] * (len(images.shape) - 3)])
