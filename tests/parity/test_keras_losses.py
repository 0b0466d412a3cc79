"""Losses and matches against the Keras losses and metrics, on the same numbers."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf

import loopc_runtime as ours

RANDOM = np.random.default_rng(5)
BATCH, TIME, CLASSES = 12, 3, 6

real = tf.constant(RANDOM.normal(size=(BATCH, TIME, CLASSES)) * 3.0, tf.float32)
other = tf.constant(RANDOM.normal(size=(BATCH, TIME, CLASSES)) * 3.0, tf.float32)
positive = tf.abs(real) + 0.1
chances = tf.nn.softmax(other)
units = tf.sigmoid(other)
bits = tf.constant(RANDOM.integers(0, 2, (BATCH, TIME, CLASSES)), tf.int32)
signs = 2 * bits - 1
labels = tf.constant(RANDOM.integers(0, CLASSES, (BATCH, TIME)), tf.int32)
one_hot = tf.one_hot(labels, CLASSES)
soft = tf.nn.softmax(real)

losses = keras.losses
# ours, Keras' object, target, output: the mean of ours is the value of Keras' object
CASES: dict[str, tuple[Callable, Callable, tf.Tensor, tf.Tensor]] = {
    "squared_error": (ours.squared_error, losses.MeanSquaredError(), real, other),
    "mean_squared_error": (
        ours.mean_squared_error,
        losses.MeanSquaredError(),
        real,
        other,
    ),
    "absolute_error": (ours.absolute_error, losses.MeanAbsoluteError(), real, other),
    "mean_absolute_error": (
        ours.mean_absolute_error,
        losses.MeanAbsoluteError(),
        real,
        other,
    ),
    "absolute_percentage_error": (
        ours.absolute_percentage_error,
        losses.MeanAbsolutePercentageError(),
        real,
        other,
    ),
    "mean_absolute_percentage_error": (
        ours.mean_absolute_percentage_error,
        losses.MeanAbsolutePercentageError(),
        real,
        other,
    ),
    "squared_logarithmic_error": (
        ours.squared_logarithmic_error,
        losses.MeanSquaredLogarithmicError(),
        real,
        other,
    ),
    "mean_squared_logarithmic_error": (
        ours.mean_squared_logarithmic_error,
        losses.MeanSquaredLogarithmicError(),
        positive,
        chances,
    ),
    "huber": (
        lambda target, output: ours.huber(target, output, delta=1.5),
        losses.Huber(1.5),
        real,
        other,
    ),
    "log_cosh": (ours.log_cosh, losses.LogCosh(), real, other),
    "hinge_bits": (ours.hinge, losses.Hinge(), bits, other),
    "hinge_signs": (ours.hinge, losses.Hinge(), signs, other),
    "squared_hinge": (ours.squared_hinge, losses.SquaredHinge(), bits, other),
    "poisson": (ours.poisson, losses.Poisson(), positive, chances),
    "binary_cross_entropy": (
        lambda target, output: ours.binary_cross_entropy(
            target, output, from_logits=False
        ),
        losses.BinaryCrossentropy(),
        bits,
        units,
    ),
    "mean_binary_cross_entropy_smoothed_logits": (
        lambda target, output: ours.mean_binary_cross_entropy(
            target, output, from_logits=True, label_smoothing=0.2
        ),
        losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2),
        bits,
        other,
    ),
    "binary_focal_cross_entropy": (
        lambda target, output: ours.binary_focal_cross_entropy(
            target, output, from_logits=False
        ),
        losses.BinaryFocalCrossentropy(),
        bits,
        units,
    ),
    "binary_focal_cross_entropy_balanced": (
        lambda target, output: ours.binary_focal_cross_entropy(
            target, output, from_logits=True, alpha=0.3, gamma=1.5, label_smoothing=0.1
        ),
        losses.BinaryFocalCrossentropy(
            True, alpha=0.3, gamma=1.5, from_logits=True, label_smoothing=0.1
        ),
        bits,
        other,
    ),
    "cross_entropy": (
        lambda target, output: ours.cross_entropy(target, output, from_logits=False),
        losses.CategoricalCrossentropy(),
        one_hot,
        chances,
    ),
    "cross_entropy_smoothed_logits": (
        lambda target, output: ours.cross_entropy(
            target, output, from_logits=True, label_smoothing=0.1
        ),
        losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        soft,
        other,
    ),
    "sparse_cross_entropy": (
        lambda target, output: ours.sparse_cross_entropy(
            target, output, from_logits=True
        ),
        losses.SparseCategoricalCrossentropy(from_logits=True),
        labels,
        other,
    ),
    "sparse_cross_entropy_chances": (
        lambda target, output: ours.sparse_cross_entropy(
            target, output, from_logits=False
        ),
        losses.SparseCategoricalCrossentropy(),
        labels,
        chances,
    ),
    "focal_cross_entropy": (
        lambda target, output: ours.focal_cross_entropy(
            target, output, from_logits=False
        ),
        losses.CategoricalFocalCrossentropy(),
        one_hot,
        chances,
    ),
    "focal_cross_entropy_logits": (
        lambda target, output: ours.focal_cross_entropy(
            target, output, from_logits=True, alpha=0.4, gamma=3.0, label_smoothing=0.1
        ),
        losses.CategoricalFocalCrossentropy(
            alpha=0.4, gamma=3.0, from_logits=True, label_smoothing=0.1
        ),
        one_hot,
        other,
    ),
    "generalized_cross_entropy": (
        lambda target, output: ours.generalized_cross_entropy(target, output, q=0.3),
        losses.CategoricalGeneralizedCrossEntropy(q=0.3),
        labels,
        chances,
    ),
    "kl_divergence": (ours.kl_divergence, losses.KLDivergence(), soft, chances),
    "categorical_hinge": (
        ours.categorical_hinge,
        losses.CategoricalHinge(),
        one_hot,
        other,
    ),
    "cosine_loss": (ours.cosine_loss, losses.CosineSimilarity(), real, other),
    "dice": (ours.dice, losses.Dice(axis=(1, 2)), bits, units),
    "tversky": (
        lambda target, output: ours.tversky(target, output, alpha=0.3, beta=0.6),
        losses.Tversky(0.3, 0.6, axis=(1, 2)),
        bits,
        units,
    ),
    "circle": (
        ours.circle,
        losses.Circle(),
        tf.constant([0, 0, 1, 1, 2, 2]),
        tf.math.l2_normalize(real[:6, 0], -1),
    ),
    "ctc": (
        ours.ctc,
        losses.CTC(),
        tf.constant([[1, 2, 0], [3, 0, 0]]),
        tf.constant(RANDOM.normal(size=(2, 7, CLASSES)), tf.float32),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_mean_is_the_loss_of_keras(name: str) -> None:
    """Eager and under XLA the mean over all values is Keras' loss."""
    mine, theirs, target, output = CASES[name]
    expected = float(theirs(target, output))

    eager = mine(target, output)
    compiled = tf.function(mine, jit_compile=True)(target, output)

    assert eager.shape[0] == target.shape[0]
    assert float(tf.reduce_mean(eager)) == pytest.approx(expected, rel=2e-6, abs=1e-6)
    np.testing.assert_allclose(eager, compiled, rtol=1e-4, atol=1e-5)


