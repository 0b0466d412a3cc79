"""Keras layers for weights that a model holds or reads by name.

They are registered with Keras, so that a file with one of them loads wherever this
module was imported.
"""

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="loopc")
class Weight(keras.layers.Layer):
    """One trainable tensor of `shape`, given back whatever the input.

    In a functional model the input only ties the weight to the network. The output has
    no batch axis.
    """

    def __init__(
        self,
        shape: Sequence[int],
        initializer: keras.initializers.Initializer | str = "glorot_uniform",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.shape = tuple(shape)
        self.initializer = keras.initializers.get(initializer)
        self.weight = self.add_weight(
            shape=self.shape, initializer=self.initializer, name="weight"
        )
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the weight."""
        return keras.ops.convert_to_tensor(self.weight)

    def compute_output_spec(self, inputs: Any) -> keras.KerasTensor:
        """Return the weight's own shape."""
        return keras.KerasTensor(self.shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer."""
        made = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "shape": self.shape, "initializer": made}


@keras.saving.register_keras_serializable(package="loopc")
class Readable(keras.layers.Wrapper):
    """A layer whose weights can be read in the network too: tied embeddings.

    `layer(x)` is the wrapped layer's output, `layer(x, weight="embeddings")` its weight
    of that name, whatever x.
    """

    def call(self, inputs: Any, weight: str | None = None, **options: Any) -> Any:
        """Return the output, or the weight that is asked for."""
        if weight is not None:
            return keras.ops.convert_to_tensor(getattr(self.layer, weight))
        return self.layer(inputs, **options)
