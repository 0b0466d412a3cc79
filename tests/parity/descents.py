"""One small problem that is really descended: by ours on the device, and by optax."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import tensorflow as tf

from loopc_runtime import (
    GradientTransform,
    Optimizer,
    per_example_gradients,
    repeatable,
    step_scope,
)

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


@dataclass(frozen=True, kw_only=True)
class Descent:
    """One of our transforms, and optax' (or one made of optax' functions), descending.

    `extra(value, gradients)` gives the keywords of optax' update, `read(state, values)`
    what to compare of each step, `begin(values)` what optax starts from, and
    `averaged(state, values)` what stands for the variables in evaluations. `again` lets
    ours evaluate the objective elsewhere; `per_example` gives both the gradients of
    single examples. `theirs` is called where 64 bits are on or off.
    """

    name: str
    case: str = ""
    ours: Callable[[], GradientTransform]
    theirs: Callable[[], Any]
    extra: Callable[..., dict] | None = None
    read: Callable[..., list] = lambda state, values: values
    begin: Callable[[list], object] = lambda values: values
    averaged: Callable[..., list] | None = None
    again: bool = False
    per_example: bool = False
    steps: int = STEPS
    single: float = 1e-5
    double: float = 1e-10
    note: str = ""

    @property
    def label(self) -> str:
        """Name the row in tests."""
        return self.name + (f" ({self.case})" if self.case else "")


def tf_losses(
    variables: Sequence[tf.Variable], inputs: tf.Tensor, targets: tf.Tensor
) -> tf.Tensor:
    """Return the squared errors of a scaled, squashed linear map, one an example."""
    kernel, bias, scale = variables
    found = tf.tanh(inputs @ kernel + bias) * (1.0 + scale)
    return tf.reduce_mean(tf.square(found - targets), axis=1)


def jax_losses(values: list, inputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Return the same in JAX."""
    kernel, bias, scale = values
    found = jnp.tanh(inputs @ kernel + bias) * (1.0 + scale)
    return jnp.mean(jnp.square(found - targets), axis=1)


def jax_loss(values: list) -> jax.Array:
    """Return the mean over the examples, in the dtype of the values."""
    dtype = values[0].dtype
    inputs, targets = jnp.asarray(INPUTS, dtype), jnp.asarray(TARGETS, dtype)
    return jnp.mean(jax_losses(values, inputs, targets))


def jax_example_gradients(values: list) -> tuple[jax.Array, list]:
    """Return the mean and the gradient of every example."""

    def of_one(values: list, example: jax.Array, target: jax.Array) -> jax.Array:
        return jax_losses(values, example[None], target[None])[0]

    dtype = values[0].dtype
    examples = (jnp.asarray(INPUTS, dtype), jnp.asarray(TARGETS, dtype))
    each = jax.vmap(jax.grad(of_one), in_axes=(None, 0, 0))(values, *examples)
    return jax_loss(values), each


def our_descent(
    row: Descent, *, xla: bool, dtype: str = "float32"
) -> tuple[list[Arrays], Optimizer]:
    """Descend with `Optimizer`, one step a call; return the variables after each."""
    variables = [
        tf.Variable(value, name=name, dtype=dtype)
        for value, name in zip(START, NAMES, strict=True)
    ]
    optimizer = Optimizer(row.ours(), variables)
    inputs, targets = tf.constant(INPUTS, dtype), tf.constant(TARGETS, dtype)

    @tf.function(jit_compile=xla)
    def advance() -> None:
        @repeatable
        def objective() -> tf.Tensor:
            return tf.reduce_mean(tf_losses(variables, inputs, targets))

        with tf.GradientTape() as tape:
            loss = objective()
        gradients = tape.gradient(loss, variables)
        if row.per_example:
            gradients, _ = per_example_gradients(
                lambda x, y: tf_losses(variables, x, y), variables, inputs, targets
            )
        with step_scope(7, optimizer.updates.read_value()):
            optimizer.apply_gradients(
                zip(gradients, variables, strict=True),
                value=loss,
                objective=objective if row.again else None,
                weight=len(INPUTS),
            )

    path = []
    for _ in range(row.steps):
        advance()
        path.append([variable.numpy() for variable in variables])
    return path, optimizer


def optax_descent(row: Descent, dtype: str = "float32") -> tuple[list[Arrays], Arrays]:
    """Descend with optax; return what the row reads of each step, and its averages."""
    with jax.enable_x64(dtype == "float64"):
        transform = row.theirs()
        values = row.begin([jnp.asarray(value, dtype) for value in START])
        state = transform.init(values)
        gradients_of = (
            jax_example_gradients if row.per_example else jax.value_and_grad(jax_loss)
        )

        @jax.jit
        def advance(values: object, state: object) -> tuple:
            value, gradients = gradients_of(getattr(values, "fast", values))
            keywords = {} if row.extra is None else row.extra(value, gradients)
            updates, state = transform.update(gradients, state, values, **keywords)
            return optax.apply_updates(values, updates), state

        path = []
        for _ in range(row.steps):
            values, state = advance(values, state)
            path.append([np.asarray(each) for each in row.read(state, values)])
        averages = [] if row.averaged is None else row.averaged(state, values)
        return path, [np.asarray(each) for each in averages]


def error_of(row: Descent, *, xla: bool, dtype: str) -> float:
    """Return the largest error of a variable in any step, or of an average at last."""
    theirs, averages = optax_descent(row, dtype)
    mine, optimizer = our_descent(row, xla=xla, dtype=dtype)
    error = descent_error(mine, theirs)
    if averages:
        found = [each.numpy() for each in optimizer.averaged()]
        error = max(error, descent_error([found], [averages]))
    return error


def descent_error(ours: Sequence[Arrays], theirs: Sequence[Arrays]) -> float:
    """Return the largest error of a variable, relative to how far it ever moved."""
    worst = 0.0
    for index, origin in enumerate(START):
        moved = max(float(np.max(np.abs(look[index] - origin))) for look in theirs)
        for one, other in zip(ours, theirs, strict=True):
            error = float(np.max(np.abs(one[index] - other[index])))
            worst = max(worst, error / moved if moved else error)
    return worst
