"""A Keras model with weights of its own, which gradients pass through."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from loopc_runtime.transforms.base import GradientTransform


class FunctionalModel:
    """`model` applied with `weights`, tensors in place of its trainable variables.

    Made without weights it takes those of the model as they are then. It is a value:
    a step gives another one, and a tape differentiates through that step (Finn et al.,
    2017). Statistics that a layer would move stay as they are.
    """

    def __init__(
        self, model: keras.Model, weights: Sequence[tf.Tensor] | None = None
    ) -> None:
        """Take `weights` in the order of `model.trainable_variables`."""
        self.model = model
        variables = model.trainable_variables
        self.weights = list(weights or map(tf.convert_to_tensor, variables))

    def __call__(self, inputs: Any, *, training: bool) -> Any:
        """Return what the model returns with these weights."""
        others = [variable.value for variable in self.model.non_trainable_variables]
        outputs, _ = self.model.stateless_call(
            self.weights, others, inputs, training=training
        )
        return outputs

    def updated(
        self,
        gradients: Sequence[tf.Tensor | None],
        transform: GradientTransform,
        *,
        first_order: bool = False,
    ) -> "FunctionalModel":
        """Return the model one step of a stateless `transform` further.

        A weight without a gradient stays. With `first_order` the step is a constant for
        gradients of what comes after it.
        """
        given = [
            tf.zeros_like(weight) if gradient is None else gradient
            for gradient, weight in zip(gradients, self.weights, strict=True)
        ]
        if first_order:
            given = [tf.stop_gradient(gradient) for gradient in given]
        state = transform.init(self.weights)
        updates, _ = transform.update(given, state, self.weights)
        moved = [w + u for w, u in zip(self.weights, updates, strict=True)]
        return FunctionalModel(self.model, moved)
