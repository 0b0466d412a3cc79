"""Products of a tensor along one of its axes, for rules with a matrix for each axis."""

import tensorflow as tf


def multiplied_along(tensor: tf.Tensor, matrix: tf.Tensor, axis: int) -> tf.Tensor:
    """Return `matrix` times `tensor` along `axis`: sums of `matrix_ij x_..j..`."""
    product = tf.tensordot(tensor, matrix, [[axis], [1]])  # the new axis is the last
    return with_last_axis_at(product, axis)


def with_last_axis_at(tensor: tf.Tensor, axis: int) -> tf.Tensor:
    """Return `tensor` with its last axis moved to `axis`, the others in their order."""
    last = tensor.shape.rank - 1
    order = [*range(axis), last, *range(axis, last)]
    return tensor if axis == last else tf.transpose(tensor, order)


def gram_along(tensor: tf.Tensor, axis: int) -> tf.Tensor:
    """Return the products of the slices along `axis`: `[n, n]`, symmetric."""
    others = [other for other in range(tensor.shape.rank) if other != axis]
    return tf.tensordot(tensor, tensor, [others, others])


def squares_along(tensor: tf.Tensor, axis: int) -> tf.Tensor:
    """Return the sum of the squares of each slice along `axis`: the gram's diagonal."""
    others = [other for other in range(tensor.shape.rank) if other != axis]
    return tf.reduce_sum(tf.square(tensor), axis=others)


def along(vector: tf.Tensor, tensor: tf.Tensor, axis: int) -> tf.Tensor:
    """Return a vector in a shape that broadcasts along `axis` of the tensor."""
    shape = [1] * tensor.shape.rank
    shape[axis] = vector.shape[0]
    return tf.reshape(vector, shape)
