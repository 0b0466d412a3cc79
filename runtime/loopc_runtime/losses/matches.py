"""Right or wrong per element, as 1.0 and 0.0 in float32: their mean is an accuracy."""

import tensorflow as tf

from loopc_runtime.losses.shapes import check_label_shape, paired_with


def accuracy(label: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Tell where the largest output is at the integer label, `[batch, ...]`.

    `output` is `[batch, ..., classes]`, logits or probabilities; of equal outputs the
    first counts. Keras' SparseCategoricalAccuracy.

    Raises:
        ValueError: the output is not the label's shape and a class axis.
    """
    label, output = tf.convert_to_tensor(label), tf.convert_to_tensor(output)
    check_label_shape("accuracy", label, output)
    best = tf.argmax(output, axis=-1, output_type=tf.int64)
    return tf.cast(tf.cast(label, tf.int64) == best, tf.float32)


def categorical_accuracy(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Tell where the largest output is at the largest target, `[batch, ...]`.

    Both are `[batch, ..., classes]`. Keras' CategoricalAccuracy.

    Raises:
        ValueError: the shapes differ.
    """
    target, output = paired_with("categorical_accuracy", target, output)
    return accuracy(tf.argmax(target, axis=-1), output)


def binary_accuracy(
    target: tf.Tensor, output: tf.Tensor, threshold: float = 0.5
) -> tf.Tensor:
    """Tell elementwise whether `output > threshold` agrees with the target 0 or 1.

    For logits the threshold is 0. Keras' BinaryAccuracy.

    Raises:
        ValueError: the shapes differ.
    """
    target, output = paired_with("binary_accuracy", target, output)
    positive = tf.cast(output > threshold, output.dtype)
    return tf.cast(target == positive, tf.float32)


def top_k_accuracy(label: tf.Tensor, output: tf.Tensor, k: int = 5) -> tf.Tensor:
    """Tell where the integer label is among the k largest outputs, `[batch, ...]`.

    Classes that tie with the k-th all count, as in `tf.math.in_top_k` and Keras'
    SparseTopKCategoricalAccuracy.

    Raises:
        ValueError: the output is not the label's shape and a class axis.
    """
    label, output = tf.convert_to_tensor(label), tf.convert_to_tensor(output)
    check_label_shape("top_k_accuracy", label, output)
    scores = tf.reshape(tf.cast(output, tf.float32), [-1, output.shape[-1]])
    within = tf.math.in_top_k(tf.reshape(label, [-1]), scores, k)
    return tf.reshape(tf.cast(within, tf.float32), tf.shape(label))


def categorical_top_k_accuracy(
    target: tf.Tensor, output: tf.Tensor, k: int = 5
) -> tf.Tensor:
    """Tell where the largest target is among the k largest outputs, `[batch, ...]`.

    Both are `[batch, ..., classes]`. Keras' TopKCategoricalAccuracy.

    Raises:
        ValueError: the shapes differ.
    """
    target, output = paired_with("categorical_top_k_accuracy", target, output)
    return top_k_accuracy(tf.argmax(target, axis=-1), output, k)
