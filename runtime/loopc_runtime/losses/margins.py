"""Losses of scores: perceptrons, hinges, sparsemax, polynomials, quantiles, overlap.

Elementwise ones take a `target` and an `output` of one shape and return that shape; the
others reduce the last axis, of classes, and take a `target` of the output's shape
(one-hot or soft) unless they say otherwise. All raise ValueError where shapes differ.
"""

import keras
import tensorflow as tf

from loopc_runtime.losses.shapes import check_label_shape, paired_with
from loopc_runtime.losses.simplex import sparsemax


def quantile_error(
    target: tf.Tensor, output: tf.Tensor, quantile: float = 0.5
) -> tf.Tensor:
    """Return `q e` above the output and `(q - 1) e` below, e = target - output.

    The pinball loss of Koenker and Bassett (1978); its minimum is that quantile.
    """
    target, output = paired_with("quantile_error", target, output)
    error = target - output
    return tf.maximum(quantile * error, (quantile - 1.0) * error)


def perceptron(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `max(0, -sign * output)`, elementwise, for targets 0/1 or -1/1.

    optax.losses.perceptron_loss.
    """
    target, output = paired_with("perceptron", target, output)
    sign = tf.where(target == 0.0, -tf.ones_like(target), target)
    return tf.nn.relu(-sign * output)


def binary_sparsemax(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return the sparse_plus of `-sign * output`, elementwise: a smooth hinge.

    optax.losses.sparsemax_loss: 0 below -1, linear above 1, a parabola between.
    """
    target, output = paired_with("binary_sparsemax", target, output)
    signed = tf.where(target > 0.0, -output, output)
    middle = 0.25 * tf.square(signed + 1.0)
    return tf.where(signed <= -1.0, 0.0, tf.where(signed >= 1.0, signed, middle))


def sigmoid_focal(
    target: tf.Tensor,
    logits: tf.Tensor,
    alpha: float | None = None,
    gamma: float = 2.0,
) -> tf.Tensor:
    """Return `(1 - p)^gamma` times the binary cross entropy of logits, elementwise.

    optax.losses.sigmoid_focal_loss; `alpha` weights targets 1 by alpha, 0 by 1 - alpha.
    Unlike Keras' it clips nothing.
    """
    target, logits = paired_with("sigmoid_focal", target, logits)
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(target, logits)
    missed = target * tf.sigmoid(-logits) + (1.0 - target) * tf.sigmoid(logits)
    loss = tf.pow(missed, gamma) * entropy
    if alpha is None:
        return loss
    return (alpha * target + (1.0 - alpha) * (1.0 - target)) * loss


def poly_loss(target: tf.Tensor, logits: tf.Tensor, epsilon: float = 2.0) -> tf.Tensor:
    """Return the cross entropy plus `epsilon (1 - p)`, p the target's probability.

    optax.losses.poly_loss_cross_entropy (Leng and others, 2022).
    """
    target, logits = paired_with("poly_loss", target, logits)
    entropy = tf.nn.softmax_cross_entropy_with_logits(target, logits)
    missed = tf.reduce_sum(target * (1.0 - tf.nn.softmax(logits)), axis=-1)
    return entropy + epsilon * missed


def sparsemax_loss(label: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Return the loss whose gradient is sparsemax minus one-hot, of integer labels.

    Martins and Astudillo (2016); optax.losses.multiclass_sparsemax_loss.
    """
    label, scores = tf.convert_to_tensor(label), tf.convert_to_tensor(scores)
    check_label_shape("sparsemax_loss", label, scores)
    chances = sparsemax(scores)
    one_hot = tf.one_hot(label, scores.shape[-1], dtype=scores.dtype)
    # Of the convex conjugate only the part at the solution depends on the scores.
    chosen = tf.reduce_sum(chances * (scores - 0.5 * chances), axis=-1)
    return chosen + 0.5 - tf.reduce_sum(one_hot * scores, axis=-1)


def multiclass_perceptron(label: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Return the best score minus that of the integer label, `[batch, ...]`."""
    label, scores = tf.convert_to_tensor(label), tf.convert_to_tensor(scores)
    check_label_shape("multiclass_perceptron", label, scores)
    one_hot = tf.one_hot(label, scores.shape[-1], dtype=scores.dtype)
    return tf.reduce_max(scores, axis=-1) - tf.reduce_sum(one_hot * scores, axis=-1)


def multiclass_hinge(label: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Return `max(0, 1 + best wrong score - right score)` of the integer label.

    Crammer and Singer (2001); optax.losses.multiclass_hinge_loss. Unlike Keras'
    categorical hinge, wrong scores below 0 count as they are.
    """
    label, scores = tf.convert_to_tensor(label), tf.convert_to_tensor(scores)
    check_label_shape("multiclass_hinge", label, scores)
    one_hot = tf.one_hot(label, scores.shape[-1], dtype=scores.dtype)
    ahead = tf.reduce_max(scores + 1.0 - one_hot, axis=-1)
    return ahead - tf.reduce_sum(one_hot * scores, axis=-1)


def ranking_softmax(target: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Return `-sum(relevance * log softmax(scores))` over a list, the last axis.

    optax.losses.ranking_softmax_loss of one list; relevances are not normalized.
    """
    target, scores = paired_with("ranking_softmax", target, scores)
    return -tf.reduce_sum(target * tf.nn.log_softmax(scores), axis=-1)


def generalized_kl_divergence(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `sum(t log(t / x) + x - t)` over the last axis, for positive outputs.

    It is convex in both, also where neither adds up to one, and 0 at t = x only.
    optax.losses.generalized_kl_divergence, of the output instead of its logarithm.
    """
    target, output = paired_with("generalized_kl_divergence", target, output)
    floor = keras.config.epsilon()
    output = tf.maximum(output, floor)
    ratio = tf.math.log(tf.maximum(target, floor) / output)
    return tf.reduce_sum(target * ratio + output - target, axis=-1)


def giou_loss(target: tf.Tensor, boxes: tf.Tensor) -> tf.Tensor:
    """Return 1 minus the generalized intersection over union, -1 .. 1, of two boxes.

    The last axis has [y_min, x_min, y_max, x_max] (Rezatofighi and others, 2019).
    """
    target, boxes = paired_with("giou_loss", target, boxes)
    low = tf.maximum(target[..., :2], boxes[..., :2])
    high = tf.minimum(target[..., 2:], boxes[..., 2:])
    common = tf.reduce_prod(tf.nn.relu(high - low), axis=-1)
    areas = [
        tf.reduce_prod(tf.nn.relu(box[..., 2:] - box[..., :2]), axis=-1)
        for box in (target, boxes)
    ]
    union = areas[0] + areas[1] - common
    outer_low = tf.minimum(target[..., :2], boxes[..., :2])
    outer_high = tf.maximum(target[..., 2:], boxes[..., 2:])
    hull = tf.reduce_prod(tf.nn.relu(outer_high - outer_low), axis=-1)
    overlap = tf.math.divide_no_nan(common, union)
    return 1.0 - overlap + tf.math.divide_no_nan(hull - union, hull)
