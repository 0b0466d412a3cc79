"""One buffer per slot, not one per variable, for models of many variables."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.transforms.base import GradientTransform, State, Tensors


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
        return inner.init([concatenated(variables)])

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        values = None if variables is None else [concatenated(variables)]
        (vector,), state = inner.update(
            [concatenated(gradients)], state, values, **extra
        )
        shapes = [gradient.shape for gradient in gradients]
        parts = tf.split(vector, [shape.num_elements() for shape in shapes])
        return [
            tf.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)
        ], state

    return GradientTransform(init, update)


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