def test_every_loss_of_keras_has_a_counterpart() -> None:
    """No loss class of Keras is left out of the table above."""
    classes = {
        name
        for name, value in vars(losses).items()
        if isinstance(value, type)
        and issubclass(value, losses.Loss)
        and value is not losses.Loss
    }

    assert classes == {type(theirs).__name__ for _, theirs, _, _ in CASES.values()}


def test_an_ignored_class_costs_nothing() -> None:
    """Its loss is 0; weighing it with 0 gives the masked mean of Keras."""
    holes = tf.where(labels == 2, -1, labels)
    theirs = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)

    mine = ours.sparse_cross_entropy(holes, other, from_logits=True, ignore_class=-1)

    counted = tf.cast(holes != -1, tf.float32)
    assert not np.any(mine.numpy()[holes.numpy() == -1])
    mean = tf.reduce_sum(mine) / tf.reduce_sum(counted)
    assert float(mean) == pytest.approx(float(theirs(holes, other)), rel=1e-6)


@pytest.mark.parametrize("from_logits", [True, False])
def test_smoothed_labels_equal_smoothed_one_hot_targets(from_logits: bool) -> None:
    """Sparse and one-hot labels smooth alike."""
    output = other if from_logits else chances
    theirs = losses.CategoricalCrossentropy(
        from_logits=from_logits, label_smoothing=0.1, reduction="none"
    )

    mine = ours.sparse_cross_entropy(
        labels, output, from_logits=from_logits, label_smoothing=0.1
    )

    np.testing.assert_allclose(mine, theirs(one_hot, output), rtol=1e-5)


