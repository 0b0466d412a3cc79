"""What the regularizers of a model's weights add to an objective."""

import keras
import tensorflow as tf


def regularization(model: keras.Model) -> tf.Tensor:
    """Return the sum of the penalties of the trainable weights, a float32 scalar.

    Each is the Keras regularizer that its layer was given, of the weight as it is now;
    0 where there is none. Keras' `model.losses` has the same terms, one by one.
    """
    penalties = [
        tf.cast(variable.regularizer(variable), tf.float32)
        for variable in model.trainable_variables
        if getattr(variable, "regularizer", None) is not None
    ]
    return tf.add_n(penalties) if penalties else tf.constant(0.0)
