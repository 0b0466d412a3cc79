"""What functions of order, matrices, spectra and segments compute, XLA computes too."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    fourier_transform,
    inverse_fourier_transform,
    quantile,
    segment_max,
    segment_mean,
    segment_sum,
)

RANDOM = np.random.default_rng(3)
ROWS = tf.constant(RANDOM.normal(size=(5, 6, 4)).astype(np.float32))
LABELS = tf.constant(RANDOM.integers(0, 3, (5, 6)).astype(np.int32))
SQUARE = tf.matmul(ROWS, ROWS, transpose_a=True) + 4.0 * tf.eye(4)

OPERATIONS: dict[str, Callable[[], tf.Tensor]] = {
    "quantile": lambda: quantile(ROWS, 0.3, axis=1),
    "segment_sum": lambda: segment_sum(ROWS, LABELS, 4, batched=True),
    "segment_mean": lambda: segment_mean(ROWS, LABELS, 4, batched=True),
    "segment_max": lambda: segment_max(ROWS, LABELS, 4, batched=True),
    "rfft": lambda: fourier_transform(ROWS),
    "irfft": lambda: inverse_fourier_transform(ROWS[..., :2]),
    "argsort": lambda: tf.argsort(ROWS, axis=1, stable=True),
    "top_k": lambda: tf.math.top_k(ROWS, 3).values,
    "roll": lambda: tf.roll(ROWS, 2, axis=1),
    "take_along": lambda: tf.gather(ROWS, LABELS[..., None], batch_dims=2),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_bits_are_equal_in_graphs_and_xla(name: str) -> None:
    """The same operation gives the same bits in a graph and under XLA."""
    graph = tf.function(OPERATIONS[name], autograph=False)
    compiled = tf.function(OPERATIONS[name], autograph=False, jit_compile=True)

    np.testing.assert_array_equal(graph().numpy(), compiled().numpy())


CLOSE: dict[str, tuple[Callable[[], tf.Tensor], float]] = {
    "inverse": (lambda: tf.linalg.inv(SQUARE), 1e-6),
    "solve": (lambda: tf.linalg.solve(SQUARE, ROWS[:, :4]), 1e-6),
    "cholesky": (lambda: tf.linalg.cholesky(SQUARE), 1e-5),
    "logdet": (lambda: tf.linalg.logdet(SQUARE), 1e-5),
    "eigenvalues": (lambda: tf.linalg.eigvalsh(SQUARE), 1e-4),
    "singular_values": (lambda: tf.linalg.svd(ROWS, compute_uv=False), 1e-4),
}


@pytest.mark.parametrize("name", CLOSE)
def test_matrices_agree_in_graphs_and_xla(name: str) -> None:
    """Decompositions run by other methods under XLA, and agree to their rounding."""
    operation, tolerance = CLOSE[name]
    graph = tf.function(operation, autograph=False)
    compiled = tf.function(operation, autograph=False, jit_compile=True)

    np.testing.assert_allclose(graph(), compiled(), tolerance, tolerance)


def test_gradients_of_quantiles_go_to_two_elements() -> None:
    """The derivative of a quantile is spread over the elements it lies between."""
    values = tf.constant([3.0, 1.0, 2.0, 10.0])
    with tf.GradientTape() as tape:
        tape.watch(values)
        middle = quantile(values, 0.5, axis=0)
    np.testing.assert_allclose(tape.gradient(middle, values), [0.5, 0.0, 0.5, 0.0])
