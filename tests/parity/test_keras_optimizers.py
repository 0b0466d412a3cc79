"""Named optimizers against the Keras optimizer of that name, and clips against Keras'.

Every case runs with a constant and with a falling step size.
"""

import inspect
from collections.abc import Callable

import keras
import pytest
import tensorflow as tf
from tests.parity.trajectories import keras_path, our_path, path_error

import loopc_runtime as ours

optimizers = keras.optimizers


class Falling(keras.optimizers.schedules.LearningRateSchedule):
    """The Keras schedule that calls one of ours."""

    def __init__(self, schedule: ours.Schedule) -> None:
        self.schedule = schedule

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        return self.schedule(step)


CASES: dict[str, tuple[Callable, Callable]] = {
    "sgd": (ours.sgd, optimizers.SGD),
    "sgd_momentum": (
        lambda rate: ours.sgd(rate, 0.9),
        lambda rate: optimizers.SGD(rate, 0.9),
    ),
    "sgd_nesterov_decay": (
        lambda rate: ours.sgd(rate, 0.9, nesterov=True, weight_decay=0.1),
        lambda rate: optimizers.SGD(rate, 0.9, nesterov=True, weight_decay=0.1),
    ),
    "rmsprop": (ours.rmsprop, optimizers.RMSprop),
    "rmsprop_momentum_decay": (
        lambda rate: ours.rmsprop(rate, momentum=0.9, weight_decay=0.1),
        lambda rate: optimizers.RMSprop(rate, momentum=0.9, weight_decay=0.1),
    ),
    "rmsprop_centered": (
        lambda rate: ours.rmsprop(rate, centered=True),
        lambda rate: optimizers.RMSprop(rate, centered=True),
    ),
    "adam": (ours.adam, optimizers.Adam),
    "adam_decay": (
        lambda rate: ours.adam(rate, 0.8, 0.95, 1e-4, weight_decay=0.1),
        lambda rate: optimizers.Adam(rate, 0.8, 0.95, 1e-4, weight_decay=0.1),
    ),
    "adam_amsgrad": (
        lambda rate: ours.adam(rate, amsgrad=True),
        lambda rate: optimizers.Adam(rate, amsgrad=True),
    ),
    "adamw": (ours.adamw, optimizers.AdamW),
    "adamw_amsgrad": (
        lambda rate: ours.adamw(rate, amsgrad=True, weight_decay=0.1),
        lambda rate: optimizers.AdamW(rate, amsgrad=True, weight_decay=0.1),
    ),
    "nadam": (ours.nadam, optimizers.Nadam),
    "adamax": (ours.adamax, optimizers.Adamax),
    "adagrad": (ours.adagrad, optimizers.Adagrad),
    "adadelta": (ours.adadelta, optimizers.Adadelta),
    "lion": (ours.lion, optimizers.Lion),
    "lion_decay": (
        lambda rate: ours.lion(rate, weight_decay=0.1),
        lambda rate: optimizers.Lion(rate, weight_decay=0.1),
    ),
    "clip": (
        lambda rate: ours.chain(ours.clip(0.5), ours.sgd(rate)),
        lambda rate: optimizers.SGD(rate, clipvalue=0.5),
    ),
    "clip_each_norm": (
        lambda rate: ours.chain(ours.clip_each_norm(0.5), ours.sgd(rate)),
        lambda rate: optimizers.SGD(rate, clipnorm=0.5),
    ),
    "clip_by_global_norm": (
        lambda rate: ours.chain(ours.clip_by_global_norm(0.5), ours.adam(rate)),
        lambda rate: optimizers.Adam(rate, global_clipnorm=0.5),
    ),
}
CONSTANT = 0.01


@pytest.mark.parametrize("falling", [False, True], ids=["constant", "falling"])
@pytest.mark.parametrize("name", CASES)
def test_path_equals_that_of_keras(name: str, falling: bool) -> None:
    """Fifty steps in a device loop, in a graph and under XLA, end where Keras' do."""
    make_ours, make_keras = CASES[name]
    schedule = ours.linear(0.02, 0.001, 40)
    theirs = keras_path(make_keras(Falling(schedule) if falling else CONSTANT))

    # Each case takes both ways of running between its two step sizes.
    mine = our_path(make_ours(schedule if falling else CONSTANT), xla=falling)

    assert path_error(mine, theirs) <= 1e-5


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
    ],
)
def test_defaults_are_those_of_keras(make_ours: Callable, make_keras: Callable) -> None:
    """Every default is the value that a Keras optimizer made without arguments has."""
    config = make_keras().get_config()
    extras = {"mask", "flavor", "momentum_decay"}
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(make_ours).parameters.items()
        if name not in extras
    }

    assert defaults == pytest.approx({name: config[name] for name in defaults})
