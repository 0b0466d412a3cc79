"""Averages of models whose layers a stage holds."""

import keras
import numpy as np

from loopc_runtime.derived import ExponentialMovingAverage
from loopc_runtime.stages import FrozenWeights


def test_an_average_follows_a_model_that_is_held() -> None:
    """Weights that a stage freezes are averaged as before, each with its own."""
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    average = ExponentialMovingAverage(net)
    before = net.get_weights()
    net.set_weights([weight + 1 for weight in before])

    with FrozenWeights(net).held():
        average.advance(0.75)

    for found, start in zip(average.model.get_weights(), before, strict=True):
        np.testing.assert_allclose(found, start + 0.25, rtol=1e-6)
