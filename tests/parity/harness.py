"""Runs the rows of the parity table, many of them in one compiled function."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import tensorflow as tf
from tests.parity.row import CONSTANT, Arrays, Row, fallen, falling
from tests.parity.walks import (
    NAMES,
    STEPS,
    curvatures,
    gradients,
    values,
    variables,
)

from loopc_runtime import step_scope

GROUP = 12


# ------------------------------------------------------------------------- our side


def our_updates(rows: Sequence[Row], dtype: str, xla: bool) -> list[Arrays]:
    """Return every update of each row: one [steps, ...] array per variable."""
    transforms = [row.ours(falling() if row.scheduled else CONSTANT) for row in rows]
    shown = {
        quadratic: [tf.constant(stack, dtype) for stack in gradients(quadratic)]
        for quadratic in {row.quadratic for row in rows}
    }
    walk = [tf.constant(stack, dtype) for stack in variables()]
    objective = tf.constant(values(), dtype)
    curved = [tf.constant(each, dtype) for each in curvatures()]

    def hessian_vector(vectors: list[tf.Tensor]) -> list[tf.Tensor]:
        return [a * each for a, each in zip(curved, vectors, strict=False)]

    @tf.function(jit_compile=xla, autograph=False)
    def unroll() -> list[list[tf.Tensor]]:
        # Keras' variables have paths; here tensors stand for them.
        states = [
            each.init([walk[i][0] for i in row.shown])
            for row, each in zip(rows, transforms, strict=True)
        ]
        outputs = [[tf.zeros_like(walk[i]) for i in row.shown] for row in rows]

        def body(step: tf.Tensor, leaves: list, written: list) -> tuple:
            before = tf.nest.pack_sequence_as(states, leaves)
            present = [tf.gather(stack, step) for stack in walk]
            after, results = [], []
            with step_scope(7, step):
                for row, transform, state, output in zip(
                    rows, transforms, before, written, strict=True
                ):
                    stacks = shown[row.quadratic]
                    extra = {
                        "value": tf.gather(objective, step),
                        "hessian_vector": hessian_vector,
                        **searching(row, present, curved),
                    }
                    slopes = [tf.gather(stacks[i], step) for i in row.shown]
                    updates, state = transform.update(
                        extra.get("gradient", slopes),
                        state,
                        [present[i] for i in row.shown],
                        **extra,
                    )
                    after.append(state)
                    results.append(
                        [
                            tf.tensor_scatter_nd_update(o, [[step]], u[None])
                            for o, u in zip(output, updates, strict=True)
                        ]
                    )
            return step + 1, tf.nest.flatten(after), results

        start = (tf.constant(0), tf.nest.flatten(states), outputs)
        return tf.while_loop(lambda step, *_: step < STEPS, body, start)[2]

    return [[update.numpy() for update in updates] for updates in unroll()]


def searching(
    row: Row, present: list[tf.Tensor], curved: list[tf.Tensor]
) -> dict[str, Any]:
    """Return the value of the quadratic, its gradient and itself, for a search."""

    def evaluate(point: list[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        slopes = [curved[i] * x for i, x in zip(row.shown, point, strict=True)]
        products = zip(slopes, point, strict=True)
        return tf.add_n([tf.reduce_sum(g * x) / 2 for g, x in products]), slopes

    if not row.searches:
        return {}
    value, slopes = evaluate([present[i] for i in row.shown])
    return {"value": value, "gradient": slopes, "evaluate": evaluate}


# ---------------------------------------------------------------------- references


def optax_updates(rows: Sequence[Row], dtype: str) -> list[Arrays]:
    """Return the updates that optax' transforms emit for the same gradients."""
    with jax.enable_x64(dtype == "float64"):

        def rate(count: Any) -> Any:
            return fallen(jnp.asarray(count, dtype), jnp.minimum)

        transforms = [
            optax.with_extra_args_support(
                row.theirs(rate if row.scheduled else CONSTANT)
            )
            for row in rows
        ]
        stacks = {
            quadratic: [jnp.asarray(stack, dtype) for stack in gradients(quadratic)]
            for quadratic in (False, True)
        }
        walk = [jnp.asarray(stack, dtype) for stack in variables()]
        curved = [jnp.asarray(each, dtype) for each in curvatures()]

        def objective(point: list) -> Any:
            pairs = zip(curved, point, strict=False)
            return sum(jnp.sum(a * x**2) / 2 for a, x in pairs)

        def extra(row: Row, point: list, value: Any) -> dict[str, Any]:
            if not row.searches:
                return {"value": value, "obj_fn": objective}
            found, slopes = jax.value_and_grad(objective)(point)
            return {"value": found, "grad": slopes, "value_fn": objective}

        def body(states: list, now: tuple) -> tuple:
            shown, present, value = now
            results = []
            for row, each, state in zip(rows, transforms, states, strict=True):
                point = [present[i] for i in row.shown]
                keywords = extra(row, point, value)
                slopes = [shown[row.quadratic][i] for i in row.shown]
                slopes = keywords.get("grad", slopes)
                results.append(each.update(slopes, state, point, **keywords))
            return [state for _, state in results], [update for update, _ in results]

        first = [
            each.init([walk[i][0] for i in row.shown])
            for row, each in zip(rows, transforms, strict=True)
        ]
        inputs = (stacks, walk, jnp.asarray(values(), dtype))
        _, updates = jax.jit(lambda s: jax.lax.scan(body, s, inputs))(first)
        return [[np.asarray(each) for each in row] for row in updates]


