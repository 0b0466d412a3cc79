"""Rules that remember earlier steps, each from its paper."""

import numpy as np
from scipy.optimize import minimize
from tests.parity.objectives import Rule, Shown
from tests.parity.rows.convex_rules import quadratic
from tests.parity.rows.objective_rules import norms, over, softmax


def gradnorm(tasks: int) -> Rule:
    """Chen and others, 2018, algorithm 1: alpha 1.5, the weights by descent of 0.01.

    The slope of the sum of differences by finite differences, the target a constant.
    """
    weights, first = np.ones(tasks), np.zeros(tasks)

    def rule(s: Shown) -> np.ndarray:
        nonlocal weights, first
        first = s.values if s.count == 1 else first
        update = weights @ s.gradients
        lengths = norms(s.gradients)
        lag = s.values / first / np.mean(s.values / first)
        target = np.mean(weights * lengths) * lag**1.5

        def loss(w: np.ndarray) -> float:
            return float(np.sum(np.abs(w * lengths - target)))

        eye = 1e-7 * np.eye(tasks)
        slope = [(loss(weights + e) - loss(weights - e)) / 2e-7 for e in eye]
        weights = np.maximum(weights - 0.01 * np.array(slope), 1e-4)
        weights *= tasks / weights.sum()
        return np.asarray(update)

    return rule


def db_mtl(tasks: int) -> Rule:
    """Lin and others, 2023: averages of the gradients of logarithms, equally long."""
    averages = np.zeros(())

    def rule(s: Shown) -> np.ndarray:
        nonlocal averages
        averages = 0.9 * averages + 0.1 * s.gradients / s.values[:, None]
        lengths = norms(averages)
        return np.asarray(over(lengths.max(), lengths) @ averages)

    return rule


def moco(tasks: int) -> Rule:
    """Fernando and others, 2023, algorithm 1, with LibMTL's shares and softmax."""
    tracked, weights = np.zeros(()), np.full(tasks, 1 / tasks)

    def rule(s: Shown) -> np.ndarray:
        nonlocal tracked, weights
        lengths = norms(s.gradients)[:, None]
        scaled = over(s.gradients, lengths) * s.values[:, None]
        tracked = tracked + 0.5 / s.count**0.5 * (scaled - tracked)
        slope = tracked @ tracked.T @ weights
        weights = softmax(weights - 0.1 / s.count**0.5 * slope)
        return np.asarray(weights @ tracked)

    return rule


def modo(tasks: int) -> Rule:
    """Chen and others, 2023: projected steps of 0.01 of the weights, rho 0.1."""
    weights = np.full(tasks, 1 / tasks)

    def rule(s: Shown) -> np.ndarray:
        nonlocal weights
        slope = s.gradients @ (weights @ s.gradients) + 0.1 * weights
        weights = quadratic(np.eye(tasks), -(weights - 0.01 * slope), 1.0)
        return np.asarray(weights @ s.gradients)

    return rule


def excess(tasks: int) -> Rule:
    """He and others, 2024: weights grow by estimates of the excess risk.

    Relative to the first estimate of an objective that moves.
    """
    weights, first = np.full(tasks, 1 / tasks), np.zeros(tasks)
    squares = np.zeros(())

    def rule(s: Shown) -> np.ndarray:
        nonlocal weights, first, squares
        squares = squares + s.gradients**2
        risk = np.sum(s.gradients**2 / np.sqrt(squares + 1e-7), axis=1)
        first = np.where(first == 0, risk, first)
        weights = weights * np.exp(0.01 * over(risk, first))
        weights /= weights.sum()
        return np.asarray(tasks * weights @ s.gradients)

    return rule


def forum(tasks: int) -> Rule:
    """Ye and others, 2024, algorithm 1: rho 0.3, unit gradients, the last the barrier.

    The program (14) of the paper in the weights and the push together.
    """
    buffer = np.zeros(tasks - 1)

    def rule(s: Shown) -> np.ndarray:
        nonlocal buffer
        g, q = s.gradients[:-1], s.gradients[-1]
        g = over(g, norms(g)[:, None])
        pushes = 0.3 - over(g @ q, np.array(q @ q))
        newest = barrier_program(g, q, pushes)
        buffer = buffer + (newest - buffer) / s.count**0.75
        return np.asarray(buffer @ g + max(buffer @ pushes, 0.0) * q)

    return rule


def barrier_program(g: np.ndarray, q: np.ndarray, pushes: np.ndarray) -> np.ndarray:
    """Minimize `|w g + v q|^2 - 0.3 v |q|^2`, v at least 0 and `w pushes`."""
    matrix = np.vstack([g, q])
    line = np.zeros(len(matrix))
    line[-1] = -0.3 * q @ q
    products = matrix @ matrix.T
    begin = np.full(len(g), 1 / len(g))
    found = minimize(
        lambda w: w @ products @ w + line @ w,
        [*begin, max(begin @ pushes, 0.0)],
        jac=lambda w: 2 * products @ w + line,
        bounds=[(0, None)] * len(matrix),
        constraints=[
            {"type": "eq", "fun": lambda w: w[:-1].sum() - 1},
            {"type": "ineq", "fun": lambda w: w[-1] - w[:-1] @ pushes},
        ],
        options={"ftol": 1e-15, "maxiter": 500},
    )
    return np.asarray(found.x[:-1])
