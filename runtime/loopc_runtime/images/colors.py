"""Images made brighter, more contrasted, more or less colored, each in its own way."""

import tensorflow as tf

from loopc_runtime.images.draws import each_image, image_uniform

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as torchvision and Pillow weigh colors


def random_brightness(images: tf.Tensor, amount: float, site: str) -> tf.Tensor:
    """Return each image plus one number from -amount to amount."""
    shift = image_uniform(images, site, -amount, amount)
    return images + each_image(tf.cast(shift, images.dtype), images)


def random_contrast(images: tf.Tensor, low: float, high: float, site: str) -> tf.Tensor:
    """Return each image with its distance from its mean scaled by `low` to `high`.

    The mean is that of each channel, as in `tf.image.adjust_contrast`.
    """
    factor = image_uniform(images, site, low, high)
    factor = each_image(tf.cast(factor, images.dtype), images)
    mean = tf.reduce_mean(images, axis=(1, 2), keepdims=True)
    return mean + factor * (images - mean)


def random_saturation(
    images: tf.Tensor, low: float, high: float, site: str
) -> tf.Tensor:
    """Return each image, three channels from 0 to 1, with its saturation scaled.

    The arithmetic of `tf.image.adjust_saturation`: in the space of hue, saturation and
    value, by a factor from `low` to `high`.
    """
    factor = image_uniform(images, site, low, high)
    hue, saturation, value = _hue_saturation_value(images)
    scaled = saturation * each_image(tf.cast(factor, images.dtype), hue)
    return _in_colors(hue, tf.clip_by_value(scaled, 0, 1), value)


def random_hue(images: tf.Tensor, factor: float, site: str) -> tf.Tensor:
    """Return each image, three channels from 0 to 1, with its hues turned.

    By up to half of `factor` of the circle either way: keras.layers.RandomHue.
    """
    return _turned(images, factor / 2, site)


def random_color(
    images: tf.Tensor, strength: float, site: str, hue: float = 0.0
) -> tf.Tensor:
    """Return each image with its brightness, contrast, saturation and hue changed.

    Three factors from 1 - strength to 1 + strength, in this order and with the
    arithmetic of torchvision's ColorJitter: brightness scales the pixels, contrast
    blends with the mean of the gray image, saturation with the gray image; values stay
    within 0 and 1. Then hues turn by up to `hue` of the circle either way. Images
    without three channels have neither saturation nor hue to change.
    """
    colored = len(images.shape) == 4 and images.shape[3] == 3
    images = _blended(images, tf.zeros_like(images), _factor(images, strength, site))
    mean = tf.reduce_mean(_gray(images, colored), axis=(1, 2), keepdims=True)
    images = _blended(images, mean, _factor(images, strength, site))
    if not colored:
        return images
    gray = _gray(images, colored)
    images = _blended(images, gray, _factor(images, strength, site))
    return _turned(images, hue, site) if hue else images


def _turned(images: tf.Tensor, most: float, site: str) -> tf.Tensor:
    turn = image_uniform(images, site, -most, most)
    hue, saturation, value = _hue_saturation_value(images)
    turned = hue + each_image(tf.cast(turn, images.dtype), hue)
    return _in_colors(turned - tf.floor(turned), saturation, value)


def _hue_saturation_value(images: tf.Tensor) -> list[tf.Tensor]:
    return tf.unstack(tf.image.rgb_to_hsv(images), axis=-1)


def _in_colors(hue: tf.Tensor, saturation: tf.Tensor, value: tf.Tensor) -> tf.Tensor:
    return tf.image.hsv_to_rgb(tf.stack([hue, saturation, value], axis=-1))


def _factor(images: tf.Tensor, strength: float, site: str) -> tf.Tensor:
    low = max(0.0, 1 - strength)
    factor = image_uniform(images, site, low, 1 + strength)
    return each_image(tf.cast(factor, images.dtype), images)


def _blended(images: tf.Tensor, other: tf.Tensor, factor: tf.Tensor) -> tf.Tensor:
    return tf.clip_by_value(factor * images + (1 - factor) * other, 0, 1)


def _gray(images: tf.Tensor, colored: bool) -> tf.Tensor:
    if not colored:
        return images
    weights = tf.constant(LUMA, images.dtype)
    return tf.reduce_sum(images * weights, axis=3, keepdims=True)
