"""Directions in which all objectives fall, against general solvers on the gradients."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize
from tests.runtime.transforms.task_streams import (
    TASKS,
    flat,
    losses,
    on_simplex,
    run,
    stacks,
    vector,
)

import loopc_runtime as ours

XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])


def mgda_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the shortest vector in the convex hull."""
    scale = float(np.max(np.sum(g * g, axis=1)))
    return on_simplex(lambda w: float(np.sum((w @ g) ** 2)) / scale) @ g


def mgda_loss_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return it of gradients divided by norm and objective."""
    scaled = g / (np.linalg.norm(g, axis=1) * values)[:, None]
    return mgda_oracle(scaled, values)


def cagrad_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the step of CAGrad with c = 0.5, rescaled by 1 + c ** 2."""
    mean = g.mean(0)
    radius = 0.5 * np.linalg.norm(mean)

    def objective(w: np.ndarray) -> float:
        return float(w @ g @ mean + radius * np.linalg.norm(w @ g))

    towards = on_simplex(objective) @ g
    return (mean + radius * towards / np.linalg.norm(towards)) / 1.25


def nash_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the sum by the weights that maximize the product of improvements."""
    products = g @ g.T
    found = minimize(
        lambda s: 0.5 * np.exp(s) @ products @ np.exp(s) - s.sum(),
        np.zeros(TASKS) - 1,
        options={"gtol": 1e-10},
    )
    return np.exp(found.x) @ g


def fairgrad_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return it for alpha = 2: products . w = w ** -0.5."""
    products = g @ g.T
    found = minimize(
        lambda s: 0.5 * np.exp(s) @ products @ np.exp(s) - 2 * np.exp(s / 2).sum(),
        np.zeros(TASKS) - 1,
        options={"gtol": 1e-10},
    )
    return np.exp(found.x) @ g


def sdmgrad_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the step between the mean and the shortest vector, lambda = 0.3."""
    mean = 0.3 * g.mean(0)
    scale = float(np.max(np.sum(g * g, axis=1)))
    w = on_simplex(lambda w: float(np.sum((w @ g + mean) ** 2)) / scale)
    return (w @ g + mean) / 1.3


def upgrad_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the mean of the projections on the cone in which all improve."""
    found = [
        minimize(
            lambda d, own=own: np.sum((d - own) ** 2),
            own,
            constraints={"type": "ineq", "fun": lambda d: g @ d},
            options={"ftol": 1e-13, "maxiter": 500},
        ).x
        for own in g
    ]
    return np.mean(found, axis=0)


def imtl_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the affine combination with equal projections on the unit gradients."""
    units = g / np.linalg.norm(g, axis=1, keepdims=True)
    # (a . g) . (u_1 - u_k) = 0 for all k, sum(a) = 1
    rows = [g @ (units[0] - unit) for unit in units[1:]]
    system = np.stack([*rows, np.ones(TASKS)])
    return np.linalg.solve(system, np.eye(TASKS)[-1]) @ g


def aligned_oracle(g: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the sum after all singular values are set to the smallest."""
    u, singular, v = np.linalg.svd(g, full_matrices=False)
    return (u * singular.min() @ v).sum(0)


CASES: dict[str, tuple[Callable, Callable]] = {
    "mgda": (lambda: ours.mgda(TASKS), mgda_oracle),
    "mgda_loss+": (lambda: ours.mgda(TASKS, "loss+"), mgda_loss_oracle),
    "cagrad": (lambda: ours.cagrad(TASKS), cagrad_oracle),
    "nash_mtl": (lambda: ours.nash_mtl(TASKS), nash_oracle),
    "fairgrad": (lambda: ours.fairgrad(TASKS, 2.0), fairgrad_oracle),
    "sdmgrad": (lambda: ours.sdmgrad(TASKS), sdmgrad_oracle),
    "upgrad": (lambda: ours.upgrad(TASKS), upgrad_oracle),
    "imtl": (lambda: ours.imtl(TASKS), imtl_oracle),
    "aligned_mtl": (lambda: ours.aligned_mtl(TASKS), aligned_oracle),
}


@XLA
@pytest.mark.parametrize("name", CASES)
def test_combined_gradients_solve_the_program_of_the_paper(
    name: str, xla: bool
) -> None:
    """The step equals that of a general solver on the full gradients."""
    make, oracle = CASES[name]

    path, _ = run(make, 4, xla)

    for step, updates in enumerate(path):
        g = flat(stacks(step))
        expected = oracle(g, losses(step).astype(np.float64))
        error = np.linalg.norm(vector(updates) - expected)
        assert error <= 2e-4 * max(np.linalg.norm(expected), 0.1 * np.linalg.norm(g))
