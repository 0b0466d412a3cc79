"""Layers that change images at random draw by seed, site and step alone."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import loopc_runtime
from loopc_runtime import make_stateless, step_scope

IMAGES = np.random.default_rng(0).uniform(0, 1, (4, 10, 10, 3)).astype(np.float32)
UNIT: dict[str, Any] = {"value_range": (0, 1)}
LAYERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "flip": (keras.layers.RandomFlip, {}),
    "rotation": (keras.layers.RandomRotation, {"factor": 0.3}),
    "brightness": (keras.layers.RandomBrightness, {"factor": 0.5} | UNIT),
    "erasing": (keras.layers.RandomErasing, UNIT),
    "aug_mix": (
        loopc_runtime.AugMix,
        {"num_chains": 1, "chain_depth": 2, "all_ops": False} | UNIT,
    ),
}


def traced(layer: str, name: str = "net") -> Any:
    """A new network with the layer, as a function of the step."""
    make, options = LAYERS[layer]
    inputs = keras.Input((10, 10, 3))
    model = keras.Model(inputs, make(**options, name="layer")(inputs))
    make_stateless(model, name)

    @tf.function
    def changed(step: tf.Tensor) -> tf.Tensor:
        with step_scope(7, step):
            return model(IMAGES, training=True)

    return lambda step: changed(tf.constant(step, tf.int64)).numpy()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_step_draws_what_it_drew_before(layer: str) -> None:
    """A new trace, as after a resume, gives the same bits; other steps give others."""
    first, again = traced(layer), traced(layer)
    steps = range(3, 9)

    values = [first(step) for step in steps]

    np.testing.assert_array_equal(values[0], again(3))
    np.testing.assert_array_equal(values[-1], again(8))
    assert any(not np.array_equal(values[0], value) for value in values[1:])
    assert all(value.shape == IMAGES.shape for value in values)


def test_aug_mix_rests_in_evaluation_and_stays_in_range() -> None:
    """Without training the images come out as they are; with it, within the range."""
    layer = loopc_runtime.AugMix(num_chains=1, chain_depth=1, **UNIT)
    np.testing.assert_array_equal(layer(IMAGES, training=False), IMAGES)
    with step_scope(1, tf.constant(0, tf.int64)):
        mixed = layer(IMAGES, training=True).numpy()
    assert mixed.min() >= 0
    assert mixed.max() <= 1
