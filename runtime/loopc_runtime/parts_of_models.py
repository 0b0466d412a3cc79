"""Parts of models by the paths of their layers."""

from typing import Any

import keras
import tensorflow as tf


def trainable_except(model: keras.Model, *paths: str) -> list[tf.Variable]:
    """Return the trainable variables of `model` but those of the layers at `paths`.

    A path names a layer, or, with slashes, one of a model inside: `backbone/dense`.

    Raises:
        ValueError: there is no such layer.
    """
    left_out: set[int] = set()
    for path in paths:
        layer: Any = model
        for name in path.split("/"):
            layer = layer.get_layer(name)
        left_out |= {id(variable) for variable in layer.trainable_variables}
    return [v for v in model.trainable_variables if id(v) not in left_out]
