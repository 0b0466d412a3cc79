"""Named optimizers: flavors that do not exist, masks, purity under a gradient."""

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    adadelta,
    adagrad,
    adam,
    adamax,
    adamw,
    add_decayed_weights,
    chain,
    clip_by_global_norm,
    kernels,
    lion,
    nadam,
    rmsprop,
    sgd,
)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sgd(flavor="jax"), "`sgd` has no flavor 'jax'; known: keras, optax"),
        (lambda: lion(flavor="torch"), "`lion` has no flavor 'torch'"),
        (lambda: sgd(weight_decay=0.1, flavor="optax"), "optax's `sgd` has no weight"),
        (lambda: adam(weight_decay=0.1, flavor="optax"), "optax's `adam` has no"),
        (lambda: rmsprop(weight_decay=0.1, flavor="optax"), "optax's `rmsprop` has no"),
        (lambda: adagrad(weight_decay=0.1, flavor="optax"), "optax's `adagrad` has no"),
        (lambda: nadam(momentum_decay=0.004), "`momentum_decay` belongs to torch"),
    ],
)
def test_what_a_library_does_not_have_is_refused(make, message: str) -> None:
    """A flavor never falls back on another library's arithmetic."""
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "make", [sgd, rmsprop, adam, adamw, nadam, adamax, adagrad, adadelta, lion]
)
def test_a_mask_spares_what_it_leaves_out(make) -> None:
    """With zero gradients only kernels move, and they move by decay alone."""
    kernel = tf.Variable(tf.ones([2, 2]), name="kernel")
    bias = tf.Variable(tf.ones([2]), name="bias")
    transform = make(0.1, weight_decay=0.5, mask=kernels)
    variables = [kernel, bias]
    zeros = [tf.zeros_like(each) for each in variables]

    updates, _ = transform.update(zeros, transform.init(variables), variables)

    np.testing.assert_allclose(updates[0], np.full([2, 2], -0.05), rtol=1e-6)
    assert updates[1].numpy().tolist() == [0.0, 0.0]


def test_masks_that_do_not_fit_are_errors() -> None:
    """Wrong length, no variables, or nameless tensors: each is said in a sentence."""
    gradients = [tf.zeros([2, 2])]

    with pytest.raises(ValueError, match="found 2 entries for 1 variables"):
        add_decayed_weights(0.1, [True, False]).update(gradients, (), gradients)
    with pytest.raises(ValueError, match="reads the variables"):
        add_decayed_weights(0.1).update(gradients, ())
    with pytest.raises(ValueError, match="plain tensor, which has no name"):
        add_decayed_weights(0.1, kernels).update(gradients, (), gradients)


def test_an_inner_step_is_differentiable() -> None:
    """The gradient through a chain's step is that of a finite difference (MAML)."""
    transform = chain(clip_by_global_norm(1.0), adamw(0.1, epsilon=0.1))

    def outer(value: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(value)
            inner = tf.reduce_sum(value**3)
        gradients = [tape.gradient(inner, value)]
        updates, _ = transform.update(gradients, transform.init([value]), [value])
        return tf.reduce_sum((value + updates[0]) ** 2)

    point = tf.constant([0.7, -0.4], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(point)
        result = outer(point)
    slope = tape.gradient(result, point)

    for axis in range(2):
        nudge = tf.one_hot(axis, 2, dtype=tf.float64) * 1e-5
        difference = (outer(point + nudge) - outer(point - nudge)) / 2e-5
        assert float(slope[axis]) == pytest.approx(float(difference), rel=1e-5)