metrics = keras.metrics
tied = tf.round(other)
MATCHES: dict[str, tuple[Callable, keras.Metric, tf.Tensor, tf.Tensor]] = {
    "accuracy": (
        ours.accuracy,
        metrics.SparseCategoricalAccuracy(),
        labels,
        tied,
    ),
    "categorical_accuracy": (
        ours.categorical_accuracy,
        metrics.CategoricalAccuracy(),
        one_hot,
        tied,
    ),
    "binary_accuracy": (ours.binary_accuracy, metrics.BinaryAccuracy(), bits, units),
    "binary_accuracy_of_logits": (
        lambda target, output: ours.binary_accuracy(target, output, threshold=0.0),
        metrics.BinaryAccuracy(threshold=0.0),
        bits,
        other,
    ),
    "top_k_accuracy": (
        lambda target, output: ours.top_k_accuracy(target, output, k=2),
        metrics.SparseTopKCategoricalAccuracy(2),
        labels,
        tied,
    ),
    "categorical_top_k_accuracy": (
        lambda target, output: ours.categorical_top_k_accuracy(target, output, k=3),
        metrics.TopKCategoricalAccuracy(3),
        one_hot,
        tied,
    ),
    "cosine_similarity": (
        ours.cosine_similarity,
        metrics.CosineSimilarity(),
        real,
        other,
    ),
    "mean_absolute_error": (
        ours.mean_absolute_error,
        metrics.MeanAbsoluteError(),
        real,
        other,
    ),
    "mean_squared_error": (
        ours.mean_squared_error,
        metrics.MeanSquaredError(),
        real,
        other,
    ),
    "log_cosh": (ours.log_cosh, metrics.LogCoshError(), real, other),
    "hinge": (ours.hinge, metrics.Hinge(), bits, other),
    "poisson": (ours.poisson, metrics.Poisson(), positive, chances),
    "kl_divergence": (ours.kl_divergence, metrics.KLDivergence(), soft, chances),
}


@pytest.mark.parametrize("name", MATCHES)
def test_mean_is_the_metric_of_keras(name: str) -> None:
    """The mean over all values is what Keras' metric reports, ties included."""
    mine, metric, target, output = MATCHES[name]
    metric.update_state(target, output)

    value = tf.function(mine, jit_compile=True)(target, output)

    assert value.dtype == tf.float32
    assert float(tf.reduce_mean(value)) == pytest.approx(
        float(metric.result()), rel=2e-6
    )


@pytest.mark.parametrize(
    "function",
    [
        ours.squared_error,
        ours.mean_squared_error,
        ours.huber,
        ours.hinge,
        ours.kl_divergence,
        ours.cosine_similarity,
        ours.dice,
        ours.binary_accuracy,
        lambda target, output: ours.binary_cross_entropy(
            target, output, from_logits=True
        ),
    ],
)
def test_shapes_never_broadcast(function: Callable) -> None:
    """[8] against [8, 1] is an error while tracing, as is [8, 3] against [8, 1]."""
    for left, right in (((8,), (8, 1)), ((8, 3), (8, 1)), ((8, 1, 2), (8, 2))):
        with pytest.raises(ValueError, match="compares values of one shape"):
            tf.function(function)(tf.zeros(left), tf.zeros(right))


@pytest.mark.parametrize(
    "function",
    [
        ours.accuracy,
        ours.top_k_accuracy,
        ours.generalized_cross_entropy,
        lambda label, output: ours.sparse_cross_entropy(
            label, output, from_logits=True
        ),
    ],
)
def test_labels_lack_exactly_the_class_axis(function: Callable) -> None:
    """Labels [8, 1] for outputs [8, 3] are an error: they are not squeezed."""
    for label, output in (((8, 1), (8, 3)), ((8,), (8,)), ((8,), (8, 2, 3))):
        with pytest.raises(ValueError, match="one class axis more than the labels"):
            tf.function(function)(tf.zeros(label, tf.int32), tf.zeros(output))
