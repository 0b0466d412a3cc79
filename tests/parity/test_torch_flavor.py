"""Flavor torch against the recurrences that torch's documentation prints, in float64.

torch itself is no dependency: each recurrence is written down here in plain NumPy.
"""

from collections.abc import Callable

import numpy as np
import pytest
from tests.parity.trajectories import Recurrence, oracle_path, our_path, path_error

import loopc_runtime as ours

RATE = 0.01


def torch_sgd(momentum: float, nesterov: bool, decay: float) -> Callable:
    """L2 decay, then b = momentum b + g from b = g, then p -= rate * (b or g + b)."""

    def make(value: np.ndarray) -> Recurrence:
        buffer = None

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal buffer
            gradient = gradient + decay * value
            buffer = gradient if buffer is None else momentum * buffer + gradient
            direction = gradient + momentum * buffer if nesterov else buffer
            return value - RATE * direction

        return step

    return make


def torch_adam(decay: float, decoupled: bool, amsgrad: bool, eps: float) -> Callable:
    """Adam or AdamW: sqrt(v) / sqrt(1 - b2^t) + eps under m / (1 - b1^t)."""

    def make(value: np.ndarray) -> Recurrence:
        mean, square = np.zeros_like(value), np.zeros_like(value)
        largest = np.zeros_like(value)

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal mean, square, largest
            if decoupled:
                value = value - RATE * decay * value
            else:
                gradient = gradient + decay * value
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * gradient**2
            largest = np.maximum(largest, square)
            root = np.sqrt(largest if amsgrad else square)
            divisor = root / np.sqrt(1 - 0.999**count) + eps
            return value - RATE / (1 - 0.9**count) * mean / divisor

        return step

    return make


def torch_nadam(decay: float, momentum_decay: float) -> Callable:
    """NAdam with its schedule of momenta and their running product."""

    def make(value: np.ndarray) -> Recurrence:
        mean, square, product = np.zeros_like(value), np.zeros_like(value), 1.0

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal mean, square, product
            gradient = gradient + decay * value
            now = 0.9 * (1 - 0.5 * 0.96 ** (count * momentum_decay))
            following = 0.9 * (1 - 0.5 * 0.96 ** ((count + 1) * momentum_decay))
            product *= now
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * gradient**2
            ahead = following * mean / (1 - product * following)
            ahead = ahead + (1 - now) * gradient / (1 - product)
            return value - RATE * ahead / (np.sqrt(square / (1 - 0.999**count)) + 1e-8)

        return step

    return make


def torch_adamax(decay: float) -> Callable:
    """Adamax: u = max(b2 u, |g| + eps)."""

    def make(value: np.ndarray) -> Recurrence:
        mean, norm = np.zeros_like(value), np.zeros_like(value)

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal mean, norm
            gradient = gradient + decay * value
            mean = 0.9 * mean + 0.1 * gradient
            norm = np.maximum(0.999 * norm, np.abs(gradient) + 1e-8)
            return value - RATE / (1 - 0.9**count) * mean / norm

        return step

    return make


def torch_rmsprop(momentum: float, centered: bool, decay: float) -> Callable:
    """RMSprop: epsilon beside the root, the rate outside the momentum buffer."""

    def make(value: np.ndarray) -> Recurrence:
        square, mean = np.zeros_like(value), np.zeros_like(value)
        buffer = np.zeros_like(value)

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal square, mean, buffer
            gradient = gradient + decay * value
            square = 0.99 * square + 0.01 * gradient**2
            mean = 0.99 * mean + 0.01 * gradient
            root = np.sqrt(square - mean**2 if centered else square)
            buffer = momentum * buffer + gradient / (root + 1e-8)
            return value - RATE * buffer

        return step

    return make


def torch_adagrad(decay: float) -> Callable:
    """Adagrad: the sum starts at 0, epsilon beside the root."""

    def make(value: np.ndarray) -> Recurrence:
        total = np.zeros_like(value)

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal total
            gradient = gradient + decay * value
            total = total + gradient**2
            return value - RATE * gradient / (np.sqrt(total) + 1e-10)

        return step

    return make


def torch_adadelta(decay: float) -> Callable:
    """Adadelta: sqrt(u + eps) / sqrt(v + eps) * g."""

    def make(value: np.ndarray) -> Recurrence:
        seen, moved = np.zeros_like(value), np.zeros_like(value)

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal seen, moved
            gradient = gradient + decay * value
            seen = 0.9 * seen + 0.1 * gradient**2
            change = np.sqrt(moved + 1e-6) / np.sqrt(seen + 1e-6) * gradient
            moved = 0.9 * moved + 0.1 * change**2
            return value - RATE * change

        return step

    return make


CASES: dict[str, tuple[ours.GradientTransform, Callable]] = {
    "sgd": (
        ours.sgd(RATE, 0.9, weight_decay=0.1, flavor="torch"),
        torch_sgd(0.9, nesterov=False, decay=0.1),
    ),
    "sgd_nesterov": (
        ours.sgd(RATE, 0.9, nesterov=True, weight_decay=0.1, flavor="torch"),
        torch_sgd(0.9, nesterov=True, decay=0.1),
    ),
    "adam": (
        ours.adam(RATE, epsilon=1e-8, weight_decay=0.1, flavor="torch"),
        torch_adam(0.1, decoupled=False, amsgrad=False, eps=1e-8),
    ),
    "adam_amsgrad": (
        ours.adam(RATE, epsilon=1e-6, amsgrad=True, flavor="torch"),
        torch_adam(0.0, decoupled=False, amsgrad=True, eps=1e-6),
    ),
    "adamw": (
        ours.adamw(RATE, epsilon=1e-8, weight_decay=0.01, flavor="torch"),
        torch_adam(0.01, decoupled=True, amsgrad=False, eps=1e-8),
    ),
    "nadam": (
        ours.nadam(
            RATE, epsilon=1e-8, weight_decay=0.1, momentum_decay=0.004, flavor="torch"
        ),
        torch_nadam(0.1, 0.004),
    ),
    "adamax": (
        ours.adamax(RATE, epsilon=1e-8, weight_decay=0.1, flavor="torch"),
        torch_adamax(0.1),
    ),
    "rmsprop": (
        ours.rmsprop(RATE, 0.99, 0.9, 1e-8, weight_decay=0.1, flavor="torch"),
        torch_rmsprop(0.9, centered=False, decay=0.1),
    ),
    "rmsprop_centered": (
        ours.rmsprop(RATE, 0.99, 0.0, 1e-8, centered=True, flavor="torch"),
        torch_rmsprop(0.0, centered=True, decay=0.0),
    ),
    "adagrad": (
        ours.adagrad(RATE, 0.0, 1e-10, weight_decay=0.1, flavor="torch"),
        torch_adagrad(0.1),
    ),
    "adadelta": (
        ours.adadelta(RATE, 0.9, 1e-6, weight_decay=0.1, flavor="torch"),
        torch_adadelta(0.1),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_path_equals_the_published_recurrence(name: str) -> None:
    """Fifty steps end where the recurrence does: in float64 exactly."""
    transform, recurrence = CASES[name]
    expected = oracle_path(recurrence)

    exact = our_path(transform, xla=False, dtype="float64")
    single = our_path(transform, xla=True)

    assert path_error(exact, expected) <= 1e-10
    assert path_error(single, expected) <= 1e-5
