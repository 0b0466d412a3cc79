"""Gradients and values of three objectives, and what a transform makes of them."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from scipy.optimize import minimize

from loopc_runtime import GradientTransform, step_scope

TASKS = 3
SHAPES = ((4, 2), (3,))
Updates = list[np.ndarray]


def stacks(seed: int, conflict: float = 0.6) -> list[np.ndarray]:
    """Return `[tasks, *shape]` gradients whose common part points against one task."""
    random = np.random.default_rng(seed)
    found = [random.normal(size=(TASKS, *shape)) for shape in SHAPES]
    for each in found:
        each[0] -= conflict * each[1]
        each[2] *= 3.0
    return [each.astype(np.float32) for each in found]


def losses(seed: int) -> np.ndarray:
    """Return positive values of the objectives."""
    return np.random.default_rng(seed).uniform(0.2, 3.0, TASKS).astype(np.float32)


def run(
    make: Callable[[], GradientTransform], steps: int, xla: bool
) -> tuple[list[Updates], list[np.ndarray]]:
    """Return the updates of every step, and the weights where there are such."""
    transform = make()
    variables = [tf.Variable(np.zeros(shape, np.float32)) for shape in SHAPES]
    alone = tf.Variable([1.0, 2.0])  # of one objective alone

    @tf.function(jit_compile=xla)
    def update(step, state, value, *gradients):
        with step_scope(3, step):
            weights = tf.zeros([TASKS])
            if transform.hooks.weigh is not None:
                weights = transform.hooks.weigh(value, state)
                gradients = [tf.tensordot(weights, each, 1) for each in gradients]
            updates, state = transform.update(
                [*gradients, tf.constant([5.0, 6.0])],
                state,
                [*variables, alone],
                value=value,
            )
        return updates, state, weights

    state = transform.init([*variables, alone])
    path, weights = [], []
    for step in range(steps):
        updates, state, given = update(
            tf.constant(step, tf.int64), state, losses(step), *stacks(step)
        )
        np.testing.assert_array_equal(updates[-1], [5.0, 6.0])
        path.append([each.numpy() for each in updates[:-1]])
        weights.append(given.numpy())
    return path, weights


def flat(gradients: list[np.ndarray]) -> np.ndarray:
    """Return `[tasks, numbers]` in float64."""
    rows = [each.reshape(TASKS, -1) for each in gradients]
    return np.concatenate(rows, axis=1).astype(np.float64)


def vector(updates: Updates) -> np.ndarray:
    """Return an update as one vector."""
    return np.concatenate([each.reshape(-1) for each in updates])


def on_simplex(objective: Callable[[np.ndarray], float]) -> np.ndarray:
    """Minimize over the simplex by SciPy."""
    found = minimize(
        objective,
        np.full(TASKS, 1 / TASKS),
        bounds=[(0, 1)] * TASKS,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    return found.x
