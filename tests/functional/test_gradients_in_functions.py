"""`grad` and `updated` in functions, as loops by hand have them in functions too."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.functional.trained import (
    Columns,
    Trained,
    assert_weights,
    descend,
    program,
)

SMOOTH = "model net(x: f32[5]) -> f32[3] = x |> dense(6, tanh) |> dense(3)\n"
RESIDUAL = """
fn residual(x, c) {
  v = sum(net(x))
  v_x = grad(v, wrt: x)
  bend = grad(sum(v_x ^ 2), wrt: x)
  return v * sum(v_x) + c * sum(bend)
}
"""
PENALTY = """
fn penalty(critic: model, x) = mean((norm(grad(sum(critic(x)), wrt: x)) - 1) ^ 2)
"""
ADAPTED = """
fn error(m: model, x, y) = mean_squared_error(y, m(x))
fn adapted(m: model, x, y) {
  fast = m
  repeat 2 {
    fast = updated(fast, minimize: error(fast, x, y), using: sgd(0.1))
  }
  return fast
}
"""
ATTACKED = """
fn attacked(m: model, x, y) {
  moved = x
  repeat 2 {
    harm = mean_squared_error(y, m(moved))
    moved = moved + 0.1 * sign(grad(harm, wrt: moved))
  }
  return moved
}
"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_second_derivative_in_a_function(
    mode: str, columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """An update goes through first and second derivatives that a function takes."""
    text = program(
        SMOOTH + RESIDUAL,
        """step (x) from d.train batch all {
    loss = mean(residual(x, 0.3) ^ 2)
    update net to minimize loss using sgd(0.02)
    report loss
  }""",
        f"  execution = {mode}",
    )
    run = Trained(text, tmp_path, data_dir)
    net, x = run.fresh("net"), tf.constant(columns["x"])
    losses = []
    for _ in range(3):
        with tf.GradientTape() as tape:
            with tf.GradientTape() as second:
                second.watch(x)
                with tf.GradientTape() as first:
                    first.watch(x)
                    v = tf.reduce_sum(net(x), axis=1)
                v_x = first.gradient(v, x)
                squares = tf.reduce_sum(v_x**2, axis=1)
            bend = tf.reduce_sum(second.gradient(squares, x), axis=1)
            loss = tf.reduce_mean((v * tf.reduce_sum(v_x, axis=1) + 0.3 * bend) ** 2)
        descend(net, tape.gradient(loss, net.trainable_variables), 0.02)
        losses.append(float(loss))
    assert_weights(run.models["net"], net)
    np.testing.assert_allclose(run.reports("loss"), losses, rtol=1e-4)


