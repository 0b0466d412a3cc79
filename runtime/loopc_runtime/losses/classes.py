"""Losses that reduce the last axis, of classes or features.

`output` is floating, `[batch, ..., classes]`; the result is `[batch, ...]` in its
dtype. A sparse `label` is an integer tensor of the shape of the result, a `target` has
the shape of `output`; anything else raises ValueError.
"""

import keras
import tensorflow as tf

from loopc_runtime.losses.shapes import check_label_shape, paired_with


def sparse_cross_entropy(
    label: tf.Tensor,
    output: tf.Tensor,
    *,
    from_logits: bool,
    label_smoothing: float = 0.0,
    ignore_class: int | None = None,
) -> tf.Tensor:
    """Return the cross entropy of integer labels, `[batch, ...]`.

    Keras' SparseCategoricalCrossentropy. Smoothing (which Keras has for one-hot targets
    only) mixes the one-hot label with the uniform distribution. Where the label is
    `ignore_class` the loss is 0; give those elements weight 0 in the mean, as Keras.
    """
    label, output = tf.convert_to_tensor(label), tf.convert_to_tensor(output)
    check_label_shape("sparse_cross_entropy", label, output)
    known = label if ignore_class is None else zero_ignored(label, ignore_class)
    if label_smoothing:
        one_hot = tf.one_hot(known, output.shape[-1], dtype=output.dtype)
        loss = cross_entropy(
            one_hot, output, from_logits=from_logits, label_smoothing=label_smoothing
        )
    else:
        loss = keras.ops.sparse_categorical_crossentropy(
            known, output, from_logits=from_logits
        )
    if ignore_class is None:
        return loss
    return tf.where(label == ignore_class, tf.zeros_like(loss), loss)


def zero_ignored(label: tf.Tensor, ignore_class: int) -> tf.Tensor:
    """Return `label` with class 0 in the place of `ignore_class`, which may be none."""
    return tf.where(label == ignore_class, tf.zeros_like(label), label)


def cross_entropy(
    target: tf.Tensor,
    output: tf.Tensor,
    *,
    from_logits: bool,
    label_smoothing: float = 0.0,
) -> tf.Tensor:
    """Return the cross entropy of one-hot or soft targets, `[batch, ...]`.

    Keras' CategoricalCrossentropy: probabilities are divided by their sum, clipped to
    1e-7 .. 1 - 1e-7. `label_smoothing` mixes the targets with the uniform distribution.
    """
    target, output = paired_with("cross_entropy", target, output)
    target = smooth_classes(target, label_smoothing)
    return keras.ops.categorical_crossentropy(target, output, from_logits=from_logits)


def smooth_classes(target: tf.Tensor, label_smoothing: float) -> tf.Tensor:
    """Mix `target` with the uniform distribution over its last axis."""
    if not label_smoothing:
        return target
    return target * (1.0 - label_smoothing) + label_smoothing / target.shape[-1]


def focal_cross_entropy(
    target: tf.Tensor,
    output: tf.Tensor,
    *,
    from_logits: bool,
    alpha: float = 0.25,
    gamma: float = 2.0,
    label_smoothing: float = 0.0,
) -> tf.Tensor:
    """Return the sum over classes of `-alpha (1 - p)^gamma t log p`, `[batch, ...]`.

    Keras' CategoricalFocalCrossentropy; p is divided by its sum and clipped to 1e-7 ..
    1 - 1e-7.
    """
    target, output = paired_with("focal_cross_entropy", target, output)
    target = smooth_classes(target, label_smoothing)
    chances = tf.nn.softmax(output) if from_logits else output
    chances = chances / tf.reduce_sum(chances, axis=-1, keepdims=True)
    floor = keras.config.epsilon()
    chances = tf.clip_by_value(chances, floor, 1.0 - floor)
    weights = alpha * tf.pow(1.0 - chances, gamma)
    return -tf.reduce_sum(weights * target * tf.math.log(chances), axis=-1)


def generalized_cross_entropy(
    label: tf.Tensor, probabilities: tf.Tensor, q: float = 0.5
) -> tf.Tensor:
    """Return `(1 - p ** q) / q`, p the chance given to the integer label.

    Keras' CategoricalGeneralizedCrossEntropy, for q in 0 .. 1.
    """
    label = tf.convert_to_tensor(label)
    probabilities = tf.convert_to_tensor(probabilities)
    check_label_shape("generalized_cross_entropy", label, probabilities)
    one_hot = tf.one_hot(label, probabilities.shape[-1], dtype=probabilities.dtype)
    chance = tf.reduce_sum(one_hot * probabilities, axis=-1)
    return (1.0 - tf.pow(chance, q)) / q


def kl_divergence(target: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    """Return the sum over classes of `t log(t / p)`, both clipped to 1e-7 .. 1."""
    target, output = paired_with("kl_divergence", target, probabilities)
    floor = keras.config.epsilon()
    target = tf.clip_by_value(target, floor, 1.0)
    output = tf.clip_by_value(output, floor, 1.0)
    return tf.reduce_sum(target * tf.math.log(target / output), axis=-1)


def categorical_hinge(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `max(0, 1 + best wrong score - right score)` for one-hot targets."""
    target, output = paired_with("categorical_hinge", target, output)
    right = tf.reduce_sum(target * output, axis=-1)
    wrong = tf.reduce_max((1.0 - target) * output, axis=-1)
    return tf.nn.relu(wrong - right + 1.0)


def cosine_similarity(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return the cosine of the angle along the last axis, -1 .. 1; 0 for a zero vector.

    Keras' metric of that name; the arithmetic divides by `sqrt(max(sum of squares,
    1e-12))`.
    """
    target, output = paired_with("cosine_similarity", target, output)
    directions = tf.math.l2_normalize(target, -1) * tf.math.l2_normalize(output, -1)
    return tf.reduce_sum(directions, axis=-1)


def cosine_loss(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return minus the cosine similarity: Keras' *loss* CosineSimilarity."""
    return -cosine_similarity(target, output)
