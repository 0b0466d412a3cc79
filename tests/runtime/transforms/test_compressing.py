"""Gradients with few elements: which are kept, and what becomes of the others."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    GradientTransform,
    drop_gradients,
    quantize_signs,
    sparsify,
    step_scope,
)

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])


@DTYPES
def test_the_largest_elements_are_kept_as_they_are(dtype: str) -> None:
    """Those of a sort, in each dtype, and all that are as large as the last one."""
    random = np.random.default_rng(0)
    gradient = tf.cast(
        random.normal(size=[40, 25]) * 10.0 ** random.uniform(-8, 8), dtype
    )
    transform = sparsify(0.05, error_feedback=False)

    (kept,), _ = transform.update([gradient], transform.init([gradient]))

    magnitudes = np.abs(np.float64(gradient.numpy()))
    threshold = np.sort(magnitudes, axis=None)[-50]
    wanted = np.where(magnitudes >= threshold, np.float64(gradient.numpy()), 0.0)
    np.testing.assert_array_equal(np.float64(kept.numpy()), wanted)


def test_what_is_left_out_comes_later() -> None:
    """Of a constant gradient each element is sent in turn, and what is sent adds up."""
    gradient = tf.constant([4.1, -2.9, 2.03])  # no two sums are equal
    transform = sparsify(0.3)
    state, sent = transform.init([gradient]), []
    for _ in range(60):
        (update,), state = transform.update([gradient], state)
        sent.append(update.numpy())

    assert all(np.count_nonzero(each) == 1 for each in sent)
    np.testing.assert_allclose(np.sum(sent, axis=0) / 60, [4.1, -2.9, 2.03], atol=0.15)
    np.testing.assert_allclose(
        np.sum(sent, axis=0) + state[0].numpy(), [246.0, -174.0, 121.8], rtol=1e-5
    )


def test_signs_keep_the_sum_of_magnitudes() -> None:
    """One size for a tensor: its mean magnitude; zeros stay zeros."""
    gradient = tf.constant([1.0, -2.0, 0.0, 5.0])
    transform = quantize_signs(error_feedback=False)

    (update,), _ = transform.update([gradient], transform.init([gradient]))

    np.testing.assert_array_equal(update.numpy(), [2.0, -2.0, 0.0, 2.0])


def test_gradients_are_dropped_at_random() -> None:
    """A share of `rate` is 0, the mean stays, another step draws others."""
    transform = drop_gradients(0.25)
    ones = [tf.ones([400, 250])]
    drawn = []
    for step in (0, 0, 1):
        with step_scope(3, tf.constant(step)):
            (update,), _ = transform.update(ones, transform.init(ones))
        drawn.append(update.numpy())

    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert set(np.unique(drawn[0])) == {np.float32(0.0), np.float32(1.0 / 0.75)}
    for one in drawn:  # the share of 100,000 has a standard error of 0.0014
        assert np.mean(one == 0.0) == pytest.approx(0.25, abs=0.007)
    assert np.mean((drawn[0] == 0) & (drawn[2] == 0)) == pytest.approx(1 / 16, abs=4e-3)


@pytest.mark.parametrize(
    "make",
    [lambda: sparsify(0.0), lambda: sparsify(1.5), lambda: drop_gradients(1.0)],
    ids=["nothing", "too much", "all"],
)
def test_shares_are_shares(make: Callable[[], GradientTransform]) -> None:
    """A share outside of its range is an error that names it."""
    with pytest.raises(ValueError, match=r"not \d"):
        make()
