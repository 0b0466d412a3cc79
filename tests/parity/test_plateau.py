"""The plateau of schedules against Keras' callback, offer by offer."""

from types import SimpleNamespace
from typing import Any, cast

import keras
import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import Plateau
from loopc_runtime.window import Window

WINDOW = cast(Window, SimpleNamespace(evaluating=False))
RANDOM = np.random.default_rng(4)
OFFERS = [float(x) for x in 1 + RANDOM.normal(size=60) * 0.3 + np.geomspace(3, 0.1, 60)]
OPTIONS: list[dict[str, Any]] = [
    {"patience": 3},
    {"patience": 2, "factor": 0.5, "cooldown": 3},
    {"patience": 1, "factor": 0.5, "min_delta": 0.3, "low": 0.2},
    {"patience": 2, "mode": "max"},
]


def of_keras(offers: list[float], options: dict[str, Any]) -> list[float]:
    """The learning rate, 1 at first, after each epoch that ends with an offer."""
    named = {"min_lr" if n == "low" else n: v for n, v in options.items()}
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor="loss", mode=named.pop("mode", "min"), **named
    )
    rate = keras.Variable(1.0)
    callback.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=rate)))
    callback.on_train_begin()
    rates = []
    for epoch, offer in enumerate(offers):
        callback.on_epoch_end(epoch, {"loss": offer})
        new = callback.model.optimizer.learning_rate
        rates.append(float(keras.ops.convert_to_numpy(new)))
    return rates


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_factor_is_that_of_keras(options: dict[str, Any]) -> None:
    """Sixty offers, with improvements, falls, a cooldown and a floor."""
    plateau = Plateau(**options)
    found = []
    for offer in OFFERS:
        plateau.update(WINDOW, offer)
        found.append(float(plateau(7)))

    assert found == pytest.approx(of_keras(OFFERS, options), rel=1e-6)
    assert len(set(found)) > 1


def test_a_compiled_step_reads_the_factor_of_the_moment() -> None:
    """The factor changes on the host; a program compiled before reads the new one."""
    plateau = Plateau(factor=0.5, patience=1)
    rate = 0.2 * plateau

    @tf.function(jit_compile=True)
    def step(count: tf.Tensor) -> tf.Tensor:
        return rate(count)

    before = float(step(tf.constant(3)))
    for offer in (1.0, 2.0):
        plateau.update(WINDOW, offer)

    assert (before, float(step(tf.constant(4)))) == pytest.approx((0.2, 0.1))


def test_its_state_goes_on_where_it_was() -> None:
    """Saved and restored anywhere, it falls when the other falls."""
    options = OPTIONS[1]
    whole = Plateau(**options)
    for cut in range(5, 40, 7):
        whole, resumed = Plateau(**options), Plateau(**options)
        for offer in OFFERS[:cut]:
            whole.update(WINDOW, offer)
        resumed.restore(whole.state())
        for offer in OFFERS[cut:]:
            assert whole.update(WINDOW, offer) == resumed.update(WINDOW, offer)
            assert float(whole(0)) == float(resumed(0))


def test_an_evaluating_run_moves_nothing() -> None:
    """Only training waits; NaN is no improvement."""
    plateau = Plateau(patience=1)
    evaluating = cast(Window, SimpleNamespace(evaluating=True))
    assert not any(plateau.update(evaluating, float(n)) for n in range(5))
    assert [plateau.update(WINDOW, v) for v in (1.0, float("nan"))] == [False, True]