def test_penalty_of_any_critic(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A function takes the gradient of a model it is given; a bias that no gradient
    reaches stays as it is.
    """
    text = program(
        SMOOTH + PENALTY,
        """step (x) from d.train batch all {
    update net to minimize penalty(net, x) using sgd(0.5)
  }""",
    )
    run = Trained(text, tmp_path, data_dir)
    net, x = run.fresh("net"), tf.constant(columns["x"])
    for _ in range(3):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                total = tf.reduce_sum(net(x))
            loss = tf.reduce_mean((tf.norm(inner.gradient(total, x), axis=1) - 1) ** 2)
        *gradients, last = outer.gradient(loss, net.trainable_variables)
        assert last is None
        descend(net, [*gradients, tf.zeros(3)], 0.5)
    assert_weights(run.models["net"], net)
    bias = [w.path for w in net.weights].index("dense_1/bias")
    kept = np.asarray(run.models["net"].weights[bias])
    np.testing.assert_array_equal(kept, run.start["net"][bias])


def test_window_of_a_mean_in_a_function(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The mean that such a function ends in counts examples, not batches."""
    text = program(
        SMOOTH + PENALTY,
        """step (x) from d.train batch 8 {
    p = penalty(net, x)
    update net to minimize p using sgd(0.0)
    report p, root = sqrt(p)
  }""",
        length="1 epochs",
    )
    run = Trained(text, tmp_path, data_dir)
    net, x = run.fresh("net"), tf.constant(columns["x"])
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(net(x))
    p = float(tf.reduce_mean((tf.norm(tape.gradient(total, x), axis=1) - 1) ** 2))
    np.testing.assert_allclose(run.reports("p")[0], p, rtol=1e-5)
    np.testing.assert_allclose(run.reports("root")[0], p**0.5, rtol=1e-5)


def test_adapted_model_that_a_function_gives(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A function returns a model after inner steps; the update goes through them."""
    text = program(
        SMOOTH + ADAPTED,
        """step (x, y) from d.train batch all {
    fast = adapted(net, x, y)
    outer = mean(error(fast, x, 0.5 * y))
    update net to minimize outer using sgd(0.2)
    report outer
  }""",
    )
    run = Trained(text, tmp_path, data_dir)
    net, x, y = run.fresh("net"), columns["x"], columns["y"]

    def fitted(weights: list[tf.Tensor]) -> tf.Tensor:
        first, bias, last, other = weights
        return tf.tanh(x @ first + bias) @ last + other

    losses = []
    for _ in range(3):
        with tf.GradientTape() as outer_tape:
            weights = [tf.identity(v) for v in net.trainable_variables]
            for _ in range(2):
                with tf.GradientTape() as tape:
                    tape.watch(weights)
                    inner = tf.reduce_mean((y - fitted(weights)) ** 2)
                steps = tape.gradient(inner, weights)
                weights = [w - 0.1 * s for w, s in zip(weights, steps, strict=True)]
            outer = tf.reduce_mean((0.5 * y - fitted(weights)) ** 2)
        descend(net, outer_tape.gradient(outer, net.trainable_variables), 0.2)
        losses.append(float(outer))
    assert_weights(run.models["net"], net)
    np.testing.assert_allclose(run.reports("outer"), losses, rtol=1e-5)


def test_attack_in_a_function_of_step_and_eval(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """One function serves the step and the evaluation, and carries through its loop."""
    text = program(
        SMOOTH + ATTACKED,
        """step (x, y) from d.train batch all {
    loss = mean_squared_error(y, net(attacked(net, x, y)))
    update net to minimize loss using sgd(0.05)
  }
  eval after (x, y) from d.train batch 8 at end {
    report loss = mean_squared_error(y, net(attacked(net, x, y)))
  }""",
    )
    run = Trained(text, tmp_path, data_dir)
    net, x, y = run.fresh("net"), tf.constant(columns["x"]), columns["y"]

    def attacked() -> tf.Tensor:
        moved = x
        for _ in range(2):
            with tf.GradientTape() as tape:
                tape.watch(moved)
                harm = tf.reduce_mean((y - net(moved)) ** 2, axis=1)
            moved = moved + 0.1 * tf.sign(tape.gradient(harm, moved))
        return moved

    def loss() -> tf.Tensor:
        return tf.reduce_mean((y - net(attacked())) ** 2)

    for _ in range(3):
        with tf.GradientTape() as tape:
            value = loss()
        descend(net, tape.gradient(value, net.trainable_variables), 0.05)
    assert_weights(run.models["net"], net)
    np.testing.assert_allclose(run.result["after.loss"], float(loss()), rtol=1e-4)


def test_objective_with_a_penalty_evaluated_again(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A chain that computes the objective again goes through the function again; the
    report of a sum of means is made of what the first time gave.
    """
    text = program(
        SMOOTH + PENALTY,
        """step (x, y) from d.train batch all {
    loss = mean(squared_error(y, net(x))) + 0.3 * penalty(net, x)
    update net to minimize loss using sam(sgd(0.1), rho: 0.2)
    report loss
  }""",
    )
    run = Trained(text, tmp_path, data_dir)
    net, x, y = run.fresh("net"), tf.constant(columns["x"]), columns["y"]
    variables = net.trainable_variables

    def evaluated() -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                total = tf.reduce_sum(net(x))
            slope = tf.norm(inner.gradient(total, x), axis=1)
            loss = tf.reduce_mean((y - net(x)) ** 2)
            loss += 0.3 * tf.reduce_mean((slope - 1) ** 2)
        return loss, outer.gradient(loss, variables)

    losses = []
    for _ in range(3):
        loss, gradients = evaluated()
        losses.append(float(loss))
        up = [0.2 / tf.linalg.global_norm(gradients) * g for g in gradients]
        for variable, change in zip(variables, up, strict=True):
            variable.assign_add(change)
        _, nearby = evaluated()
        for variable, change in zip(variables, up, strict=True):
            variable.assign_sub(change)
        descend(net, nearby, 0.1)
    assert_weights(run.models["net"], net)
    np.testing.assert_allclose(run.reports("loss"), losses, rtol=1e-5)
