"""Averages of weights that a chain keeps, against optax' incremental update."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import optax
import pytest
import tensorflow as tf

from loopc_runtime.optimizer import Optimizer
from loopc_runtime.transforms.averaging import average_weights
from loopc_runtime.transforms.base import chain
from loopc_runtime.transforms.named_momentum import sgd

STEPS = 50


def falling(count: tf.Tensor) -> tf.Tensor:
    """Return a decay that changes from step to step."""
    return 0.5 + 0.4 * count / STEPS


@pytest.mark.parametrize(
    ("decay", "at"),
    [(0.9, lambda step: 0.9), (falling, lambda step: 0.5 + 0.4 * step / STEPS)],
    ids=["constant", "scheduled"],
)
@pytest.mark.parametrize("xla", [None, True], ids=["graph", "xla"])
def test_the_average_is_that_of_optax(
    decay: float | Callable[[tf.Tensor], tf.Tensor],
    at: Callable[[int], float],
    xla: bool | None,
) -> None:
    """It begins at the first weights, and follows those after each step."""
    random = np.random.default_rng(7)
    start = random.normal(size=(3, 2)).astype(np.float32)
    gradients = random.normal(size=(STEPS, 3, 2)).astype(np.float32)
    weight = tf.Variable(start)
    optimizer = Optimizer(chain(sgd(0.1), average_weights(decay)), [weight])

    @tf.function(jit_compile=xla)
    def step(gradient: tf.Tensor) -> None:
        optimizer.apply_gradients([(gradient, weight)])

    moved, average = jnp.asarray(start), jnp.asarray(start)
    for number, gradient in enumerate(gradients):
        step(tf.constant(gradient))
        moved = moved - 0.1 * gradient
        average = optax.incremental_update(moved, average, 1.0 - at(number))

    np.testing.assert_allclose(weight.numpy(), moved, rtol=1e-5, atol=1e-6)
    (found,) = optimizer.averaged()
    np.testing.assert_allclose(found.numpy(), average, rtol=1e-5, atol=1e-6)
