"""Rules that solve a convex program in each step, each from its paper."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
from scipy.optimize import minimize, root
from tests.parity.objectives import Rule, Shown
from tests.parity.rows.objective_rules import norms, over


def quadratic(matrix: np.ndarray, line: np.ndarray, total: float | None) -> np.ndarray:
    """Minimize `w M w / 2 + line w` over w >= 0 that sums to `total`, if one is given.

    By the conditions of optimality on every face: there are few.
    """
    count = len(line)
    best, least = np.zeros(count), np.inf if total else 0.0
    for size in range(1, count + 1):
        for face in map(list, combinations(range(count), size)):
            w = np.zeros(count)
            w[face] = stationary(matrix[np.ix_(face, face)], line[face], total)
            value = w @ matrix @ w / 2 + line @ w
            if (w >= -1e-12).all() and value < least - 1e-15:
                best, least = w, value
    return best


def stationary(matrix: np.ndarray, line: np.ndarray, total: float | None) -> np.ndarray:
    """Return where the slope is 0, or the same everywhere on the plane of `total`."""
    if total is None:
        return np.asarray(np.linalg.lstsq(matrix, -line, rcond=1e-12)[0])
    count, scale = len(line), np.abs(matrix).max() or 1.0
    ones = np.ones((count, 1))
    system = np.block([[matrix / scale, ones], [ones.T, np.zeros((1, 1))]])
    wanted = [*(-line / scale), total]
    return np.asarray(np.linalg.lstsq(system, wanted, rcond=1e-12)[0][:count])


def shortest(gradients: np.ndarray, towards: np.ndarray | float = 0.0) -> np.ndarray:
    """Return the weights on the simplex that make `w g + towards` shortest."""
    line = gradients @ np.broadcast_to(towards, gradients.shape[1])
    return quadratic(gradients @ gradients.T, line, 1.0)


def mgda(tasks: int) -> Rule:
    """Desideri, 2012: the shortest vector in the convex hull."""
    return lambda s: shortest(s.gradients) @ s.gradients


def mgda_normalized(tasks: int) -> Rule:
    """Sener and Koltun, 2018: of gradients divided by their norm and objective."""

    def rule(s: Shown) -> np.ndarray:
        scaled = over(s.gradients, (norms(s.gradients) * s.values)[:, None])
        return shortest(scaled) @ scaled

    return rule


def cagrad(tasks: int) -> Rule:
    """Liu and others, 2021, algorithm 1: c 0.5, divided by 1 + c ** 2.

    The worst improvement is that of the objectives that can improve.
    """

    def rule(s: Shown) -> np.ndarray:
        unit = np.abs(s.gradients).max()
        g = s.gradients[norms(s.gradients) > 0] / unit
        mean = s.gradients.mean(0) / unit
        radius = 0.5 * np.linalg.norm(mean)
        found = minimize(
            lambda w: w @ g @ mean + radius * np.linalg.norm(w @ g),
            np.full(len(g), 1 / len(g)),
            jac=lambda w: g @ (mean + radius * w @ g / np.linalg.norm(w @ g)),
            bounds=[(0, 1)] * len(g),
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            options={"ftol": 1e-15, "maxiter": 500},
        )
        towards = found.x @ g / np.linalg.norm(found.x @ g)
        return np.asarray(unit * (mean + radius * towards) / 1.25)

    return rule


def fair(alpha: float) -> Callable[[int], Rule]:
    """Ban and Ji, 2024: `G G^T w = w ** (-1 / alpha)`; Nash bargaining for 1.

    Of objectives that move at all; where they are opposite there is no bargain, and no
    step.
    """

    def rule(s: Shown) -> np.ndarray:
        g = s.gradients[norms(s.gradients) > 0]
        if np.linalg.matrix_rank(g) < len(g):
            return np.zeros(g.shape[1])
        products = g @ g.T

        def residual(logarithm: np.ndarray) -> np.ndarray:
            w = np.exp(logarithm)
            return np.asarray(products @ w - w ** (-1 / alpha))

        found = root(residual, -np.log(norms(g)), tol=1e-13)
        assert np.abs(found.fun).max() < 1e-8
        return np.asarray(np.exp(found.x) @ g)

    return lambda tasks: rule


def sdmgrad(tasks: int) -> Rule:
    """Xiao and others, 2023: between the mean and the shortest vector, lambda 0.3."""

    def rule(s: Shown) -> np.ndarray:
        mean = 0.3 * s.gradients.mean(0)
        return (shortest(s.gradients, mean) @ s.gradients + mean) / 1.3

    return rule


def upgrad(tasks: int) -> Rule:
    """Quinton and Rey, 2024: the mean of projections on where no objective rises.

    The projection of d is d plus a sum of gradients by w >= 0: the dual program.
    """

    def rule(s: Shown) -> np.ndarray:
        g = s.gradients
        products = g @ g.T
        found = [own + quadratic(products, g @ own, None) @ g for own in g]
        return np.mean(found, axis=0)

    return rule
