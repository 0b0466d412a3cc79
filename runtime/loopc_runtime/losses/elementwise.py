"""Losses of two tensors of one shape, element by element.

Each takes `target` (any real dtype, cast to that of `output`) and `output` (floating)
of the same shape, returns that shape and dtype, and raises ValueError where the shapes
differ. The mean over everything is the Keras loss of that name.
"""

import keras
import tensorflow as tf

from loopc_runtime.losses.shapes import mean_within, paired_with


def squared_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `(target - output) ** 2`, elementwise."""
    target, output = paired_with("squared_error", target, output)
    return tf.math.squared_difference(target, output)


def absolute_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `|target - output|`, elementwise."""
    target, output = paired_with("absolute_error", target, output)
    return tf.abs(target - output)


def absolute_percentage_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `100 * |target - output| / max(|target|, 1e-7)`, elementwise."""
    target, output = paired_with("absolute_percentage_error", target, output)
    floor = tf.cast(keras.config.epsilon(), output.dtype)
    return 100.0 * tf.abs((target - output) / tf.maximum(tf.abs(target), floor))


def squared_logarithmic_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return the squared difference of `log(1 + max(x, 1e-7))`, elementwise."""
    target, output = paired_with("squared_logarithmic_error", target, output)
    floor = tf.cast(keras.config.epsilon(), output.dtype)
    logs = [tf.math.log(tf.maximum(each, floor) + 1.0) for each in (target, output)]
    return tf.math.squared_difference(*logs)


def huber(target: tf.Tensor, output: tf.Tensor, delta: float = 1.0) -> tf.Tensor:
    """Return half the squared error up to `delta`, linear beyond, elementwise."""
    target, output = paired_with("huber", target, output)
    error = tf.abs(output - target)
    linear_part = delta * error - 0.5 * delta**2
    return tf.where(error <= delta, 0.5 * tf.square(error), linear_part)


def log_cosh(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `log(cosh(output - target))` without overflow, elementwise."""
    target, output = paired_with("log_cosh", target, output)
    error = output - target
    return (
        error
        + tf.math.softplus(-2.0 * error)
        - tf.math.log(tf.constant(2.0, output.dtype))
    )


def hinge(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `max(0, 1 - sign * output)`, elementwise, for targets 0/1 or -1/1.

    A target of 0 means -1 element by element; Keras decides that for the whole batch,
    with the same result for targets that are only 0 and 1 or only -1 and 1.
    """
    target, output = paired_with("hinge", target, output)
    sign = tf.where(target == 0.0, -tf.ones_like(target), target)
    return tf.nn.relu(1.0 - sign * output)


def squared_hinge(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return the square of `hinge`, elementwise."""
    return tf.square(hinge(target, output))


def poisson(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return `output - target * log(output + 1e-7)`, elementwise, of output rates."""
    target, output = paired_with("poisson", target, output)
    floor = tf.cast(keras.config.epsilon(), output.dtype)
    return output - target * tf.math.log(output + floor)


def binary_cross_entropy(
    target: tf.Tensor,
    output: tf.Tensor,
    *,
    from_logits: bool,
    label_smoothing: float = 0.0,
) -> tf.Tensor:
    """Return the cross entropy of targets in 0..1 and Bernoulli outputs, elementwise.

    With `from_logits` the outputs are logits, else probabilities, clipped to 1e-7 ..
    1 - 1e-7 as Keras does. `label_smoothing` draws the targets towards 0.5. Keras
    averages the last axis afterwards.
    """
    target, output = paired_with("binary_cross_entropy", target, output)
    if label_smoothing:
        target = target * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return keras.ops.binary_crossentropy(target, output, from_logits=from_logits)


def binary_focal_cross_entropy(
    target: tf.Tensor,
    output: tf.Tensor,
    *,
    from_logits: bool,
    alpha: float | None = None,
    gamma: float = 2.0,
    label_smoothing: float = 0.0,
) -> tf.Tensor:
    """Return `(1 - p) ** gamma` times the binary cross entropy, elementwise.

    p is the probability given to the target. `alpha` weights targets 1 by alpha and 0
    by 1 - alpha (Keras' `apply_class_balancing`); None weights neither.
    """
    target, output = paired_with("binary_focal_cross_entropy", target, output)
    if label_smoothing:
        target = target * (1.0 - label_smoothing) + 0.5 * label_smoothing
    output = tf.sigmoid(output) if from_logits else output
    entropy = keras.ops.binary_crossentropy(target, output, from_logits=False)
    hit = target * output + (1.0 - target) * (1.0 - output)
    loss = tf.pow(1.0 - hit, gamma) * entropy
    if alpha is None:
        return loss
    return (target * alpha + (1.0 - target) * (1.0 - alpha)) * loss


def mean_squared_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return the mean of `squared_error` within each example, shape [batch]."""
    return mean_within(squared_error(target, output))


def mean_absolute_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return the mean of `absolute_error` within each example, shape [batch]."""
    return mean_within(absolute_error(target, output))


def mean_absolute_percentage_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return the mean of `absolute_percentage_error` within each example, [batch]."""
    return mean_within(absolute_percentage_error(target, output))


def mean_squared_logarithmic_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Return the mean of `squared_logarithmic_error` within each example, [batch]."""
    return mean_within(squared_logarithmic_error(target, output))


def mean_binary_cross_entropy(
    target: tf.Tensor,
    output: tf.Tensor,
    *,
    from_logits: bool,
    label_smoothing: float = 0.0,
) -> tf.Tensor:
    """Return the mean of `binary_cross_entropy` within each example, shape [batch]."""
    return mean_within(
        binary_cross_entropy(
            target, output, from_logits=from_logits, label_smoothing=label_smoothing
        )
    )
