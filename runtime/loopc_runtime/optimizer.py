"""The shell around a gradient transform: keeps the state, writes the variables."""

from collections.abc import Iterable, Sequence

import keras
import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    variable_path,
)


class Optimizer:
    """Steps `variables` by `transform`, whose state it holds in `tf.Variable`s.

    Every variable is made at construction, so nothing is built lazily inside a trace.
    `updates` (an int64 scalar) counts the steps taken; `variables` is all of the state,
    the counter first, in an order and under names that depend only on the transform and
    the trained variables: `NAME/updates`, `NAME/0/mu/dense/kernel`, ...
    """

    def __init__(
        self,
        transform: GradientTransform,
        variables: Sequence[tf.Variable],
        name: str = "optimizer",
    ) -> None:
        """Make the state of `transform` for `variables` (Keras' or TensorFlow's).

        Raises:
            ValueError: there are no variables, or one of them is listed twice.
        """
        self.transform = transform
        self.trained = list(variables)
        self.name = name
        check_distinct(name, self.trained)
        state = transform.init(self.trained)
        paths = leaf_paths(state, [variable_path(each) for each in self.trained])
        self.updates = tf.Variable(
            0, dtype=tf.int64, trainable=False, name=f"{name}/updates"
        )
        leaves = [
            tf.Variable(leaf, trainable=False, name=f"{name}/{path}")
            for leaf, path in zip(tf.nest.flatten(state), paths, strict=True)
        ]
        self.state = tf.nest.pack_sequence_as(state, leaves)

    @property
    def variables(self) -> list[tf.Variable]:
        """All variables of the state, the counter first; the trained ones not."""
        return [self.updates, *tf.nest.flatten(self.state)]

    def apply_gradients(
        self, pairs: Iterable[tuple[tf.Tensor | tf.IndexedSlices, tf.Variable]]
    ) -> None:
        """Take one step with `pairs` of gradient and variable.

        The pairs must be in the order of the variables given at construction. Gradients
        are cast to the dtype of their variable. A sparse gradient (of an embedding) is
        made dense, which costs time and memory in the size of the whole variable at
        every step. A Keras constraint of a variable is applied after its step. Works
        eagerly, in `tf.function`, in `tf.while_loop` and under XLA.

        Raises:
            ValueError: other variables, another order, a gradient that is None or of
                another shape than its variable.
        """
        present = list(pairs)
        check_same_variables(self.name, self.trained, [each for _, each in present])
        gradients = [dense_gradient(self.name, *pair) for pair in present]
        state = tf.nest.map_structure(lambda leaf: leaf.read_value(), self.state)
        updates, state = self.transform.update(gradients, state, self.trained)
        self.write(updates, state)

    def write(self, updates: Tensors, state: State) -> None:
        """Add `updates` to the trained variables and keep `state`."""
        for variable, update in zip(self.trained, updates, strict=True):
            raw_variable(variable).assign_add(update)
            constraint = getattr(variable, "constraint", None)
            if constraint is not None:
                variable.assign(constraint(variable))
        leaves = tf.nest.flatten(self.state)
        for leaf, value in zip(leaves, tf.nest.flatten(state), strict=True):
            leaf.assign(value)
        self.updates.assign_add(1)


def check_distinct(name: str, variables: Sequence[tf.Variable]) -> None:
    """Verify that there are variables and that none is listed twice.

    Raises:
        ValueError: there are none, or one of them is repeated.
    """
    if not variables:
        raise ValueError(f"Optimizer `{name}` was given no variables to train.")
    seen: set[int] = set()
    for variable in variables:
        if id(variable) in seen:
            raise ValueError(
                f"Optimizer `{name}` was given the variable "
                f"`{variable_path(variable)}` twice: list each variable once."
            )
        seen.add(id(variable))


def check_same_variables(
    name: str, trained: Sequence[tf.Variable], given: Sequence[tf.Variable]
) -> None:
    """Verify that `given` are the objects in `trained`, in the same order.

    Raises:
        ValueError: they are not; the message names the first difference.
    """
    if len(trained) != len(given):
        raise ValueError(
            f"Optimizer `{name}` trains {len(trained)} variables but was given "
            f"{len(given)} gradients: pass one pair for each variable it was made with."
        )
    for index, (expected, found) in enumerate(zip(trained, given, strict=True)):
        if expected is not found:
            raise ValueError(
                f"Optimizer `{name}` expects the gradient of "
                f"`{variable_path(expected)}` at position {index} but was given that "
                f"of `{variable_path(found)}`: pass the variables it was made with, in "
                "that order."
            )


def dense_gradient(
    name: str, gradient: tf.Tensor | tf.IndexedSlices | None, variable: tf.Variable
) -> tf.Tensor:
    """Return `gradient` as a dense tensor of the dtype of `variable`.

    Raises:
        ValueError: it is None, or its shape is another than that of the variable.
    """
    if gradient is None:
        raise ValueError(
            f"Optimizer `{name}` got no gradient for `{variable_path(variable)}`: the "
            "objective does not depend on it. Leave it out of the trained variables, "
            "or use it in the objective."
        )
    if isinstance(gradient, tf.IndexedSlices):
        gradient = tf.math.unsorted_segment_sum(
            gradient.values, gradient.indices, variable.shape[0]
        )
    if not gradient.shape.is_compatible_with(variable.shape):
        raise ValueError(
            f"Optimizer `{name}` got a gradient of shape {gradient.shape} for "
            f"`{variable_path(variable)}` of shape {tuple(variable.shape)}."
        )
    return tf.cast(gradient, variable.dtype)


def raw_variable(variable: tf.Variable) -> tf.Variable:
    """Return the `tf.Variable` inside a Keras variable, or `variable` itself.

    Adding to it in place saves the copy that Keras' own `assign_add` makes.
    """
    if not isinstance(variable, keras.Variable):
        return variable
    inner = variable.value
    return inner if isinstance(inner, tf.Variable) else variable


def leaf_paths(state: State, variable_paths: Sequence[str]) -> list[str]:
    """Return one name per tensor of `state`, in the order of `tf.nest.flatten`.

    A tuple counts its parts, a named tuple names its fields, a dictionary its keys in
    sorted order, and a list with one entry per variable names them as the variables.
    """
    if isinstance(state, list) and len(state) == len(variable_paths):
        parts = list(zip(variable_paths, state, strict=True))
    elif isinstance(state, dict):
        parts = sorted(state.items())
    elif isinstance(state, list | tuple):
        fields = getattr(state, "_fields", range(len(state)))
        parts = list(zip(map(str, fields), state, strict=True))
    else:
        return [""]
    return [
        f"{part}/{path}".rstrip("/")
        for part, inner in parts
        for path in leaf_paths(inner, variable_paths)
    ]


def unique_variables(*models: keras.Model) -> list[tf.Variable]:
    """Return the trainable variables of `models` in order, a shared one once."""
    found = {id(v): v for model in models for v in model.trainable_variables}
    return list(found.values())
