"""Rules that weigh objectives by their values, each from its paper."""

from collections.abc import Callable

import numpy as np
from tests.parity.objectives import Rule, Shown
from tests.parity.rows.objective_rules import softmax

Weights = Callable[[np.ndarray], np.ndarray]


def by_values(weigh: Weights) -> Callable[[int], Rule]:
    """Make a rule that remembers nothing and weighs by the values."""
    return lambda tasks: lambda s: weigh(s.values) @ s.gradients


def preferred(values: np.ndarray) -> np.ndarray:
    """Mixed Tchebycheff scalarization: 0.4 of the sum, 0.6 of the worst."""
    wished = 1.0 / np.arange(1, len(values) + 1)
    wished /= wished.sum()
    worst = np.arange(len(values)) == np.argmax(wished * values)
    return wished * (0.4 + 0.6 * worst)


def geometric(values: np.ndarray) -> np.ndarray:
    """Return the slope of the geometric mean (Chennupati and others, 2019)."""
    return np.prod(values) ** (1 / len(values)) / (len(values) * values)


def random_weights(tasks: int) -> Rule:
    """Lin and others, 2022: softmax of normal numbers."""
    return lambda s: softmax(s.draws.normals) @ s.gradients


def dwa(tasks: int) -> Rule:
    """Liu and others, 2019, section 3.2, with windows of one step; temperature 1.5."""
    past: list[np.ndarray] = []

    def rule(s: Shown) -> np.ndarray:
        weights = np.ones(tasks)
        if len(past) >= 2:
            weights = tasks * softmax(past[-1] / past[-2] / 1.5)
        past.append(s.values)
        return weights @ s.gradients

    return rule


def uncertainty(tasks: int) -> Rule:
    """Kendall and others, 2018: s from -0.5, by descent of rate 0.1."""
    raw = np.full(tasks, -0.5)

    def rule(s: Shown) -> np.ndarray:
        nonlocal raw
        weights = 0.5 * np.exp(-raw)
        raw = raw - 0.1 * (0.5 - 0.5 * s.values * np.exp(-raw))
        return weights @ s.gradients

    return rule


def smooth_tchebycheff(tasks: int) -> Rule:
    """Lin and others, 2024: mu 0.7; the mean of two steps is the nadir."""
    warm: list[np.ndarray] = []

    def rule(s: Shown) -> np.ndarray:
        if len(warm) < 2:
            warm.append(s.values)
            return (1 / s.values) @ s.gradients
        heights = np.log(s.values / np.mean(warm, axis=0)) / 0.7
        return (softmax(heights) / s.values) @ s.gradients

    return rule


def famo(tasks: int) -> Rule:
    """Liu and others, 2023, algorithm 1: Adam with L2 decay, as their code has it."""
    raw, first, second = np.zeros(tasks), np.zeros(tasks), np.zeros(tasks)

    def rule(s: Shown) -> np.ndarray:
        nonlocal raw, first, second
        shares = softmax(raw)
        weights = shares / s.values
        fall = np.log(s.values) - np.log(s.after)
        slope = shares * (fall - shares @ fall) + 1e-3 * raw
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        root_mean = np.sqrt(second / (1 - 0.999**s.count)) + 1e-8
        raw = raw - 0.025 * first / (1 - 0.9**s.count) / root_mean
        return weights / weights.sum() @ s.gradients

    return rule
