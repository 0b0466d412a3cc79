"""Losses and stateless metrics: the variant types choose, what its form gives."""

from typing import Any

import keras
import numpy as np
import pytest
from tests.compiler.vocabulary.rendering import run_loss, tensor_type, with_defaults
from tests.compiler.vocabulary.test_more_losses import CASES as MORE

import loopc_runtime
from loopc.vocabulary import losses
from loopc.vocabulary.entry import Mismatch
from loopc.vocabulary.types import TensorType

RANDOM = np.random.default_rng(3)
BATCH, CLASSES = 6, 5
LABELS = RANDOM.integers(0, CLASSES, BATCH).astype(np.int32)
BITS = RANDOM.integers(0, 2, (BATCH, CLASSES)).astype(np.int32)
TRUTHS = RANDOM.integers(0, 2, BATCH).astype(np.int32)
LOGITS = RANDOM.normal(size=(BATCH, CLASSES)).astype(np.float32)
OTHERS = RANDOM.normal(size=(BATCH, CLASSES)).astype(np.float32)
CHANCES = np.exp(LOGITS) / np.exp(LOGITS).sum(-1, keepdims=True)
SOFT = np.exp(OTHERS) / np.exp(OTHERS).sum(-1, keepdims=True)
ONE_HOT = np.eye(CLASSES, dtype=np.float32)[LABELS]
UNITS = 1 / (1 + np.exp(-LOGITS))
SCALAR = LOGITS[:, :1]

LABEL = tensor_type(LABELS, True, kind="class", classes=CLASSES)
BIT = tensor_type(BITS, True, kind="class", classes=2)
TRUTH = tensor_type(TRUTHS, True, kind="class", classes=2)
VALUE = tensor_type(LOGITS, True)
DECLARED = tensor_type(LOGITS, True, kind="logits")
PROBABLE = tensor_type(LOGITS, True, kind="probabilities")
ONE = tensor_type(SCALAR, True)

K = keras.losses
LAST = {"reduction": "none"}

