"""Mixed precision: layers in 16 bits, the loss scale, and steps that overflow."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime.derived import ExponentialMovingAverage
from loopc_runtime.optimizer import Optimizer
from loopc_runtime.precision import LossScale, dtype_policy
from loopc_runtime.transforms.named_momentum import sgd


def dense(policy: str) -> keras.Model:
    """Return a small network made under a policy, with outputs in float32."""
    with dtype_policy(policy):
        inputs = keras.Input((4,))
        x = keras.layers.Dense(3)(inputs)
    return keras.Model(inputs, keras.ops.cast(x, "float32"))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_layers_compute_in_16_bits_on_float32_weights(policy: str) -> None:
    """Weights and outputs are float32, the layer's own computation is not."""
    model = dense(policy)
    assert model.layers[1].compute_dtype == policy.removeprefix("mixed_")
    assert {v.dtype for v in model.trainable_variables} == {"float32"}
    assert model(np.ones((2, 4), np.float32)).dtype == tf.float32


def test_policy_ends_with_its_block() -> None:
    """What is made after the block has the policy from before it."""
    dense("mixed_float16")
    assert keras.layers.Dense(1).compute_dtype == "float32"


def test_scaled_gradients_are_those_of_the_objective() -> None:
    """A gradient that float16 cannot hold survives with the scale, and only so."""
    w = tf.Variable(1.0)
    scale = LossScale(2.0**15)
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.cast(tf.cast(w, tf.float16) * 1e-4, tf.float32) * 1e-4
        scaled = scale.scaled(loss)
    (plain,) = [tape.gradient(loss, w)]
    (found,) = scale.unscaled([tape.gradient(scaled, w)])
    assert plain.numpy() == 0.0
    assert found.numpy() == pytest.approx(1e-8, rel=1e-2)


def test_scale_follows_good_and_bad_steps() -> None:
    """It doubles after enough good steps, halves at a bad one, and keeps its floor."""
    scale = LossScale(4.0, growth_steps=2, floor=1.0, patience=3)
    good, bad = [tf.constant([1.0])], [tf.constant([np.inf])]
    history = []
    for gradients in (good, good, bad, bad, bad, bad, good):
        taken = bool(scale.settle(gradients))
        history.append((float(scale.scale), taken))
    assert history == [
        (4.0, True), (8.0, True), (4.0, False), (2.0, False), (1.0, False),
        (1.0, False), (1.0, True),
    ]  # fmt: skip


def test_it_gives_up_at_the_floor() -> None:
    """After `patience` bad steps in a row at the floor a step is let through."""
    scale = LossScale(1.0, floor=1.0, patience=3)
    taken = [bool(scale.settle([tf.constant([np.nan])])) for _ in range(3)]
    assert taken == [False, False, True]


@pytest.mark.parametrize("xla", [None, True])
def test_overflow_changes_nothing_but_the_scale(xla: bool | None) -> None:
    """Weights, momentum, counter and averages stay; the next step is as if alone."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    variables = model.trainable_variables
    optimizer = Optimizer(sgd(0.1, momentum=0.9), variables, loss_scale=LossScale(8.0))
    average = ExponentialMovingAverage(model)

    @tf.function(jit_compile=xla)
    def step(factor: tf.Tensor) -> None:
        gradients = [tf.ones_like(v) * factor for v in variables]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        average.advance(0.5, when=optimizer.stepped)

    step(tf.constant(1.0))
    held = [*variables, *optimizer.variables[:-3], *average.variables]
    before = [v.numpy() for v in held]
    step(tf.constant(np.nan))
    for old, new in zip(before, held, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    assert float(optimizer.loss_scale.scale) == 4.0
    step(tf.constant(1.0))
    assert int(optimizer.updates) == 2
