"""Averages, snapshots and copies of networks against NumPy; nothing of them leaks."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime.derived import (
    DerivedModel,
    ExponentialMovingAverage,
    Frozen,
    Snapshot,
    call_unchanged,
    copy_of,
)
from loopc_runtime.layers import Dropout
from loopc_runtime.scope import step_scope
from loopc_runtime.weights import Readable, Weight


def make_encoder() -> keras.Model:
    x = keras.Input((4,))
    h = keras.layers.Dense(5, name="dense")(x)
    h = keras.layers.BatchNormalization(name="norm")(h)
    return keras.Model(x, Dropout(0.5, name="dropout")(h), name="encoder")


def make_network() -> keras.Model:
    """One encoder inside of two models inside, tied weights, a weight of its own."""
    encoder = make_encoder()
    x = keras.Input((4,))
    inner = keras.Model(x, keras.layers.Dense(5)(encoder(x)), name="inner")
    x = keras.Input((4,))
    tied = Readable(keras.layers.Dense(5, name="tied"), name="tied")
    h = inner(x) + encoder(x) * Weight((5,), "ones", name="scale")(x)
    return keras.Model(x, tied(h) @ tied(h, weight="kernel"), name="network")


@pytest.fixture
def network() -> keras.Model:
    keras.utils.set_random_seed(3)
    return make_network()


def values(variables: list[keras.Variable]) -> list[np.ndarray]:
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def shift(model: keras.Model) -> None:
    """Move every variable by one, as updates and batches would."""
    for variable in model.variables:
        variable.assign_add(tf.ones_like(variable))


def advance(
    model: keras.Model, derived: DerivedModel, steps: int, xla: bool, *decay: Any
) -> list[np.ndarray]:
    """Shift the source and advance, `steps` times in one compiled loop."""

    def body(step: tf.Tensor) -> tuple[tf.Tensor]:
        shift(model)
        derived.advance(*decay)
        return (step + 1,)

    tf.function(
        lambda: tf.while_loop(lambda step: step < steps, body, (tf.constant(0),)),
        autograph=False,
        jit_compile=xla or None,
    )()
    return values(derived.model.trainable_variables)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize(
    "decay", [lambda count: 0.5, lambda count: 0.25 * count], ids=["number", "schedule"]
)
def test_average_is_the_recursion(
    network: keras.Model, decay: Callable[[float], float], xla: bool
) -> None:
    """average <- decay * average + (1 - decay) * source, at the count of advances; what
    is not trained is copied.
    """
    start = values(network.trainable_variables)
    constant = decay(0) == decay(1)
    average = ExponentialMovingAverage(network)
    found = advance(network, average, 4, xla, decay(0) if constant else decay)
    for first, last in zip(start, found, strict=True):
        expected = first
        for count in range(4):
            source = first + count + 1
            expected = decay(count) * expected + (1 - decay(count)) * source
        np.testing.assert_allclose(last, expected, rtol=1e-5)
    copied = values(average.model.non_trainable_variables)
    for copy, value in zip(
        copied, values(network.non_trainable_variables), strict=True
    ):
        np.testing.assert_array_equal(copy, value)
    assert int(average.advances) == 4


@pytest.mark.parametrize("xla", [False, True])
def test_snapshot_is_renewed_at_its_updates(network: keras.Model, xla: bool) -> None:
    """After 7 updates a snapshot of every 3 is the source as it was after 6."""
    start = values(network.trainable_variables)
    found = advance(network, Snapshot(network, every=3), 7, xla)
    for first, last in zip(start, found, strict=True):
        np.testing.assert_allclose(last, first + 6, rtol=1e-5)


def test_copy_keeps_what_is_shared(network: keras.Model) -> None:
    """A copy has as many weights, the same values, and none of the same variables."""
    copy = copy_of(network)
    assert len(copy.variables) == len(network.variables)
    assert not {id(v) for v in copy.variables} & {id(v) for v in network.variables}
    x = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    np.testing.assert_array_equal(copy(x), network(x))


def test_training_mode_writes_nothing(network: keras.Model) -> None:
    """`training=True` uses the statistics of the batch and keeps the moving ones."""
    frozen, before = Frozen(network), values(network.variables)
    x = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    with step_scope(1, tf.constant(0, tf.int64)):
        in_training = frozen(x, training=True)
    with step_scope(1, tf.constant(0, tf.int64)):
        np.testing.assert_array_equal(in_training, call_unchanged(network, x))
    assert np.abs(in_training - frozen(x)).max() > 0
    for old, new in zip(before, values(network.variables), strict=True):
        np.testing.assert_array_equal(old, new)