# loss, target, output, its types, options, variant, Keras' own (none: elementwise mean)
CASES: list[tuple[str, Any, Any, Any, Any, dict[str, Any], str, Any]] = [
    ("cross_entropy", LABELS, LOGITS, LABEL, DECLARED, {}, "sparse_logits",
     K.SparseCategoricalCrossentropy(from_logits=True, **LAST)),
    ("cross_entropy", LABELS, LOGITS, LABEL, VALUE, {}, "sparse_logits",
     K.SparseCategoricalCrossentropy(from_logits=True, **LAST)),
    ("cross_entropy", LABELS, CHANCES, LABEL, PROBABLE, {}, "sparse_probabilities",
     K.SparseCategoricalCrossentropy(**LAST)),
    ("cross_entropy", ONE_HOT, LOGITS, VALUE, DECLARED, {}, "one_hot_logits",
     K.CategoricalCrossentropy(from_logits=True, **LAST)),
    ("cross_entropy", SOFT, CHANCES, PROBABLE, PROBABLE, {}, "one_hot_probabilities",
     K.CategoricalCrossentropy(**LAST)),
    ("cross_entropy", ONE_HOT, LOGITS, VALUE, VALUE, {"label_smoothing": 0.1},
     "smoothed_one_hot_logits",
     K.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, **LAST)),
    ("focal_cross_entropy", ONE_HOT, LOGITS, VALUE, VALUE, {"gamma": 1.5},
     "one_hot_logits", K.CategoricalFocalCrossentropy(
         gamma=1.5, from_logits=True, **LAST)),
    ("focal_cross_entropy", ONE_HOT, CHANCES, VALUE, PROBABLE, {},
     "one_hot_probabilities", K.CategoricalFocalCrossentropy(**LAST)),
    ("generalized_cross_entropy", LABELS, CHANCES, LABEL, PROBABLE, {"q": 0.7},
     "probabilities", K.CategoricalGeneralizedCrossEntropy(q=0.7, **LAST)),
    ("kl_divergence", SOFT, CHANCES, PROBABLE, PROBABLE, {}, "probabilities",
     K.KLDivergence(**LAST)),
    ("categorical_hinge", ONE_HOT, LOGITS, VALUE, VALUE, {}, "one_hot",
     K.CategoricalHinge(**LAST)),
    ("cosine_loss", OTHERS, LOGITS, VALUE, VALUE, {}, "vectors",
     K.CosineSimilarity(**LAST)),
    ("mean_squared_error", OTHERS, LOGITS, VALUE, VALUE, {}, "elements",
     K.MeanSquaredError(**LAST)),
    ("mean_absolute_error", OTHERS, LOGITS, VALUE, VALUE, {}, "elements",
     K.MeanAbsoluteError(**LAST)),
    ("mean_absolute_percentage_error", OTHERS, LOGITS, VALUE, VALUE, {}, "elements",
     K.MeanAbsolutePercentageError(**LAST)),
    ("mean_squared_logarithmic_error", SOFT, CHANCES, VALUE, VALUE, {}, "elements",
     K.MeanSquaredLogarithmicError(**LAST)),
    ("mean_binary_cross_entropy", BITS, LOGITS, BIT, VALUE, {}, "logits",
     K.BinaryCrossentropy(from_logits=True, **LAST)),
    ("mean_binary_cross_entropy", BITS, UNITS, BIT, PROBABLE, {"label_smoothing": 0.2},
     "smoothed_probabilities", K.BinaryCrossentropy(label_smoothing=0.2, **LAST)),
    ("binary_cross_entropy", BITS, UNITS, BIT, PROBABLE, {}, "probabilities",
     K.BinaryCrossentropy()),
    ("binary_cross_entropy", BITS, LOGITS, BIT, DECLARED, {"label_smoothing": 0.2},
     "smoothed_logits", K.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)),
    ("binary_focal_cross_entropy", BITS, LOGITS, BIT, VALUE, {}, "logits",
     K.BinaryFocalCrossentropy(from_logits=True)),
    ("binary_focal_cross_entropy", BITS, UNITS, BIT, PROBABLE,
     {"apply_class_balancing": True, "alpha": 0.3}, "balanced_probabilities",
     K.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.3)),
    ("squared_error", OTHERS, LOGITS, VALUE, VALUE, {}, "elements",
     K.MeanSquaredError()),
    ("absolute_error", OTHERS, LOGITS, VALUE, VALUE, {}, "elements",
     K.MeanAbsoluteError()),
    ("absolute_percentage_error", OTHERS, LOGITS, VALUE, VALUE, {}, "elements",
     K.MeanAbsolutePercentageError()),
    ("squared_logarithmic_error", SOFT, CHANCES, VALUE, VALUE, {}, "elements",
     K.MeanSquaredLogarithmicError()),
    ("huber", OTHERS, LOGITS, VALUE, VALUE, {"delta": 0.5}, "elements",
     K.Huber(delta=0.5)),
    ("log_cosh", OTHERS, LOGITS, VALUE, VALUE, {}, "elements", K.LogCosh()),
    ("poisson", CHANCES, SOFT, VALUE, VALUE, {}, "elements", K.Poisson()),
    ("hinge", BITS, LOGITS, BIT, VALUE, {}, "elements", K.Hinge()),
    ("squared_hinge", BITS, LOGITS, BIT, VALUE, {}, "elements", K.SquaredHinge()),
    ("dice", BITS, UNITS, BIT, PROBABLE, {}, "region", K.Dice(axis=(1,))),
    ("tversky", BITS, UNITS, BIT, PROBABLE, {"alpha": 0.3, "beta": 0.7}, "region",
     K.Tversky(alpha=0.3, beta=0.7, axis=(1,))),
    ("circle", LABELS, SOFT / np.linalg.norm(SOFT, axis=-1, keepdims=True),
     LABEL, VALUE, {"gamma": 8.0}, "batch", K.Circle(gamma=8.0, **LAST)),
]  # fmt: skip


def run(name: str, *operands: Any, **options: Any) -> tuple[str, np.ndarray]:
    """Return the variant chosen and the value of a loss: arrays first, then types."""
    target, output, *types = operands
    kinds: Any = tuple(types)
    entry = losses()[name]
    variant, value = run_loss(
        entry, (target, output), kinds, options, vars(loopc_runtime)
    )
    typed = entry.result(*kinds, with_defaults(entry, options))
    assert np.asarray(value).shape[1:] == typed.shape
    return variant, np.asarray(value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[6]}")
