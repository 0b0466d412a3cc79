"""How large the gradients of a step are."""

from collections.abc import Sequence

import tensorflow as tf

from loopc_runtime.transforms.clipping import global_norm


def gradient_norm(gradients: Sequence[tf.Tensor | tf.IndexedSlices]) -> tf.Tensor:
    """Return the L2 norm of all gradients together, a float32 scalar.

    Rows of a table that occur twice are summed first, as the weights will see them;
    `tf.linalg.global_norm` takes each for itself.
    """
    whole = [tf.cast(tf.convert_to_tensor(each), tf.float32) for each in gradients]
    return global_norm(whole)
