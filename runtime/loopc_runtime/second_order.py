"""Gradients of gradients: what plain tapes leave to their users."""

from collections.abc import Sequence

import tensorflow as tf


def zeros_where_none(
    gradients: Sequence[tf.Tensor | None], variables: Sequence[tf.Variable]
) -> list[tf.Tensor]:
    """Return `gradients`, with zeros for variables that the objective does not reach.

    An objective made of gradients may leave out a part of a model: the derivative of a
    network by its input does not depend on the bias of its last layer. (The option
    `unconnected_gradients` of a tape does not work for Keras variables.)
    """
    return [
        tf.zeros(variable.shape, variable.dtype) if gradient is None else gradient
        for gradient, variable in zip(gradients, variables, strict=True)
    ]
