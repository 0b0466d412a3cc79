"""A gradient that changes its sign on the way back."""

import tensorflow as tf


def reverse_gradient(values: tf.Tensor, strength: tf.Tensor | float) -> tf.Tensor:
    """Return `values`; their gradient is multiplied by minus `strength`.

    Ganin and Lempitsky (2015). `strength` is a scalar that gets no gradient itself.
    """
    factor = -tf.stop_gradient(tf.cast(strength, values.dtype))

    @tf.custom_gradient
    def reversing(inputs: tf.Tensor) -> tuple[tf.Tensor, object]:
        return tf.identity(inputs), lambda upstream: factor * upstream

    return reversing(values)
