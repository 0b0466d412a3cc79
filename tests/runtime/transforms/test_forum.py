"""The weights of `forum` against a general solver, on both sides of its kink."""

import numpy as np
import tensorflow as tf
from scipy.optimize import minimize

import loopc_runtime as ours

RHO, UPPER, SIZE = 0.1, 4, 3


def by_solver(g: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the step of program (14) of Ye and others, 2024, and its slack.

    The push is what the weights ask for, or 0, so that only the weights are searched;
    the best of several beginnings, as the function has a kink.
    """
    slack = RHO - g @ q / (q @ q)

    def step(w: np.ndarray) -> np.ndarray:
        return np.asarray(w @ g + max(w @ slack, 0.0) * q)

    def height(w: np.ndarray) -> float:
        return float(np.sum(step(w) ** 2) - max(w @ slack, 0.0) * RHO * q @ q)

    both = np.vstack([g, q])
    line = np.append(np.zeros(UPPER), -RHO * q @ q)
    even = np.full(UPPER, 1 / UPPER)
    found = minimize(
        lambda v: np.sum((v @ both) ** 2) + v @ line,
        [*even, max(even @ slack, 0.0)],
        jac=lambda v: 2 * both @ both.T @ v + line,
        bounds=[(0, None)] * (UPPER + 1),
        constraints=[
            {"type": "eq", "fun": lambda v: v[:-1].sum() - 1},
            {"type": "ineq", "fun": lambda v: v[-1] - v[:-1] @ slack},
        ],
        options={"ftol": 1e-15, "maxiter": 500},
    )
    weights = found.x[:-1]
    assert height(weights) <= height(even) + 1e-9
    return step(weights), float(weights @ slack)


def test_the_step_is_that_of_a_general_solver_on_every_side() -> None:
    """With a push, without one, and where the weights just need none."""
    transform = ours.forum(UPPER + 1, RHO, "none")
    variable = tf.Variable(tf.zeros([SIZE]))
    update = tf.function(
        lambda stack, state: transform.update(
            [stack], state, [variable], value=tf.ones([UPPER + 1])
        )[0][0]
    )
    random = np.random.default_rng(3)
    kinds = {"pushed": 0, "free": 0, "border": 0}
    for _ in range(60):
        g, q = random.normal(size=(UPPER, SIZE)), random.normal(size=SIZE)
        expected, slack = by_solver(g, q)
        side = "border" if abs(slack) < 1e-5 else "pushed" if slack > 0 else "free"
        kinds[side] += 1
        found = update(
            tf.constant(np.vstack([g, q]), tf.float32), transform.init([variable])
        )
        np.testing.assert_allclose(found, expected, atol=2e-4)
    assert min(kinds.values()) >= 2
