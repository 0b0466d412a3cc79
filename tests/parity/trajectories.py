"""Fifty steps of an optimizer on one small problem."""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from loopc_runtime import GradientTransform, Optimizer

STEPS = 50
SHAPES = ((4, 3), (3,), ())
NAMES = ("kernel", "bias", "scale")
LOOK_AT = (1, 10, STEPS)

Arrays = list[np.ndarray]


@cache
def start() -> tuple[np.ndarray, ...]:
    """Return small first values, so that rounding them does not hide an update."""
    random = np.random.default_rng(1)
    return tuple(
        np.asarray(random.normal(size=shape) * 1e-4, np.float32) for shape in SHAPES
    )


@cache
def gradients() -> tuple[np.ndarray, ...]:
    """Return one [steps, ...] array per variable, of magnitudes from 1e-6 to 10."""
    random = np.random.default_rng(2)
    stacks = []
    for shape in SHAPES:
        size = (STEPS, *shape)
        magnitudes = 10.0 ** random.uniform(-6.0, 1.0, size)
        signs = random.choice([-1.0, 1.0], size)
        stacks.append((magnitudes * signs).astype(np.float32))
    return tuple(stacks)


def keras_variables(dtype: str = "float32") -> list[keras.Variable]:
    """Return fresh Keras variables that hold `start()`."""
    return [
        keras.Variable(value, dtype=dtype, name=name)
        for value, name in zip(start(), NAMES, strict=True)
    ]


def our_path(
    transform: GradientTransform, *, xla: bool, dtype: str = "float32"
) -> list[Arrays]:
    """Step with `Optimizer` in a device loop; return the variables at `LOOK_AT`."""
    variables = keras_variables(dtype)
    optimizer = Optimizer(transform, variables)
    stacks = [tf.constant(stack, dtype) for stack in gradients()]

    @tf.function(jit_compile=xla)
    def advance(count: tf.Tensor) -> None:
        begin = optimizer.updates.read_value()

        def body(step: tf.Tensor) -> list[tf.Tensor]:
            current = [tf.gather(stack, step) for stack in stacks]
            optimizer.apply_gradients(zip(current, variables, strict=True))
            return [step + 1]

        tf.while_loop(lambda step: step < begin + count, body, [begin])

    path = []
    for done, until in zip((0, *LOOK_AT), LOOK_AT, strict=False):
        advance(tf.constant(until - done, tf.int64))
        path.append([variable.numpy() for variable in variables])

    assert int(optimizer.updates) == STEPS
    return path


def path_error(ours: list[Arrays], theirs: list[Arrays]) -> float:
    """Return the largest error of a variable relative to how far it ever moved."""
    worst = 0.0
    for index, origin in enumerate(start()):
        moves = [np.max(np.abs(look[index] - origin)) for look in theirs]
        errors = [
            np.max(np.abs(one[index] - other[index]))
            for one, other in zip(ours, theirs, strict=True)
        ]
        worst = max(worst, float(max(errors) / max(moves)))
    return worst
