"""One buffer per slot, not one per variable, for models of many variables."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.transforms.base import GradientTransform, State, Tensors
from loopc_runtime.transforms.hooks import Hooks


def flat_state(inner: GradientTransform) -> GradientTransform:
    """Let `inner` see all gradients as one vector; `optax.flatten`.

    With 200 dense layers on two cores a step outside XLA takes about two thirds of the
    time and the first call a quarter; under XLA nothing is gained. What `inner` does
    must be elementwise or global: `clip_by_global_norm` and Adam stay what they are,
    while `clip_each_norm` would see one tensor, and a mask by variable is an error.

    Raises (from `init` and `update`):
        ValueError: the variables are not all of one dtype.
    """

    def init(variables: Sequence[tf.Variable]) -> State:
        return inner.init(one_vector(variables))

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        values = None if variables is None else one_vector(variables)
        vector, state = inner.update(one_vector(gradients), state, values, **extra)
        return taken_apart(vector, gradients), state

    return GradientTransform(init, update, flat_hooks(inner.hooks))


def flat_hooks(inner: Hooks) -> Hooks:
    """Return the hooks of a transform that keeps the state of `inner` as its own."""
    held, means = inner.flush, inner.averaged

    def flush(state: State, variables: Sequence[tf.Variable]) -> tuple[Tensors, State]:
        assert held is not None
        vector, after = held(state, one_vector(variables))
        return taken_apart(vector, variables), after

    def averaged(state: State, variables: Sequence[tf.Variable]) -> Tensors:
        assert means is not None
        return taken_apart(means(state, one_vector(variables)), variables)

    return inner._replace(
        weigh=None,
        flush=None if held is None else flush,
        averaged=None if means is None else averaged,
    )


def one_vector(tensors: Sequence[tf.Variable | tf.Tensor]) -> list[tf.Tensor]:
    """Return all tensors as one in a list, which is empty where there are none."""
    return [concatenated(tensors)] if tensors else []


def taken_apart(
    vector: Tensors, like: Sequence[tf.Variable | tf.Tensor]
) -> list[tf.Tensor]:
    """Return what `one_vector` has made of tensors in the shapes of `like`."""
    if not vector:
        return []
    shapes = [tf.TensorShape(each.shape) for each in like]
    parts = tf.split(vector[0], [shape.num_elements() for shape in shapes])
    return [tf.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]


def concatenated(tensors: Sequence[tf.Variable | tf.Tensor]) -> tf.Tensor:
    """Return the elements of all `tensors` as one vector.

    Raises:
        ValueError: they are not all of one dtype.
    """
    dtypes = {tf.as_dtype(tensor.dtype).name for tensor in tensors}
    if len(dtypes) > 1:
        raise ValueError(
            "A flat state needs variables of one dtype; found "
            f"{', '.join(sorted(dtypes))}."
        )
    return tf.concat([tf.reshape(tensor, [-1]) for tensor in tensors], axis=0)