class FallingRate(keras.optimizers.schedules.LearningRateSchedule):
    """The falling rate as a schedule of Keras."""

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        return fallen(tf.cast(step, tf.float32), tf.minimum)


def keras_updates(rows: Sequence[Row], dtype: str) -> list[Arrays]:
    """Return what a step of a Keras optimizer adds to the variables of each step."""
    return [keras_row(row, dtype) for row in rows]


def keras_row(row: Row, dtype: str) -> Arrays:
    """Return the updates of one Keras optimizer."""
    optimizer = row.theirs(FallingRate() if row.scheduled else CONSTANT)
    present = [
        keras.Variable(stack[0], dtype=dtype, name=name)
        for stack, name in zip(variables(), NAMES, strict=True)
    ]
    present = [present[i] for i in row.shown]
    optimizer.build(present)
    walk = [tf.constant(variables()[i], dtype) for i in row.shown]
    shown = [tf.constant(gradients(row.quadratic)[i], dtype) for i in row.shown]

    @tf.function(autograph=False)
    def step_once(step: tf.Tensor) -> list[tf.Tensor]:
        before = [tf.gather(stack, step) for stack in walk]
        for variable, value in zip(present, before, strict=True):
            variable.assign(value)
        optimizer.apply([tf.gather(stack, step) for stack in shown], present)
        pairs = zip(present, before, strict=True)
        return [variable.value.read_value() - value for variable, value in pairs]

    steps = [step_once(tf.constant(step)) for step in range(STEPS)]
    return [
        np.stack([np.asarray(u) for u in updates])
        for updates in zip(*steps, strict=True)
    ]


def rule_updates(rows: Sequence[Row], dtype: str) -> list[Arrays]:
    """Return the updates of NumPy rules, in float64 whatever `dtype` says."""
    return [rule_row(row) for row in rows]


def rule_row(row: Row) -> Arrays:
    """Return the updates of one NumPy rule."""
    rule = row.theirs()
    steps = []
    for step in range(STEPS):
        rate = fallen(float(step), min) if row.scheduled else CONSTANT
        stacks = gradients(row.quadratic)
        shown = [np.float64(stacks[i][step]) for i in row.shown]
        present = [np.float64(variables()[i][step]) for i in row.shown]
        value = float(values()[step])
        steps.append(rule(shown, present, step + 1, rate, value))
    return [
        np.stack([np.asarray(u) for u in updates])
        for updates in zip(*steps, strict=True)
    ]


REFERENCES: dict[str, Callable[[Sequence[Row], str], list[Arrays]]] = {
    "optax": optax_updates,
    "keras": keras_updates,
    "torch": rule_updates,
    "tensorflow": rule_updates,
    "numpy": rule_updates,
}


# -------------------------------------------------------------------------- errors


def errors(rows: Sequence[Row]) -> dict[Row, tuple[float, float]]:
    """Return the largest error of each row in float32 and in float64."""
    found: dict[Row, list[float]] = {row: [] for row in rows}
    for start in range(0, len(rows), GROUP):
        group = rows[start : start + GROUP]
        for dtype, xla in (("float32", True), ("float64", False)):
            mine = our_updates(group, dtype, xla)
            for library, reference in REFERENCES.items():
                places = [
                    i
                    for i, row in enumerate(group)
                    if row.library == library and (xla or row.double is not None)
                ]
                theirs = reference([group[i] for i in places], dtype) if places else []
                for place, updates in zip(places, theirs, strict=True):
                    row = group[place]
                    error = largest_error(row, mine[place], updates)
                    found[row].append(error)
    return {row: (each[0], each[1] if each[1:] else 0.0) for row, each in found.items()}


def largest_error(row: Row, ours: Arrays, theirs: Arrays) -> float:
    """Return the largest error of an element, relative to its update.

    Where large updates cancel, an update counts as a tenth of the largest so far of
    that element: what is left of it after a subtraction has lost that many digits.
    What others than optax add is a difference of weights: known up to their last digit.
    """
    worst = 0.0
    walks = [variables()[i] for i in row.shown]
    for one, other, walk in zip(ours, theirs, walks, strict=True):
        assert one.shape == other.shape
        assert np.isfinite(one).all()
        largest = np.maximum.accumulate(np.abs(other), axis=0)
        scale = np.maximum(np.maximum(np.abs(other), 0.1 * largest), 1e-30)
        scale = np.maximum(scale, np.abs(walk)) if row.of_weights else scale
        difference = np.abs(np.float64(one) - np.float64(other))
        if row.library != "optax":
            unit = 2.0 * np.finfo(other.dtype).eps
            difference = np.maximum(difference - unit * np.abs(walk), 0.0)
        worst = max(worst, float(np.max(difference / scale)))
    return worst
