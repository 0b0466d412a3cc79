"""Rules with a matrix for each axis: what holds whatever the basis of a weight is."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import GradientTransform, scale_by_soap, step_scope

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
