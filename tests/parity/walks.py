"""What every comparison is shown: variables, gradients and values of fifty steps."""

from functools import cache

import numpy as np

STEPS = 50
SHAPES = ((5, 3), (3,), (), (2, 2, 3, 4))
NAMES = ("kernel", "bias", "scale", "filters")
Stacks = tuple[np.ndarray, ...]  # one [steps, ...] array per variable


@cache
def variables() -> Stacks:
    """Return variables on a walk that no transform has a say in."""
    random = np.random.default_rng(1)
    return tuple(
        np.float32(
            random.normal(size=shape) * 0.1
            + np.cumsum(random.normal(size=(STEPS, *shape)) * 0.01, axis=0)
        )
        for shape in SHAPES
    )


@cache
def curvatures() -> Stacks:
    """Return the second derivatives of the quadratic function, from 0.1 to 10."""
    random = np.random.default_rng(3)
    return tuple(np.float32(10.0 ** random.uniform(-1, 1, s)) for s in SHAPES)


@cache
def gradients(quadratic: bool) -> Stacks:
    """Return gradients of magnitudes from 1e-6 to 10, or those of the quadratic."""
    if quadratic:
        pairs = zip(curvatures(), variables(), strict=True)
        return tuple(curvature * walk for curvature, walk in pairs)
    random = np.random.default_rng(2)
    sizes = [(STEPS, *shape) for shape in SHAPES]
    magnitudes = [10.0 ** random.uniform(-6.0, 1.0, size) for size in sizes]
    return tuple(
        np.float32(magnitude * random.choice([-1.0, 1.0], magnitude.shape))
        for magnitude in magnitudes
    )


@cache
def values() -> np.ndarray:
    """Return a falling, noisy objective with a plateau."""
    random = np.random.default_rng(4)
    fall = np.maximum(4.0 - 0.2 * np.arange(STEPS), 1.0)
    return np.float32(fall + 0.1 * random.uniform(size=STEPS))
