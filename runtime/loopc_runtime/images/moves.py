"""Images cropped, flipped, turned, shifted and scaled, each one in its own way.

Images are [batch, height, width] or [batch, height, width, channels]. Pixels are
gathered by computed index, so that all of it compiles under XLA.
"""

import math
from typing import Literal

import tensorflow as tf

from loopc_runtime.images.draws import each_image, image_chance, image_uniform
from loopc_runtime.random import random_uniform_int

FillMode = Literal["constant", "nearest", "reflect"]


def random_crop(images: tf.Tensor, height: int, width: int, site: str) -> tf.Tensor:
    """Return a piece of each image at a random place, [batch, height, width, ...]."""
    batch, rows, columns = images.shape[:3]
    top = random_uniform_int((batch,), site, 0, rows - height + 1)
    left = random_uniform_int((batch,), site, 0, columns - width + 1)
    images = tf.gather(images, top[:, None] + tf.range(height), axis=1, batch_dims=1)
    return _columns(images, left[:, None] + tf.range(width))


def center_crop(images: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """Return the middle of each image, [batch, height, width, ...]."""
    top = (images.shape[1] - height) // 2
    left = (images.shape[2] - width) // 2
    return images[:, top : top + height, left : left + width]


def random_flip(
    images: tf.Tensor, site: str, mode: Literal["horizontal", "vertical", "both"]
) -> tf.Tensor:
    """Return each image mirrored or not, with equal chance; `both` draws twice."""
    for name, axis in (("vertical", 1), ("horizontal", 2)):
        if mode in (name, "both"):
            chosen = each_image(image_chance(images, site, 0.5), images)
            images = tf.where(chosen, tf.reverse(images, [axis]), images)
    return images


def random_rotation(
    images: tf.Tensor, degrees: float, site: str, fill_mode: FillMode
) -> tf.Tensor:
    """Return each image turned about its centre by up to `degrees` either way."""
    limit = math.radians(degrees)
    angle = image_uniform(images, site, -limit, limit)[:, None, None]
    y, x = _centered(images)
    sine, cosine = tf.sin(angle), tf.cos(angle)
    return _sampled(images, cosine * y - sine * x, sine * y + cosine * x, fill_mode)


def random_translation(
    images: tf.Tensor, height: float, width: float, site: str, fill_mode: FillMode
) -> tf.Tensor:
    """Return each image shifted by up to a share of its height and of its width."""
    rows, columns = images.shape[1:3]
    down = image_uniform(images, site, -height * rows, height * rows)
    right = image_uniform(images, site, -width * columns, width * columns)
    y, x = _centered(images)
    return _sampled(
        images, y - down[:, None, None], x - right[:, None, None], fill_mode
    )


def random_zoom(
    images: tf.Tensor, low: float, high: float, site: str, fill_mode: FillMode
) -> tf.Tensor:
    """Return each image enlarged about its centre, by a factor of `low` to `high`."""
    factor = image_uniform(images, site, low, high)[:, None, None]
    y, x = _centered(images)
    return _sampled(images, y / factor, x / factor, fill_mode)


def _columns(images: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """Return the columns at int32[batch, width] of each image."""
    order = [0, 2, 1, *range(3, len(images.shape))]
    turned = tf.gather(tf.transpose(images, order), places, axis=1, batch_dims=1)
    return tf.transpose(turned, order)


def _centered(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return y [1, height, 1] and x [1, 1, width] of the pixels, 0 in the middle."""
    height, width = images.shape[1:3]
    y = tf.range(height, dtype=tf.float32) - (height - 1) / 2
    x = tf.range(width, dtype=tf.float32) - (width - 1) / 2
    return y[None, :, None], x[None, None, :]


def _sampled(
    images: tf.Tensor, y: tf.Tensor, x: tf.Tensor, fill_mode: FillMode
) -> tf.Tensor:
    """Return the images at places from the centre, between pixels bilinearly."""
    height, width = images.shape[1:3]
    y, x = y + (height - 1) / 2 + 0 * x, x + (width - 1) / 2 + 0 * y
    top, left = tf.floor(y), tf.floor(x)
    result = tf.zeros((), images.dtype)
    for down in (0.0, 1.0):
        for right in (0.0, 1.0):
            weight = (1 - abs(down - (y - top))) * (1 - abs(right - (x - left)))
            pixels = _pixels(images, top + down, left + right, fill_mode)
            weight = tf.reshape(weight, [*weight.shape, *[1] * (len(pixels.shape) - 3)])
            result += tf.cast(weight, images.dtype) * pixels
    return result


def _pixels(
    images: tf.Tensor, y: tf.Tensor, x: tf.Tensor, fill_mode: FillMode
) -> tf.Tensor:
    """Return the pixels at whole places [batch, height, width], filled outside."""
    batch, height, width, *channels = images.shape
    rows, columns = (_inside(y, height, fill_mode), _inside(x, width, fill_mode))
    flat = tf.reshape(images, [batch, height * width, *channels])
    pixels = tf.gather(flat, rows * width + columns, axis=1, batch_dims=1)
    if fill_mode != "constant":
        return pixels
    seen = (y >= 0) & (y <= height - 1) & (x >= 0) & (x <= width - 1)
    seen = tf.reshape(seen, [*seen.shape, *[1] * len(channels)])
    return tf.where(seen, pixels, tf.zeros((), images.dtype))


def _inside(places: tf.Tensor, length: int, fill_mode: FillMode) -> tf.Tensor:
    """Return int32 places within 0 .. length - 1: at the edge, or mirrored at it."""
    if fill_mode == "reflect":  # ... b a | a b c | c b ...
        period = 2 * length
        places -= period * tf.floor(places / period)
        places = tf.minimum(places, period - 1 - places)
    return tf.cast(tf.clip_by_value(places, 0, length - 1), tf.int32)