def test_losses_are_those_of_keras(case: Any) -> None:
    """The chosen form gives Keras' value: for each example, or in the mean."""
    name, target, output, target_type, output_type, options, chosen, oracle = case

    variant, value = run(name, target, output, target_type, output_type, **options)

    assert variant == chosen
    expected = np.asarray(oracle(target, output))
    value = value if expected.ndim else value.mean()
    np.testing.assert_allclose(value, expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize(
    ("name", "sparse", "dense"),
    [
        ("cross_entropy", "smoothed_sparse_logits", "smoothed_one_hot_logits"),
        ("focal_cross_entropy", "sparse_logits", "one_hot_logits"),
        ("categorical_hinge", "sparse", "one_hot"),
    ],
)
def test_labels_are_one_hot_targets(name: str, sparse: str, dense: str) -> None:
    """A label gives what its one-hot vector gives."""
    options = {"label_smoothing": 0.1} if name == "cross_entropy" else {}

    first = run(name, LABELS, LOGITS, LABEL, VALUE, **options)
    second = run(name, ONE_HOT, LOGITS, VALUE, VALUE, **options)

    assert (first[0], second[0]) == (sparse, dense)
    np.testing.assert_allclose(first[1], second[1], rtol=1e-5)


def test_ignored_labels_cost_nothing() -> None:
    """A label that is `ignore_class` has loss 0, the others what they had."""
    _, plain = run("cross_entropy", LABELS, LOGITS, LABEL, VALUE)

    variant, value = run(
        "cross_entropy", LABELS, LOGITS, LABEL, VALUE, ignore_class=int(LABELS[0])
    )

    assert variant == "smoothed_sparse_logits"
    ignored = np.equal(LABELS, LABELS[0])
    np.testing.assert_allclose(value, np.where(ignored, 0, plain), 1e-5)


CONSTANT = TensorType("f32", weak=True)
ELEMENTWISE = (
    "squared_error", "absolute_error", "huber", "log_cosh", "hinge", "squared_hinge",
    "poisson", "squared_logarithmic_error", "absolute_percentage_error",
    "binary_cross_entropy", "binary_focal_cross_entropy", "mean_squared_error",
    "mean_binary_cross_entropy",
)  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("number", [1.0, 1])
def test_one_number_is_the_target_of_all(name: str, number: float) -> None:
    """`binary_cross_entropy(1, critic(fake))` means that target everywhere."""
    ones = np.ones_like(UNITS)

    variant, value = run(name, number, UNITS, CONSTANT, PROBABLE)

    assert variant.startswith("constant_")
    _, expected = run(name, ones, UNITS, VALUE, PROBABLE)
    np.testing.assert_allclose(value, expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["squared_error", "mean_squared_error", "hinge"])
def test_a_number_meets_a_vector_of_one(name: str) -> None:
    """A number and an output of one unit are compared example by example."""
    target = OTHERS[:, 0]

    _, value = run(name, target, SCALAR, tensor_type(target, True), ONE)

    _, expected = run(name, OTHERS[:, :1], SCALAR, ONE, ONE)
    np.testing.assert_allclose(value, expected)


def test_numbers_are_compared_as_they_are() -> None:
    """The mean within an example of one number is that number."""
    target, output = OTHERS[:, 0], LOGITS[:, 0]
    types = (tensor_type(target, True), tensor_type(output, True))

    variant, value = run("mean_squared_error", target, output, *types)

    assert variant == "number"
    np.testing.assert_allclose(value, (target - output) ** 2, rtol=1e-6)


# ------------------------------------------------------------------------------
# matching


@pytest.mark.parametrize(
    ("name", "operands", "options", "chosen", "expected"),
    [
        ("accuracy", (LABELS, LOGITS, LABEL, VALUE), {}, "sparse",
         LOGITS.argmax(-1) == LABELS),
        ("accuracy", (SOFT, LOGITS, VALUE, VALUE), {}, "one_hot",
         LOGITS.argmax(-1) == SOFT.argmax(-1)),
        ("accuracy", (TRUTHS, SCALAR, TRUTH, ONE), {}, "binary_logits",
         (SCALAR > 0) == (TRUTHS[:, None] == 1)),
        ("accuracy", (TRUTHS, UNITS[:, 0], TRUTH,
                      tensor_type(UNITS[:, 0], True, kind="probabilities")), {},
         "binary_probabilities", (UNITS[:, 0] > 0.5) == (TRUTHS == 1)),
        ("binary_accuracy", (BITS, LOGITS, BIT, VALUE), {}, "logits",
         (LOGITS > 0) == (BITS == 1)),
        ("binary_accuracy", (BITS, UNITS, BIT, PROBABLE), {"threshold": 0.7},
         "threshold", (UNITS > 0.7) == (BITS == 1)),
        ("top_k_accuracy", (LABELS, LOGITS, LABEL, VALUE), {"k": 2}, "sparse",
         (np.argsort(-LOGITS, axis=-1)[:, :2] == LABELS[:, None]).any(-1)),
        ("top_k_accuracy", (ONE_HOT, LOGITS, VALUE, VALUE), {"k": 3}, "one_hot",
         (np.argsort(-LOGITS, axis=-1)[:, :3] == LABELS[:, None]).any(-1)),
    ],
)  # fmt: skip
def test_matches_are_right_or_wrong(
    name: str, operands: Any, options: Any, chosen: str, expected: np.ndarray
) -> None:
    """A stateless metric is 1 where the output is right and 0 elsewhere."""
    variant, value = run(name, *operands, **options)

    assert variant == chosen
    np.testing.assert_array_equal(value, expected.astype(np.float32))
    assert losses()[name].better == "max"


# --------------------------------------------------------------------------------
# errors

F = TensorType("f32", (5,), stream="x")
LABEL_OF_THREE = TensorType("i32", (), "class", 3, "x")


@pytest.mark.parametrize(
    ("name", "target", "output", "fact"),
    [
        ("cross_entropy", LABEL_OF_THREE, F, "3 classes against 5 outputs"),
        ("cross_entropy", TRUTH, TensorType("f32", (1,)), "against one output"),
        ("cross_entropy", LABEL, TensorType("f32", ()), "without an axis of classes"),
        ("cross_entropy", LABEL, TensorType("f32", (2, 5)), "labels [] against"),
        ("cross_entropy", TensorType("f32", (4,)), F, "the target is f32[4]"),
        ("cross_entropy", DECLARED, F, "which are logits"),
        ("cross_entropy", F, LABEL, "the second operand is the label"),
        ("cross_entropy", TensorType("bool", (5,)), F, "the target is bool[5]"),
        ("binary_cross_entropy", LABEL, TensorType("f32"), "not 2"),
        ("binary_cross_entropy", BIT, TensorType("f32", (4,)), "and the output f32[4]"),
        ("squared_error", F, TensorType("f32", (1,)), "and the output f32[1]"),
        ("squared_error", LABEL, TensorType("f32"), "the target is a label"),
        ("kl_divergence", PROBABLE, VALUE, "is not known"),
        ("kl_divergence", LABEL, PROBABLE, "the target is a label"),
        ("generalized_cross_entropy", F, F, "not a label"),
        ("cosine_loss", TensorType("f32"), TensorType("f32"), "has no direction"),
        ("dice", F, TensorType("f32", (5,), "logits"), "the output holds logits"),
        ("circle", LABEL, TensorType("f32", (2, 5)), "needs a label and one vector"),
        ("ctc", LABEL, F, "the target is class(5)"),
        ("accuracy", LABEL_OF_THREE, TensorType("f32", (1,)), "against one output"),
        ("top_k_accuracy", LABEL, F, "k is 6 of 5 classes"),
    ],
)
def test_operands_that_do_not_fit_are_refused(
    name: str, target: TensorType, output: TensorType, fact: str
) -> None:
    """A loss that cannot mean what is written says which operand is wrong, and why."""
    entry = losses()[name]
    options = with_defaults(entry, {"k": 6})

    with pytest.raises(Mismatch) as caught:
        entry.choose(target, output, options)

    assert fact in caught.value.fact
    assert caught.value.help


def test_ctc_reads_labels_and_logits() -> None:
    """The sequence loss takes padded labels and logits over steps."""
    labels = np.array([[1, 2, 0], [3, 0, 0]], np.int32)
    logits = RANDOM.normal(size=(2, 7, 4)).astype(np.float32)
    types = (
        tensor_type(labels, True, kind="class", classes=4),
        tensor_type(logits, True),
    )

    _, value = run("ctc", labels, logits, *types)

    np.testing.assert_allclose(
        value, K.CTC(reduction="none")(labels, logits), rtol=1e-5
    )


def test_every_loss_is_tested() -> None:
    """Each entry has its form run by a test of this file or of the next."""
    tested = {case[0] for case in CASES} | {case[0] for case in MORE}
    tested |= {"accuracy", "binary_accuracy", "top_k_accuracy", "ctc"}

    assert {entry.name for entry in losses().values()} == tested
