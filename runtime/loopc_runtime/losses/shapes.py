"""What every loss checks: shapes that match exactly, never by broadcasting."""

import tensorflow as tf


def check_same_shape(name: str, target: tf.Tensor, output: tf.Tensor) -> None:
    """Verify that `target` and `output` have one shape; [8] is not [8, 1].

    Raises:
        ValueError: the static shapes cannot be equal.
    """
    same_rank = target.shape.rank == output.shape.rank
    if not same_rank or not target.shape.is_compatible_with(output.shape):
        raise ValueError(
            f"`{name}` compares values of one shape; found {tuple(target.shape)} "
            f"against {tuple(output.shape)}."
        )


def check_label_shape(name: str, label: tf.Tensor, output: tf.Tensor) -> None:
    """Verify that `output` is `label` with one more axis, of classes, at the end.

    Raises:
        ValueError: the static shapes cannot fit.
    """
    same_rank = label.shape.rank == output.shape.rank - 1
    if not same_rank or not label.shape.is_compatible_with(output.shape[:-1]):
        raise ValueError(
            f"`{name}` needs outputs with one class axis more than the labels have; "
            f"found labels {tuple(label.shape)} and outputs {tuple(output.shape)}."
        )


def paired_with(
    name: str, target: tf.Tensor, output: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return both as tensors of one shape, the target in the dtype of the output.

    Raises:
        ValueError: the shapes differ.
    """
    output = tf.convert_to_tensor(output)
    target = tf.convert_to_tensor(target)
    check_same_shape(name, target, output)
    return tf.cast(target, output.dtype), output


def mean_within(values: tf.Tensor) -> tf.Tensor:
    """Average over all axes but the first: one value per example, shape [batch]."""
    return tf.reduce_mean(values, axis=list(range(1, values.shape.rank)))
