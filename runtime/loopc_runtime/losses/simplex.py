"""Sparse probabilities: the projection onto the simplex."""

import keras
import numpy as np
import tensorflow as tf


def sparsemax(scores: tf.Tensor, axis: int = -1) -> tf.Tensor:
    """Return the nearest point of the simplex along `axis`: probabilities, some of 0.

    Martins and Astudillo (2016). What is subtracted is the largest, over k, of the mean
    excess of the k best scores over 1. Works on Keras tensors too. Keras 3.15's own
    does not add up to 1 where more than one probability is positive.
    """
    ops = keras.ops
    sums = ops.cumsum(ops.flip(ops.sort(scores, axis=axis), axis=axis), axis=axis)
    shape = [1] * len(scores.shape)
    shape[axis] = scores.shape[axis]
    counts = np.arange(1, scores.shape[axis] + 1, dtype="float32").reshape(shape)
    excess = ops.divide(ops.subtract(sums, 1.0), ops.cast(counts, scores.dtype))
    floor = ops.max(excess, axis=axis, keepdims=True)
    return ops.relu(ops.subtract(scores, floor))
