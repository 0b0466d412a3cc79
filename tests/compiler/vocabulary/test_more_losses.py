"""Losses beyond Keras: against optax live, else against NumPy from the formula."""

from collections.abc import Callable
from itertools import product
from typing import Any

import jax.numpy as jnp
import numpy as np
import optax
import pytest
import tensorflow as tf
from tests.compiler.vocabulary.rendering import run_loss, tensor_type, with_defaults

import loopc_runtime
from loopc.vocabulary import losses
from loopc.vocabulary.entry import Mismatch
from loopc.vocabulary.types import TensorType

RANDOM = np.random.default_rng(11)
BATCH, CLASSES, SIZE = 8, 5, 4
LABELS = np.array([0, 1, 2, 0, 1, 1, 3, 4], np.int32)
BITS = RANDOM.integers(0, 2, (BATCH, CLASSES)).astype(np.int32)
SCORES = (2 * RANDOM.normal(size=(BATCH, CLASSES))).astype(np.float32)
OTHERS = RANDOM.normal(size=(BATCH, CLASSES)).astype(np.float32)
CHANCES = np.exp(SCORES) / np.exp(SCORES).sum(-1, keepdims=True)
SOFT = np.exp(OTHERS) / np.exp(OTHERS).sum(-1, keepdims=True)
VECTORS = RANDOM.normal(size=(BATCH, SIZE)).astype(np.float32)
PARTNERS = RANDOM.normal(size=(BATCH, SIZE)).astype(np.float32)
CORNERS = RANDOM.uniform(0, 1, size=(BATCH, 4)).astype(np.float32)
BOXES = np.concatenate([CORNERS[:, :2], CORNERS[:, :2] + CORNERS[:, 2:]], -1)
MOVED = BOXES + RANDOM.uniform(-0.7, 0.7, size=(BATCH, 1)).astype(np.float32)
MAPS = RANDOM.normal(size=(BATCH, 3, 3, CLASSES)).astype(np.float32)
MAP_CHANCES = np.exp(MAPS) / np.exp(MAPS).sum(-1, keepdims=True)
MAP_LABELS = RANDOM.integers(0, CLASSES, (BATCH, 3, 3)).astype(np.int32)
MAP_TARGETS = np.eye(CLASSES, dtype=np.float32)[MAP_LABELS]


def of_optax(function: Callable[..., Any], *operands: Any, **options: Any) -> Any:
    """Return optax's values, output first."""
    arrays = [jnp.asarray(operand) for operand in operands]
    return np.asarray(function(*arrays, **options))


def distances(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vectors[:, None] - vectors[None], axis=-1)


def positives() -> list[tuple[int, int]]:
    """Ordered pairs of different examples of one label."""
    pairs = product(range(BATCH), repeat=2)
    return [(i, j) for i, j in pairs if i != j and LABELS[i] == LABELS[j]]


def semi_hard(margin: float) -> float:
    d, total = distances(VECTORS), []
    for i, j in positives():
        others = [d[i, k] for k in range(BATCH) if LABELS[k] != LABELS[i]]
        farther = [x for x in others if x > d[i, j]]
        negative = min(farther) if farther else max(others)
        total.append(max(0.0, margin + d[i, j] - negative))
    return float(np.mean(total))


def hard(margin: float) -> np.ndarray:
    d, rows = distances(VECTORS), []
    for i in range(BATCH):
        partners = [d[i, j] for j in range(BATCH) if (i, j) in positives()]
        others = [d[i, k] for k in range(BATCH) if LABELS[k] != LABELS[i]]
        rows.append(max(0.0, margin + max(partners, default=0.0) - min(others)))
    return np.array(rows)


def lifted(margin: float) -> float:
    d, total = distances(VECTORS), []
    for i, j in positives():
        pushes = [
            np.exp(margin - d[a, k])
            for a in (i, j)
            for k in range(BATCH)
            if LABELS[k] != LABELS[a]
        ]
        total.append(0.5 * max(0.0, d[i, j] + np.log(sum(pushes))) ** 2)
    return float(np.mean(total))


def kappa() -> float:
    pairs = list(product(range(CLASSES), repeat=2))
    weight = np.array([[(i - j) ** 2 for j in range(CLASSES)] for i in range(CLASSES)])
    one_hot = np.eye(CLASSES)[LABELS]
    confusion = one_hot.T @ CHANCES
    chance = np.outer(one_hot.sum(0), CHANCES.sum(0)) / BATCH
    observed = sum(weight[i, j] * confusion[i, j] for i, j in pairs)
    expected = sum(weight[i, j] * chance[i, j] for i, j in pairs)
    return float(np.log(observed / expected + 1e-6))


