"""Defaults of named optimizers against those of the Keras optimizer of that name."""

import inspect
from collections.abc import Callable

import keras
import pytest

import loopc_runtime as ours

optimizers = keras.optimizers


# What only torch or optax has: off by default.
OF_OTHERS = {"momentum_decay", "dampening", "mode", "smooth_beta"}


@pytest.mark.parametrize(
    ("make_ours", "make_keras"),
    [
        (ours.sgd, optimizers.SGD),
        (ours.rmsprop, optimizers.RMSprop),
        (ours.adam, optimizers.Adam),
        (ours.adamw, optimizers.AdamW),
        (ours.nadam, optimizers.Nadam),
        (ours.adamax, optimizers.Adamax),
        (ours.adagrad, optimizers.Adagrad),
        (ours.adadelta, optimizers.Adadelta),
        (ours.lion, optimizers.Lion),
        (ours.lamb, optimizers.Lamb),
        (ours.ftrl, optimizers.Ftrl),
    ],
)
def test_defaults_are_those_of_keras(make_ours: Callable, make_keras: Callable) -> None:
    """Every default is the value that a Keras optimizer made without arguments has."""
    config = make_keras().get_config()
    extras = {"mask", "flavor", *OF_OTHERS}
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(make_ours).parameters.items()
        if name not in extras
    }

    assert defaults == pytest.approx({name: config[name] for name in defaults})
