"""Schedules against optax at every count, in a graph and under XLA."""

from collections.abc import Callable

import numpy as np
import optax
import pytest
import tensorflow as tf

import loopc_runtime as ours

COUNTS = np.arange(0, 61, dtype=np.int32)


def all_values(schedule: Callable, xla: bool) -> np.ndarray:
    """Return the schedule's float32 value at every count."""

    @tf.function(jit_compile=xla)
    def evaluate() -> tf.Tensor:
        counts = tf.range(COUNTS[0], COUNTS[-1] + 1)
        return tf.map_fn(schedule, counts, fn_output_signature=tf.float32)

    return evaluate().numpy()


CASES: dict[str, tuple[Callable, Callable]] = {
    "constant": (ours.constant(0.3), optax.constant_schedule(0.3)),
    "linear": (ours.linear(0.0, 0.1, 20), optax.linear_schedule(0.0, 0.1, 20)),
    "linear_down": (ours.linear(1.0, 0.1, 37), optax.linear_schedule(1.0, 0.1, 37)),
    "cosine": (
        ours.cosine(0.1, 0.01, 40),
        optax.cosine_decay_schedule(0.1, 40, alpha=0.1),
    ),
    "cosine_exponent": (
        ours.cosine(2.0, 0.0, 33, exponent=2.5),
        optax.cosine_decay_schedule(2.0, 33, exponent=2.5),
    ),
    "polynomial": (
        ours.polynomial(1.0, 0.2, 30, power=2.0),
        optax.polynomial_schedule(1.0, 0.2, 2.0, 30),
    ),
    "exponential_rate": (
        ours.exponential(0.5, None, 10, rate=0.7),
        optax.exponential_decay(0.5, 10, 0.7),
    ),
    "exponential_staircase": (
        ours.exponential(0.5, 0.2, 10, rate=0.7, staircase=True),
        optax.exponential_decay(0.5, 10, 0.7, staircase=True, end_value=0.2),
    ),
    "exponential_growth": (
        ours.exponential(0.5, 0.9, 10, rate=1.3),
        optax.exponential_decay(0.5, 10, 1.3, end_value=0.9),
    ),
    "exponential_end": (
        ours.exponential(1e-1, 1e-3, 40),
        optax.exponential_decay(1e-1, 40, 1e-2, end_value=1e-3),
    ),
    "piecewise": (
        ours.piecewise([1.0, 0.5, 0.05], [10, 25]),
        optax.piecewise_constant_schedule(1.0, {10: 0.5, 25: 0.1}),
    ),
    "join": (
        ours.join([ours.linear(0.0, 1.0, 10), ours.cosine(1.0, 0.1, 40)], [10]),
        optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 50, end_value=0.1),
    ),
    "join_of_three": (
        ours.join(
            [ours.linear(0.0, 1.0, 10), ours.constant(1.0), ours.linear(1.0, 0.0, 15)],
            [10, 30],
        ),
        optax.join_schedules(
            [
                optax.linear_schedule(0.0, 1.0, 10),
                optax.constant_schedule(1.0),
                optax.linear_schedule(1.0, 0.0, 15),
            ],
            [10, 30],
        ),
    ),
}


@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("name", CASES)
def test_values_equal_those_of_optax(name: str, xla: bool) -> None:
    """At every count before, at and after every boundary the value is optax's."""
    mine, theirs = CASES[name]
    expected = np.asarray([theirs(count) for count in COUNTS], np.float32)

    np.testing.assert_allclose(all_values(mine, xla), expected, rtol=2e-6, atol=1e-8)