def giou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    rows = []
    for a, b in zip(first, second, strict=True):
        sides = [max(0.0, min(a[n + 2], b[n + 2]) - max(a[n], b[n])) for n in (0, 1)]
        common = sides[0] * sides[1]
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        union = sum(areas) - common
        hull = np.prod([max(a[n + 2], b[n + 2]) - min(a[n], b[n]) for n in (0, 1)])
        rows.append(1 - (common / union - (hull - union) / hull))
    return np.array(rows)


def info_nce(temperature: float) -> np.ndarray:
    scores = VECTORS @ PARTNERS.T / temperature
    return np.log(np.exp(scores).sum(-1)) - np.diag(scores)


L = optax.losses
ONE_HOT = np.eye(CLASSES, dtype=np.float32)[LABELS]
LABEL = {"kind": "class", "classes": CLASSES}
BIT = {"kind": "class", "classes": 2}
CHANCE = {"kind": "probabilities"}
SIGNS = (2 * BITS - 1).astype(np.float32)

# loss, target and its kind, output and its kind, options, what it is or its mean is
CASES: list[tuple[str, Any, Any, Any, Any, dict[str, Any], Any]] = [
    ("l2_loss", OTHERS, {}, SCORES, {}, {}, of_optax(L.l2_loss, SCORES, OTHERS)),
    ("quantile_error", OTHERS, {}, SCORES, {}, {"quantile": 0.9},
     np.where(OTHERS > SCORES, 0.9 * (OTHERS - SCORES), 0.1 * (SCORES - OTHERS))),
    ("perceptron", BITS, BIT, SCORES, {}, {},
     of_optax(L.perceptron_loss, SCORES, SIGNS)),
    ("binary_sparsemax", BITS, BIT, SCORES, {}, {},
     of_optax(L.sparsemax_loss, SCORES, BITS)),
    ("sigmoid_focal", BITS, BIT, SCORES, {}, {"alpha": 0.3, "gamma": 1.5},
     of_optax(L.sigmoid_focal_loss, SCORES, BITS, alpha=0.3, gamma=1.5)),
    ("sigmoid_focal", BITS, BIT, SCORES, {}, {},
     of_optax(L.sigmoid_focal_loss, SCORES, BITS)),
    ("poly_loss", LABELS, LABEL, SCORES, {}, {},
     of_optax(L.poly_loss_cross_entropy, SCORES, ONE_HOT)),
    ("poly_loss", SOFT, {}, SCORES, {}, {"epsilon": 1.0},
     of_optax(L.poly_loss_cross_entropy, SCORES, SOFT, epsilon=1.0)),
    ("sparsemax_loss", LABELS, LABEL, SCORES, {}, {},
     of_optax(L.multiclass_sparsemax_loss, SCORES, LABELS)),
    ("multiclass_perceptron", LABELS, LABEL, SCORES, {}, {},
     of_optax(L.multiclass_perceptron_loss, SCORES, LABELS)),
    ("multiclass_hinge", LABELS, LABEL, SCORES, {}, {},
     of_optax(L.multiclass_hinge_loss, SCORES, LABELS)),
    ("ranking_softmax", SOFT, {}, SCORES, {}, {},
     of_optax(L.ranking_softmax_loss, SCORES, SOFT, reduce_fn=None)),
    ("generalized_kl_divergence", SOFT, {}, 3 * CHANCES, {}, {},
     of_optax(L.generalized_kl_divergence, np.log(3 * CHANCES), SOFT)),
    ("giou_loss", BOXES, {}, MOVED, {}, {}, giou(BOXES, MOVED)),
    ("contrastive", BITS, BIT, np.abs(SCORES), {}, {"margin": 1.5},
     np.where(BITS, SCORES**2, np.maximum(1.5 - np.abs(SCORES), 0) ** 2)),
    ("ntxent", LABELS, LABEL, VECTORS, {}, {"temperature": 0.5},
     of_optax(L.ntxent, VECTORS, LABELS, temperature=0.5)),
    ("triplet_semi_hard", LABELS, LABEL, VECTORS, {}, {}, semi_hard(1.0)),
    ("triplet_hard", LABELS, LABEL, VECTORS, {}, {"margin": 0.5}, hard(0.5)),
    ("lifted_structure", LABELS, LABEL, VECTORS, {}, {}, lifted(1.0)),
    ("npairs", VECTORS, {}, PARTNERS, {}, {"temperature": 0.7}, info_nce(0.7)),
    ("weighted_kappa", LABELS, LABEL, CHANCES, CHANCE, {}, kappa()),
    ("generalized_dice", MAP_TARGETS, {}, MAP_CHANCES, CHANCE, {},
     of_optax(L.multiclass_generalized_dice_loss, MAPS, MAP_TARGETS)),
    ("generalized_dice", MAP_LABELS, LABEL, MAP_CHANCES, CHANCE, {},
     of_optax(L.multiclass_generalized_dice_loss, MAPS, MAP_TARGETS)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_losses_are_those_of_the_reference(case: Any) -> None:
    """Each value, or where the reference is one number the mean, in one XLA program."""
    name, target, target_kind, output, output_kind, options, expected = case
    entry = losses()[name]
    types = (
        tensor_type(target, True, **target_kind),
        tensor_type(np.asarray(output, np.float32), True, **output_kind),
    )

    @tf.function(jit_compile=True)
    def compiled() -> tf.Tensor:
        operands = (tf.constant(target), tf.constant(output, tf.float32))
        return run_loss(entry, operands, types, options, vars(loopc_runtime))[1]

    value = compiled().numpy()

    typed = entry.result(*types, with_defaults(entry, options))
    assert value.shape[1:] == typed.shape
    value = value if np.ndim(expected) else value.mean()
    np.testing.assert_allclose(value, expected, rtol=3e-5, atol=3e-6)


def test_what_looks_at_the_batch_is_marked() -> None:
    """An example's value changes with the others exactly where the entry says so."""
    for name, target, kind, output, output_kind, options, _ in CASES:
        entry = losses()[name]
        halves = []
        for part in (slice(None), slice(0, 4)):
            first, second = target[part], np.asarray(output[part], np.float32)
            types = (
                tensor_type(first, True, **kind),
                tensor_type(second, True, **output_kind),
            )
            values = run_loss(
                entry,
                (tf.constant(first), tf.constant(second)),
                types,
                options,
                vars(loopc_runtime),
            )[1]
            halves.append(np.asarray(values)[:4])
        same = np.allclose(halves[0], halves[1], rtol=1e-5, atol=1e-6)
        assert entry.coupled != same, name


def test_gradients_are_finite_where_examples_coincide() -> None:
    """A batch with two equal examples has gradients, not the root of 0's infinity."""
    label = tf.constant([0, 0, 1, 1])
    embedding = tf.Variable([[1.0, 2.0], [1.0, 2.0], [0.0, 1.0], [3.0, 1.0]])
    for loss in ("triplet_semi_hard", "triplet_hard", "lifted_structure", "ntxent"):
        with tf.GradientTape() as tape:
            value = getattr(loopc_runtime, loss)(label, embedding)
        assert np.all(np.isfinite(tape.gradient(value, embedding).numpy())), loss


F = TensorType("f32", (5,), stream="x")
LABEL_TYPE = TensorType("i32", (), "class", 5, "x")
CHANCE_TYPE = TensorType("f32", (5,), "probabilities", stream="x")


@pytest.mark.parametrize(
    ("name", "target", "output", "fact"),
    [
        ("sigmoid_focal", CHANCE_TYPE, CHANCE_TYPE, "the output holds probabilities"),
        ("sparsemax_loss", F, F, "not a label"),
        ("poly_loss", LABEL_TYPE, CHANCE_TYPE, "the output holds probabilities"),
        ("ranking_softmax", LABEL_TYPE, F, "the target is one label"),
        ("generalized_kl_divergence", LABEL_TYPE, F, "the target is class(5)"),
        ("giou_loss", F, F, "holds no box"),
        ("ntxent", F, F, "needs a label and one vector"),
        ("npairs", LABEL_TYPE, TensorType("f32", stream="x"), "needs two vectors"),
        ("weighted_kappa", F, F, "needs a label and one vector"),
        ("generalized_dice", F, TensorType("f32", (5,), "logits"), "holds logits"),
    ],
)
def test_operands_that_do_not_fit_are_refused(
    name: str, target: TensorType, output: TensorType, fact: str
) -> None:
    """A loss that cannot mean what is written says why."""
    entry = losses()[name]
    with pytest.raises(Mismatch) as caught:
        entry.choose(target, output, with_defaults(entry, {}))
    assert fact in caught.value.fact
