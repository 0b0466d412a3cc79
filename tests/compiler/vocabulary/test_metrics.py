"""Metrics with state: what they accept, and that windows can be merged."""

from typing import Any

import keras
import numpy as np
import pytest
from sklearn import metrics as sk
from tests.compiler.vocabulary.rendering import tensor_type

from loopc.vocabulary import stateful_metrics
from loopc.vocabulary.entry import Mismatch, Required, StatefulMetricEntry
from loopc.vocabulary.types import TensorType

RANDOM = np.random.default_rng(11)
ROWS, CLASSES = 40, 3
TRUTHS = RANDOM.integers(0, 2, ROWS).astype(np.int32)
SCORES = np.clip(0.4 * TRUTHS + 0.6 * RANDOM.uniform(size=ROWS), 0, 1).astype(
    np.float32
)
LABELS = RANDOM.integers(0, CLASSES, ROWS).astype(np.int32)
GUESSES = np.where(RANDOM.uniform(size=ROWS) < 0.6, LABELS, (LABELS + 1) % CLASSES)
GUESSES = GUESSES.astype(np.int32)
ONE_HOT = np.eye(CLASSES, dtype=np.float32)[LABELS]
CHANCES = RANDOM.dirichlet(np.ones(CLASSES), ROWS).astype(np.float32)
NUMBERS = RANDOM.normal(size=(ROWS, 4)).astype(np.float32)
NEAR = (NUMBERS + 0.3 * RANDOM.normal(size=(ROWS, 4))).astype(np.float32)

TRUTH = tensor_type(TRUTHS, True, kind="class", classes=2)
SCORE = tensor_type(SCORES, True, kind="probabilities")
LABEL = tensor_type(LABELS, True, kind="class", classes=CLASSES)
VECTOR = tensor_type(ONE_HOT, True)
CHANCE = tensor_type(CHANCES, True, kind="probabilities")
NUMBER = tensor_type(NUMBERS, True)

TRUTH_METRICS: dict[str, dict[str, Any]] = {
    "auc": {}, "precision": {}, "recall": {"thresholds": 0.3},
    "precision_at_recall": {"recall": 0.5}, "recall_at_precision": {"precision": 0.7},
    "sensitivity_at_specificity": {"specificity": 0.5},
    "specificity_at_sensitivity": {"sensitivity": 0.5}, "true_positives": {},
    "true_negatives": {}, "false_positives": {}, "false_negatives": {},
    "binary_iou": {},
}  # fmt: skip

# name, options, target, output and their types
CASES: list[tuple[str, dict[str, Any], Any, Any, TensorType, TensorType]] = [
    *((name, options, TRUTHS, SCORES, TRUTH, SCORE)
      for name, options in TRUTH_METRICS.items()),
    ("f1_score", {"average": "macro"}, ONE_HOT, CHANCES, VECTOR, CHANCE),
    ("fbeta_score", {"average": "micro", "beta": 2.0, "threshold": 0.4}, ONE_HOT,
     CHANCES,
     VECTOR, CHANCE),
    ("iou", {"num_classes": 3, "target_class_ids": (0, 2)}, LABELS, GUESSES, LABEL,
     LABEL),
    ("mean_iou", {"num_classes": 3}, LABELS, GUESSES, LABEL, LABEL),
    ("mean_iou", {"num_classes": 3, "sparse_y_pred": False}, LABELS, CHANCES, LABEL,
     CHANCE),
    ("one_hot_iou", {"num_classes": 3, "target_class_ids": (1,)}, ONE_HOT, CHANCES,
     VECTOR, CHANCE),
    ("one_hot_mean_iou", {"num_classes": 3}, ONE_HOT, CHANCES, VECTOR, CHANCE),
    ("root_mean_squared_error", {}, NUMBERS, NEAR, NUMBER, NUMBER),
    ("r2_score", {}, NUMBERS, NEAR, NUMBER, NUMBER),
    ("pearson_correlation", {}, NUMBERS, NEAR, NUMBER, NUMBER),
    ("concordance_correlation", {}, NUMBERS, NEAR, NUMBER, NUMBER),
]  # fmt: skip

PARAMETERS = pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])


