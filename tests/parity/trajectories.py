"""Fifty steps on one small problem, taken by ours, by optax and by Keras."""

from collections.abc import Callable, Sequence
from functools import cache

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
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


def keras_path(optimizer: keras.optimizers.Optimizer) -> list[Arrays]:
    """Step with a Keras optimizer; return the variables at `LOOK_AT`."""
    variables = keras_variables()
    optimizer.build(variables)
    apply = tf.function(lambda current: optimizer.apply(current, variables))
    path = []
    for step in range(STEPS):
        apply([tf.constant(stack[step]) for stack in gradients()])
        if step + 1 in LOOK_AT:
            path.append([variable.numpy() for variable in variables])
    return path


def our_updates(transform: GradientTransform, *, xla: bool) -> Arrays:
    """Return every update that the pure transform emits, [steps, ...] per variable."""
    variables = [
        tf.Variable(value, name=name)
        for value, name in zip(start(), NAMES, strict=True)
    ]
    stacks = [tf.constant(stack) for stack in gradients()]

    @tf.function(jit_compile=xla)
    def unroll() -> list[tf.Tensor]:
        state = transform.init(variables)
        flat = tf.nest.flatten(state)
        outputs = [tf.zeros_like(stack) for stack in stacks]

        def body(step: tf.Tensor, leaves: list, written: list) -> tuple:
            now = tf.nest.pack_sequence_as(state, leaves)
            current = [tf.gather(stack, step) for stack in stacks]
            updates, after = transform.update(current, now, variables)
            written = [
                tf.tensor_scatter_nd_update(output, [[step]], update[None])
                for output, update in zip(written, updates, strict=True)
            ]
            return step + 1, tf.nest.flatten(after), written

        return tf.while_loop(
            lambda step, leaves, written: step < STEPS,
            body,
            (tf.constant(0), flat, outputs),
        )[2]

    return [update.numpy() for update in unroll()]


def optax_updates(transform: optax.GradientTransformation) -> Arrays:
    """Return every update that an optax transform emits for the same gradients."""
    values = [jnp.asarray(value) for value in start()]

    def body(state: object, current: list) -> tuple:
        updates, state = transform.update(current, state, values)
        return state, updates

    stacks = [jnp.asarray(stack) for stack in gradients()]
    _, updates = jax.jit(lambda state: jax.lax.scan(body, state, stacks))(
        transform.init(values)
    )
    return [np.asarray(update) for update in updates]


def update_error(ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> float:
    """Return the largest error of an element, relative to its update.

    Where large updates cancel, an update counts as a tenth of the largest so far of
    that element: what is left of it after a subtraction has lost that many digits.
    """
    worst = 0.0
    for one, other in zip(ours, theirs, strict=True):
        largest = np.maximum.accumulate(np.abs(other), axis=0)
        scale = np.maximum(np.maximum(np.abs(other), 0.1 * largest), 1e-30)
        worst = max(worst, float(np.max(np.abs(one - other) / scale)))
    return worst


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


Recurrence = Callable[[np.ndarray, np.ndarray, int], np.ndarray]


def oracle_path(make_recurrence: Callable[[np.ndarray], Recurrence]) -> list[Arrays]:
    """Step in float64 by one recurrence per variable; return the values at `LOOK_AT`.

    `make_recurrence(first value)` returns a function of (value, gradient, step counted
    from 1) that returns the next value.
    """
    values = [np.asarray(value, np.float64) for value in start()]
    recurrences = [make_recurrence(value) for value in values]
    path = []
    for step in range(STEPS):
        values = [
            recurrence(value, np.asarray(stack[step], np.float64), step + 1)
            for recurrence, value, stack in zip(
                recurrences, values, gradients(), strict=True
            )
        ]
        if step + 1 in LOOK_AT:
            path.append([np.copy(value) for value in values])
    return path
