"""Gradients of single examples and line search, against optax."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import tensorflow as tf
from tests.parity.descents import descent_error, jax_loss, optax_descent, our_descent

import loopc_runtime as ours
from loopc_runtime import per_example_gradients, step_scope

XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
SHAPES = ((4, 2), (3,), ())


def examples() -> list[np.ndarray]:
    """Return gradients of eight examples, of very different lengths."""
    random = np.random.default_rng(4)
    sizes = 10.0 ** random.uniform(-2, 1, 8)
    return [
        (random.normal(size=(8, *shape)) * sizes.reshape(8, *[1] * len(shape))).astype(
            np.float32
        )
        for shape in SHAPES
    ]


@XLA
def test_clips_of_examples_are_those_of_optax(xla: bool) -> None:
    """By the global norm, and layer by layer, equally and by size."""
    given = examples()
    variables = [tf.Variable(np.zeros(shape, np.float32)) for shape in SHAPES]
    in_jax = [jnp.asarray(each) for each in given]
    cases = [
        (
            ours.per_example_global_norm_clip(1.5),
            optax.per_example_global_norm_clip(in_jax, 1.5)[0],
        ),
        (
            ours.per_example_layer_norm_clip(1.5),
            optax.per_example_layer_norm_clip(in_jax, 1.5)[0],
        ),
        (
            ours.per_example_layer_norm_clip(1.5, uniform=False),
            optax.per_example_layer_norm_clip(in_jax, 1.5, uniform=False)[0],
        ),
    ]
    for transform, theirs in cases:
        update = tf.function(
            lambda g, transform=transform: transform.update(g, (), variables)[0],
            jit_compile=xla,
        )
        for mine, other in zip(update(given), theirs, strict=True):
            np.testing.assert_allclose(mine, np.asarray(other) / 8, rtol=2e-5)


@XLA
def test_private_noise_has_its_deviation(xla: bool) -> None:
    """The update is the clipped mean and noise of deviation c sigma / batch."""
    variable = tf.Variable(np.zeros(10_000, np.float32))
    transform = ours.differentially_private_aggregate(2.0, 0.5)

    @tf.function(jit_compile=xla)
    def update(step: tf.Tensor) -> tf.Tensor:
        with step_scope(1, step):
            gradient = tf.zeros([8, 10_000])
            return transform.update([gradient], transform.init([variable]))[0][0]

    noise = update(tf.constant(0, tf.int64)).numpy()
    assert abs(noise.mean()) < 5 * 0.125 / 100
    assert abs(noise.std() - 0.125) < 5 * 0.125 / np.sqrt(2 * 10_000)
    assert not np.array_equal(noise, update(tf.constant(1, tf.int64)).numpy())


@XLA
def test_gradients_of_examples_are_those_taken_one_by_one(xla: bool) -> None:
    """Vectorized, they equal a loop over the examples; results come as one batch."""
    random = np.random.default_rng(2)
    x = random.normal(size=(6, 3)).astype(np.float32)
    y = random.normal(size=(6, 2)).astype(np.float32)
    kernel = tf.Variable(random.normal(size=(3, 2)).astype(np.float32))

    def objective(x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss = tf.reduce_mean(tf.square(tf.tanh(x @ kernel) - y), axis=1)
        return tf.reduce_mean(loss), loss

    taken = tf.function(
        lambda: per_example_gradients(objective, [kernel], x, y), jit_compile=xla
    )
    (gradient,), value, loss = taken()

    for row in range(6):
        with tf.GradientTape() as tape:
            one, _ = objective(x[row : row + 1], y[row : row + 1])
        np.testing.assert_allclose(
            gradient[row], tape.gradient(one, kernel), rtol=1e-5, atol=1e-6
        )
        np.testing.assert_allclose(loss[row], one, rtol=1e-5)
    np.testing.assert_allclose(value, np.mean(loss), rtol=1e-5)


@XLA
@pytest.mark.parametrize("options", [{}, {"slope_rtol": 0.3, "increase_factor": 4.0}])
def test_backtracking_takes_the_steps_of_optax(xla: bool, options: dict) -> None:
    """Every step size is that of optax, where the first guess is too long too."""
    transform = optax.chain(
        optax.sgd(8.0), optax.scale_by_backtracking_linesearch(15, **options)
    )

    def extra(value: jax.Array, gradients: list) -> dict:
        return {"value": value, "grad": gradients, "value_fn": jax_loss}

    theirs = optax_descent(transform, extra=extra, steps=30)

    mine, _ = our_descent(
        lambda: ours.chain(
            ours.sgd(8.0), ours.scale_by_backtracking_linesearch(15, **options)
        ),
        xla=xla,
        steps=30,
        again=True,
    )

    assert descent_error(mine, theirs) <= 1e-4
