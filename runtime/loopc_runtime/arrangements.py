"""Operations that TensorFlow lacks in one call: quantiles, segments, spectra."""

from collections.abc import Callable

import tensorflow as tf


def quantile(values: tf.Tensor, share: float, axis: int) -> tf.Tensor:
    """Return the quantile along an axis of static length, which is taken away.

    Between two elements it is interpolated linearly, as `numpy.quantile` does.
    """
    ordered = tf.sort(values, axis=axis)
    place = share * (values.shape[axis] - 1)
    low = int(place)
    below = tf.gather(ordered, low, axis=axis)
    if low == place:
        return below
    above = tf.gather(ordered, low + 1, axis=axis)
    return below + (place - low) * (above - below)


def segment_sum(
    rows: tf.Tensor, labels: tf.Tensor, count: int, batched: bool = False
) -> tf.Tensor:
    """Return [count, ...], the sum of the rows of each label (int[rows]).

    With `batched` both have a batch in front, and each example its own sums.
    """
    combine = tf.math.unsorted_segment_sum
    return _combined(combine, rows, labels, count, batched)


def segment_mean(
    rows: tf.Tensor, labels: tf.Tensor, count: int, batched: bool = False
) -> tf.Tensor:
    """Return [count, ...], the mean of the rows of each label, 0 where it has none."""
    combine = tf.math.unsorted_segment_mean
    return _combined(combine, rows, labels, count, batched)


def segment_max(
    rows: tf.Tensor, labels: tf.Tensor, count: int, batched: bool = False
) -> tf.Tensor:
    """Return [count, ...], the largest of the rows of each label.

    A label without rows has the smallest number of the dtype.
    """
    combine = tf.math.unsorted_segment_max
    return _combined(combine, rows, labels, count, batched)


def _combined(
    combine: Callable[..., tf.Tensor],
    rows: tf.Tensor,
    labels: tf.Tensor,
    count: int,
    batched: bool,
) -> tf.Tensor:
    """Combine; with a batch each example has a range of labels of its own."""
    if not batched:
        return combine(rows, labels, count)
    batch, length, *rest = rows.shape
    offsets = count * tf.range(batch, dtype=labels.dtype)
    places = tf.reshape(labels + offsets[:, None], [batch * length])
    flat = combine(tf.reshape(rows, [batch * length, *rest]), places, batch * count)
    return tf.reshape(flat, [batch, count, *rest])


def fourier_transform(values: tf.Tensor) -> tf.Tensor:
    """Return [..., n // 2 + 1, 2]: real and imaginary parts of n real numbers."""
    spectrum = tf.signal.rfft(tf.cast(values, tf.float32))
    return tf.stack([tf.math.real(spectrum), tf.math.imag(spectrum)], axis=-1)


def inverse_fourier_transform(pairs: tf.Tensor) -> tf.Tensor:
    """Return [..., 2 (n - 1)] real numbers from n pairs of parts, [..., n, 2]."""
    pairs = tf.cast(pairs, tf.float32)
    spectrum = tf.complex(pairs[..., 0], pairs[..., 1])
    return tf.signal.irfft(spectrum, [2 * (pairs.shape[-2] - 1)])
