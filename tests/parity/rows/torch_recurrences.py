"""The recurrences that the documentation of torch 2.13 prints, in plain NumPy."""

from collections.abc import Callable

import numpy as np
from tests.parity.row import CONSTANT

RATE = CONSTANT
Recurrence = Callable[[np.ndarray, np.ndarray, int], np.ndarray]


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


def torch_radam(decay: float) -> Callable:
    """RAdam: epsilon before the correction, rectified where rho is above 5."""

    def make(value: np.ndarray) -> Recurrence:
        mean, square = np.zeros_like(value), np.zeros_like(value)
        limit = 2 / (1 - 0.999) - 1

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal mean, square
            gradient = gradient + decay * value
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * gradient**2
            corrected = mean / (1 - 0.9**count)
            rho = limit - 2 * count * 0.999**count / (1 - 0.999**count)
            if rho <= 5:
                return value - RATE * corrected
            scale = np.sqrt(1 - 0.999**count) / (np.sqrt(square) + 1e-8)
            factor = (rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)
            return value - RATE * corrected * np.sqrt(factor) * scale

        return step

    return make


def torch_rprop() -> Callable:
    """Rprop: the step of an element grows or shrinks by signs; it rests at a turn."""

    def make(value: np.ndarray) -> Recurrence:
        before, size = np.zeros_like(value), np.full_like(value, RATE)

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal before, size
            sign = np.sign(gradient * before)
            factor = np.where(sign > 0, 1.2, np.where(sign < 0, 0.5, 1.0))
            size = np.clip(size * factor, 1e-6, 50.0)
            before = np.where(sign < 0, 0.0, gradient)
            return value - np.sign(before) * size

        return step

    return make


def torch_asgd(decay: float) -> Callable:
    """ASGD: shrink by lambd eta, step by eta, which is recomputed at the end."""

    def make(value: np.ndarray) -> Recurrence:
        eta = RATE

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            nonlocal eta
            gradient = gradient + decay * value
            value = value * (1 - 0.01 * eta) - eta * gradient
            eta = RATE / (1 + 0.01 * RATE * count) ** 0.75
            return value

        return step

    return make


def torch_sparse_adam() -> Callable:
    """SparseAdam on rows of which some have no gradient; bias by the step's number."""

    def make(value: np.ndarray) -> Recurrence:
        mean, square = np.zeros_like(value), np.zeros_like(value)

        def step(value: np.ndarray, gradient: np.ndarray, count: int) -> np.ndarray:
            present = np.abs(gradient).reshape(len(gradient), -1).max(axis=1) > 0
            value = value.copy()
            mean[present] += 0.1 * (gradient[present] - mean[present])
            square[present] += 0.001 * (gradient[present] ** 2 - square[present])
            size = RATE * np.sqrt(1 - 0.999**count) / (1 - 0.9**count)
            root = np.sqrt(square[present]) + 1e-8 * np.sqrt(1 - 0.999**count)
            value[present] -= size * mean[present] / root
            return value

        return step

    return make
