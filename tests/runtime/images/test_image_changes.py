"""Images changed at random equal what NumPy makes of them, one by one, with the same
draws.
"""

import colorsys
import math
from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    center_crop,
    cutout,
    random_brightness,
    random_color,
    random_contrast,
    random_crop,
    random_erasing,
    random_flip,
    random_hue,
    random_rotation,
    random_saturation,
    random_translation,
    random_zoom,
)
from loopc_runtime.random import random_uniform, random_uniform_int
from loopc_runtime.scope import step_scope

BATCH = 5
Change = Callable[[tf.Tensor], tf.Tensor]


def images(*shape: int) -> np.ndarray:
    """Return a batch of random images."""
    random = np.random.default_rng(1)
    return random.uniform(size=(BATCH, *shape)).astype(np.float32)


def changed(change: Change, batch: np.ndarray, xla: bool) -> np.ndarray:
    """Return what a step makes of the images."""

    @tf.function(jit_compile=xla, autograph=False)
    def step(values: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
        with step_scope(7, place):
            return change(values)

    return step(tf.constant(batch), tf.constant(3, tf.int64)).numpy()


def uniforms(*limits: tuple[float, float]) -> list[np.ndarray]:
    """Return the numbers that the calls of one site draw, one after the other."""
    with step_scope(7, tf.constant(3, tf.int64)):
        return [
            random_uniform((BATCH,), "s", low=low, high=high).numpy()
            for low, high in limits
        ]


def integers(*limits: tuple[int, int]) -> list[np.ndarray]:
    """Return the whole numbers that the calls of one site draw."""
    with step_scope(7, tf.constant(3, tf.int64)):
        drawn = [random_uniform_int((BATCH,), "s", *pair) for pair in limits]
        return [each.numpy() for each in drawn]


def pixel(image: np.ndarray, y: int, x: int, fill_mode: str) -> np.ndarray:
    """Return a pixel, or what stands for it outside of the image."""
    padded = np.pad(
        image,
        [(40, 40), (40, 40), *[(0, 0)] * (image.ndim - 2)],
        mode={"constant": "constant", "nearest": "edge", "reflect": "symmetric"}[
            fill_mode
        ],
    )
    return padded[y + 40, x + 40]


def warped(
    image: np.ndarray, matrix: list[list[float]], shift: list[float], fill: str
) -> np.ndarray:
    """Return the image whose pixel at p from the centre was at matrix @ p + shift."""
    height, width = image.shape[:2]
    result = np.zeros_like(image)
    for row in range(height):
        for column in range(width):
            now = [row - (height - 1) / 2, column - (width - 1) / 2]
            y, x = np.array(matrix) @ now + shift
            y, x = y + (height - 1) / 2, x + (width - 1) / 2
            top, left = math.floor(y), math.floor(x)
            for down in (0, 1):
                for right in (0, 1):
                    weight = (1 - abs(down - (y - top))) * (1 - abs(right - (x - left)))
                    value = pixel(image, top + down, left + right, fill)
                    result[row, column] += weight * value
    return result


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("shape", [(9, 7), (9, 7, 2)])
def test_crops_and_flips(shape: tuple[int, ...], xla: bool) -> None:
    """Pieces come from the places that were drawn; half of the images flip."""
    batch = images(*shape)
    tops, lefts = integers((0, 5), (0, 5))
    found = changed(lambda v: random_crop(v, 5, 3, "s"), batch, xla)
    for image, top, left, result in zip(batch, tops, lefts, found, strict=True):
        np.testing.assert_array_equal(result, image[top : top + 5, left : left + 3])

    (first,) = uniforms((0, 1))
    found = changed(lambda v: random_flip(v, "s", "horizontal"), batch, xla)
    for image, draw, result in zip(batch, first, found, strict=True):
        np.testing.assert_array_equal(result, image[:, ::-1] if draw < 0.5 else image)

    down, across = uniforms((0, 1), (0, 1))
    found = changed(lambda v: random_flip(v, "s", "both"), batch, xla)
    for image, vertical, horizontal, result in zip(
        batch, down, across, found, strict=True
    ):
        image = image[::-1] if vertical < 0.5 else image
        image = image[:, ::-1] if horizontal < 0.5 else image
        np.testing.assert_array_equal(result, image)

    middle = changed(lambda v: center_crop(v, 4, 3), batch, xla)
    np.testing.assert_array_equal(middle, batch[:, 2:6, 2:5])


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("fill", ["constant", "nearest", "reflect"])
def test_turned_shifted_and_scaled_images(fill: str, xla: bool) -> None:
    """New pixels are the bilinear mean of the four that surround their old place."""
    batch = images(6, 8, 2)

    angles = uniforms((-math.radians(40), math.radians(40)))[0]
    found = changed(lambda v: random_rotation(v, 40, "s", fill), batch, xla)
    for image, angle, result in zip(batch, angles, found, strict=True):
        c, s = math.cos(angle), math.sin(angle)
        turned = warped(image, [[c, -s], [s, c]], [0, 0], fill)
        np.testing.assert_allclose(result, turned, atol=2e-5)

    downs, rights = uniforms((-0.3 * 6, 0.3 * 6), (-0.5 * 8, 0.5 * 8))
    found = changed(lambda v: random_translation(v, 0.3, 0.5, "s", fill), batch, xla)
    for image, down, right, result in zip(batch, downs, rights, found, strict=True):
        shifted = warped(image, [[1, 0], [0, 1]], [-down, -right], fill)
        np.testing.assert_allclose(result, shifted, atol=2e-5)

    (factors,) = uniforms((0.5, 1.5))
    found = changed(lambda v: random_zoom(v, 0.5, 1.5, "s", fill), batch, xla)
    for image, factor, result in zip(batch, factors, found, strict=True):
        scaled = warped(image, [[1 / factor, 0], [0, 1 / factor]], [0, 0], fill)
        np.testing.assert_allclose(result, scaled, atol=2e-5)


@pytest.mark.parametrize("xla", [False, True])
def test_colors(xla: bool) -> None:
    """Brightness adds, contrast scales about the mean, color blends with gray."""
    batch = images(4, 5, 3)
    (shifts,) = uniforms((-0.2, 0.2))
    found = changed(lambda v: random_brightness(v, 0.2, "s"), batch, xla)
    np.testing.assert_allclose(found, batch + shifts[:, None, None, None], atol=1e-6)

    (factors,) = uniforms((0.5, 1.5))
    found = changed(lambda v: random_contrast(v, 0.5, 1.5, "s"), batch, xla)
    for image, factor, result in zip(batch, factors, found, strict=True):
        mean = image.mean((0, 1))
        np.testing.assert_allclose(result, mean + factor * (image - mean), atol=1e-6)

    found = changed(lambda v: random_color(v, 0.4, "s"), batch, xla)
    draws = zip(*uniforms((0.6, 1.4), (0.6, 1.4), (0.6, 1.4)), strict=True)
    for image, (bright, contrast, saturation), result in zip(
        batch, draws, found, strict=True
    ):
        image = np.clip(bright * image, 0, 1)
        gray = (image @ [0.299, 0.587, 0.114]).mean()
        image = np.clip(contrast * image + (1 - contrast) * gray, 0, 1)
        grays = (image @ [0.299, 0.587, 0.114])[:, :, None]
        image = np.clip(saturation * image + (1 - saturation) * grays, 0, 1)
        np.testing.assert_allclose(result, image, atol=1e-6)


def turned(image: np.ndarray, turn: float) -> np.ndarray:
    """The image with its hues turned, pixel by pixel, by Python's own color spaces."""
    pixels = [colorsys.rgb_to_hsv(*pixel) for pixel in image.reshape(-1, 3).tolist()]
    colors = [colorsys.hsv_to_rgb((h + turn) % 1, s, v) for h, s, v in pixels]
    return np.array(colors).reshape(image.shape)


@pytest.mark.parametrize("xla", [False, True])
def test_hues_and_saturation(xla: bool) -> None:
    """A hue turns by half of the factor at most; a saturation is scaled, up to 1."""
    batch = images(4, 5, 3)
    (turns,) = uniforms((-0.4, 0.4))
    found = changed(lambda v: random_hue(v, 0.8, "s"), batch, xla)
    for image, turn, result in zip(batch, turns, found, strict=True):
        np.testing.assert_allclose(result, turned(image, turn), atol=1e-5)

    (factors,) = uniforms((0.5, 1.8))
    found = changed(lambda v: random_saturation(v, 0.5, 1.8, "s"), batch, xla)
    for image, factor, result in zip(batch, factors, found, strict=True):
        wanted = tf.image.adjust_saturation(image, factor)
        np.testing.assert_allclose(result, wanted, atol=1e-5)

    *_, turns = uniforms((0.6, 1.4), (0.6, 1.4), (0.6, 1.4), (-0.1, 0.1))
    jittered = changed(lambda v: random_color(v, 0.4, "s"), batch, xla)
    found = changed(lambda v: random_color(v, 0.4, "s", hue=0.1), batch, xla)
    for image, turn, result in zip(jittered, turns, found, strict=True):
        np.testing.assert_allclose(result, turned(image, turn), atol=1e-5)


def test_hues_turn_as_in_keras() -> None:
    """With the turn that Keras draws, the layer gives what the function gives."""
    batch = images(4, 5, 3)
    layer = keras.layers.RandomHue(0.8, value_range=(0, 1))
    drawn = layer.get_random_transformation(batch)
    found = layer.transform_images(tf.constant(batch), drawn, training=True)
    for image, turn, result in zip(batch, drawn["factor"], found, strict=True):
        np.testing.assert_allclose(result, turned(image, float(turn)), atol=1e-5)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("shape", [(8, 6), (8, 6, 2)])
def test_blotted_images(shape: tuple[int, ...], xla: bool) -> None:
    """A square or a rectangle at the place that was drawn is filled, nothing else."""
    batch = images(*shape)
    tops, lefts = integers((0, 8), (0, 6))
    found = changed(lambda v: cutout(v, 3, "s", 0.5), batch, xla)
    for image, top, left, result in zip(batch, tops, lefts, found, strict=True):
        image = image.copy()
        image[max(0, top - 1) : top + 2, max(0, left - 1) : left + 2] = 0.5
        np.testing.assert_array_equal(result, image)

    limit = math.log(0.5)
    draws = uniforms((0.1, 0.3), (limit, -limit), (0, 1), (0, 1), (0, 1))
    given = (0.6, 0.1, 0.3, 0.5, "s", 0.25)
    found = changed(lambda v: random_erasing(v, *given), batch, xla)
    for image, (area, ratio, y, x, chance), result in zip(
        batch, zip(*draws, strict=True), found, strict=True
    ):
        image = image.copy()
        rows = min(8, round(math.sqrt(area * 48 * math.exp(ratio))))
        columns = min(6, round(math.sqrt(area * 48 / math.exp(ratio))))
        top, left = int(y * (8 - rows + 1)), int(x * (6 - columns + 1))
        if chance < 0.6:
            image[top : top + rows, left : left + columns] = 0.25
        np.testing.assert_array_equal(result, image)
