"""One small problem that is really descended: by ours on the device, and by optax."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
import optax
import tensorflow as tf

from loopc_runtime import GradientTransform, Optimizer, repeatable

STEPS = 50
Arrays = list[np.ndarray]

_RANDOM = np.random.default_rng(7)
INPUTS = _RANDOM.normal(size=(16, 4)).astype(np.float32)
TARGETS = _RANDOM.normal(size=(16, 3)).astype(np.float32)
START = [
    (_RANDOM.normal(size=shape) * 0.5).astype(np.float32)
    for shape in ((4, 3), (3,), ())
]
NAMES = ("kernel", "bias", "scale")


def tf_loss(variables: Sequence[tf.Variable]) -> tf.Tensor:
    """Return the mean squared error of a scaled, squashed linear map."""
    kernel, bias, scale = variables
    found = tf.tanh(tf.constant(INPUTS) @ kernel + bias) * (1.0 + scale)
    return tf.reduce_mean(tf.square(found - tf.constant(TARGETS)))


def jax_loss(values: list) -> jax.Array:
    """Return the same in JAX."""
    kernel, bias, scale = values
    found = jnp.tanh(INPUTS @ kernel + bias) * (1.0 + scale)
    return jnp.mean(jnp.square(found - TARGETS))


def our_descent(
    make: Callable[[], GradientTransform],
    *,
    xla: bool,
    steps: int = STEPS,
    again: bool = False,
) -> tuple[list[Arrays], Optimizer]:
    """Descend with `Optimizer`, one step a call; return the variables after each."""
    variables = [
        tf.Variable(value, name=name) for value, name in zip(START, NAMES, strict=True)
    ]
    optimizer = Optimizer(make(), variables)

    @tf.function(jit_compile=xla)
    def advance() -> None:
        @repeatable
        def objective() -> tf.Tensor:
            return tf_loss(variables)

        with tf.GradientTape() as tape:
            loss = objective()
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(
            zip(gradients, variables, strict=True),
            value=loss,
            objective=objective if again else None,
        )

    path = []
    for _ in range(steps):
        advance()
        path.append([variable.numpy() for variable in variables])
    return path, optimizer


def optax_descent(
    transform: optax.GradientTransformation,
    *,
    steps: int = STEPS,
    extra: Callable[..., dict] | None = None,
    read: Callable[..., list] = lambda state, values: values,
    begin: Callable[[list], object] = lambda values: values,
) -> list[Arrays]:
    """Descend with optax; `extra(value, gradients)` gives keywords of its update.

    `read(state, values)` says what to return of each step, `begin(values)` what the
    transform starts from.
    """
    values = begin([jnp.asarray(value) for value in START])
    state = transform.init(values)

    @jax.jit
    def advance(values: object, state: object) -> tuple:
        at = getattr(values, "fast", values)
        value, gradients = jax.value_and_grad(jax_loss)(at)
        keywords = {} if extra is None else extra(value, gradients)
        updates, state = transform.update(gradients, state, values, **keywords)
        return optax.apply_updates(values, updates), state

    path = []
    for _ in range(steps):
        values, state = advance(values, state)
        path.append([np.asarray(each) for each in read(state, values)])
    return path


def descent_error(ours: Sequence[Arrays], theirs: Sequence[Arrays]) -> float:
    """Return the largest error of a variable, relative to how far it ever moved."""
    worst = 0.0
    for index, origin in enumerate(START):
        moved = max(float(np.max(np.abs(look[index] - origin))) for look in theirs)
        for one, other in zip(ours, theirs, strict=True):
            error = float(np.max(np.abs(one[index] - other[index])))
            worst = max(worst, error / moved if moved else error)
    return worst
