"""Rules with a matrix for each axis: what holds whatever the basis of a weight is."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    GradientTransform,
    linear,
    scale_by_kron,
    scale_by_soap,
    step_scope,
)
from loopc_runtime.random import random_normal
from loopc_runtime.schedules import as_schedule
from loopc_runtime.transforms.kron import probability_of_learning

Arrays = list[np.ndarray]
XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])


def taken(
    make: Callable[[], GradientTransform], gradients: Arrays, xla: bool = False
) -> Arrays:
    """Return the update for each gradient of one variable."""
    transform = make()

    @tf.function(jit_compile=xla, autograph=False)
    def step_once(gradient: tf.Tensor, state: object, step: tf.Tensor) -> tuple:
        with step_scope(2, step):
            return transform.update([gradient], state, [gradient])

    state, updates = transform.init([tf.constant(gradients[0])]), []
    for step, gradient in enumerate(gradients):
        (update,), state = step_once(tf.constant(gradient), state, tf.constant(step))
        updates.append(update.numpy())
    return updates


def rotation(random: np.random.Generator, size: int) -> np.ndarray:
    """Return a random orthogonal matrix."""
    return np.asarray(np.linalg.qr(random.normal(size=[size, size]))[0])


def test_soap_does_not_depend_on_the_axes_of_a_weight() -> None:
    """Rotated gradients, from both sides, give rotated steps; Adam's would differ."""
    random = np.random.default_rng(0)
    gradients = list(random.normal(size=[25, 4, 4]) * 10.0 ** np.arange(4))
    left, right = rotation(random, 4), rotation(random, 4)

    plain = taken(scale_by_soap, gradients)
    rotated = taken(scale_by_soap, [left @ each @ right for each in gradients])

    assert np.abs(plain[-1]).max() > 0.1
    for one, other in zip(plain, rotated, strict=True):
        np.testing.assert_allclose(other, left @ one @ right, atol=1e-7)


@XLA
@pytest.mark.parametrize("rank", [0, 1], ids=["zero", "one"])
def test_gradients_without_full_rank_leave_bases_orthonormal(
    rank: int, xla: bool
) -> None:
    """Where there is nothing to decompose, steps are finite, and 0 for zeros."""
    random = np.random.default_rng(1)
    columns = random.normal(size=[12, 6, rank]) @ random.normal(size=[rank, 5])
    gradients = list(np.float32(columns))

    updates = taken(lambda: scale_by_soap(precondition_frequency=2), gradients, xla)

    assert all(np.isfinite(each).all() for each in updates)
    assert all(np.abs(each).max() < 20 for each in updates)
    assert rank or not np.any(updates)


@pytest.mark.parametrize("vectors", [False, True])
def test_soap_gives_a_vector_a_basis_if_told(vectors: bool) -> None:
    """Without one, SOAP is Adam from the second gradient on, with Keras' epsilon."""
    random = np.random.default_rng(2)
    gradients = list(random.normal(size=[8, 3]))

    updates = taken(lambda: scale_by_soap(precondition_1d=vectors), gradients)

    mean = square = np.zeros(3)
    for count, (gradient, update) in enumerate(
        zip(gradients[1:], updates[1:], strict=True), start=1
    ):
        mean = 0.95 * mean + 0.05 * gradient
        square = 0.95 * square + 0.05 * gradient**2
        share = 1 - 0.95**count
        adam = mean / (np.sqrt(square) + 1e-8) * np.sqrt(share) / share
        assert np.allclose(update, adam) != vectors


def test_kron_learns_to_whiten() -> None:
    """Its preconditioner becomes the inverse root of the gradients' covariance."""
    root = np.array([[2.0, 0.0, 0.0], [0.5, 0.5, 0.0], [-0.3, 0.2, 0.1]])
    transform = scale_by_kron(
        0.0, 1.0, min_ndim_triangular=1, precond_lr=linear(0.1, 0.002, 3000)
    )
    variables = [tf.zeros([3])]

    @tf.function(jit_compile=True, autograph=False)
    def learn() -> tf.Tensor:
        def body(step: tf.Tensor, leaves: list[tf.Tensor]) -> tuple:
            with step_scope(4, step):
                drawn = random_normal([3], "gradient")
                gradient = tf.linalg.matvec(tf.constant(root, tf.float32), drawn)
                state = tf.nest.pack_sequence_as(first, leaves)
                _, state = transform.update([gradient], state, variables)
            return step + 1, tf.nest.flatten(state)

        first = transform.init(variables)
        start = (tf.constant(0), tf.nest.flatten(first))
        _, leaves = tf.while_loop(lambda step, _: step < 4000, body, start)
        return tf.nest.pack_sequence_as(first, leaves).factors[0][0]

    factor = learn().numpy()
    values, vectors = np.linalg.eigh(root @ root.T)
    wanted = vectors / np.sqrt(values) @ vectors.T

    assert np.array_equal(factor, np.triu(factor))
    np.testing.assert_allclose(factor.T @ factor, wanted, atol=0.1 * wanted.max())


def test_factors_learn_ever_more_rarely() -> None:
    """At each of the first 500 updates, at last at every 34th, or as often as told."""
    fall = as_schedule(probability_of_learning(None))

    assert probability_of_learning(0.25) == 0.25
    for count, wanted in [(0, 1.0), (500, 1.0), (1500, np.exp(-1.0)), (9000, 0.03)]:
        assert float(fall(count)) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize(
    ("memory_save", "shape", "ranks"),
    [
        (None, [4, 1, 3], [2, 1, 2]),
        ("one_diag", [4, 4, 3], [2, 1, 2]),
        ("smart_one_diag", [4, 4, 3], [2, 2, 2]),
        ("smart_one_diag", [4, 5, 3], [2, 1, 2]),
        ("all_diag", [4, 5, 3], [1, 1, 1]),
        (None, [9, 3], [1, 2]),
        (None, [4], [1]),
        (None, [], [1]),
    ],
)
def test_factors_are_as_small_as_told(
    memory_save: str | None, shape: list[int], ranks: list[int]
) -> None:
    """Triangular; diagonal along single and long axes, of vectors, to save memory."""
    transform = scale_by_kron(max_size_triangular=8, memory_save=memory_save)

    (factors,) = transform.init([tf.zeros(shape)]).factors

    assert [each.shape.rank for each in factors] == ranks
    assert [int(each.shape[0]) for each in factors] == (shape or [1])


def test_kron_names_the_ways_to_save_memory() -> None:
    """An unknown one is an error."""
    with pytest.raises(ValueError, match="one_diag, smart_one_diag, all_diag"):
        scale_by_kron(memory_save="two_diag")