def filled(entry: StatefulMetricEntry, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with all defaults filled in, as the checker does."""
    defaults = {
        o.name: o.default for o in entry.options if not isinstance(o.default, Required)
    }
    return {**defaults, **options}


def made(name: str, options: dict[str, Any]) -> Any:
    """Return the Keras metric of an entry."""
    python = stateful_metrics()[name].python
    return getattr(keras.metrics, python.split(".")[-1])(**options)


@PARAMETERS
def test_values_that_fit_are_accepted_and_computed(case: Any) -> None:
    """What `verify` lets through, Keras computes: one finite number."""
    name, options, target, output, *types = case
    entry = stateful_metrics()[name]
    metric = made(name, options)

    entry.verify(*types, filled(entry, options))
    metric.update_state(target, output)

    assert np.asarray(metric.result()).shape == ()
    assert np.isfinite(np.asarray(metric.result()))


@PARAMETERS
def test_windows_can_be_merged(case: Any) -> None:
    """Where `additive`, the variables of two halves sum to those of the whole."""
    name, options, target, output, *_ = case
    first, second, whole = (made(name, options) for _ in range(3))
    middle = ROWS // 2 - 3

    whole.update_state(target, output)
    first.update_state(target[:middle], output[:middle])
    second.update_state(target[middle:], output[middle:])

    sums = [
        np.asarray(a) + np.asarray(b)
        for a, b in zip(first.variables, second.variables, strict=True)
    ]
    merges = all(
        np.allclose(merged, variable, rtol=1e-4, atol=1e-5)
        for merged, variable in zip(sums, whole.variables, strict=True)
    )
    assert merges is stateful_metrics()[name].additive


@pytest.mark.parametrize(
    ("name", "target", "output", "options", "fact"),
    [
        ("auc", TRUTH, TensorType("f32", (), "logits"), {}, "which may be logits"),
        ("auc", TRUTH, TensorType("f32"), {}, "which may be logits"),
        ("auc", LABEL, SCORE, {}, "3 classes, not 2"),
        ("precision", TRUTH, TensorType("f32"), {}, "which may be logits"),
        ("recall", VECTOR, SCORE, {}, "and the output probabilities"),
        ("f1_score", LABEL, CHANCE, {"average": "macro"}, "the target is a label"),
        ("f1_score", VECTOR, CHANCE, {}, "gives 3 numbers"),
        ("mean_iou", LABEL, CHANCE, {"num_classes": 3}, "not a label"),
        ("mean_iou", LABEL, LABEL, {"num_classes": 2}, "against 2 classes"),
        ("one_hot_mean_iou", VECTOR, CHANCE, {"num_classes": 4}, "without an axis"),
        ("binary_iou", TRUTH, TensorType("f32", (), "logits"), {}, "the output is"),
        ("r2_score", LABEL, SCORE, {}, "the target is a label"),
        ("r2_score", TensorType("f32", (2, 3)), TensorType("f32", (2, 3)), {}, "axis"),
        ("pearson_correlation", SCORE, SCORE, {}, "no axis to correlate along"),
    ],
)
def test_values_that_do_not_fit_are_refused(
    name: str, target: TensorType, output: TensorType, options: Any, fact: str
) -> None:
    """A metric of the wrong values says which, and what to write."""
    entry = stateful_metrics()[name]

    with pytest.raises(Mismatch) as caught:
        entry.verify(target, output, filled(entry, options))

    assert fact in caught.value.fact
    assert caught.value.help


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("precision", {}, sk.precision_score(TRUTHS, SCORES > 0.5)),
        ("recall", {}, sk.recall_score(TRUTHS, SCORES > 0.5)),
        ("auc", {"num_thresholds": 2000}, sk.roc_auc_score(TRUTHS, SCORES)),
    ],
)
def test_metrics_are_those_of_scikit_learn(
    name: str, options: Any, expected: float
) -> None:
    """The named metric is what people mean by that name."""
    metric = made(name, options)
    metric.update_state(TRUTHS, SCORES)

    np.testing.assert_allclose(float(metric.result()), expected, atol=2e-3)


def test_every_metric_is_tested() -> None:
    """Each entry has a case."""
    tested = {case[0] for case in CASES}

    assert {entry.name for entry in stateful_metrics().values()} == tested
