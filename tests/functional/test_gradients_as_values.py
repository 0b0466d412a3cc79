"""`grad` as a value: penalties, derivatives of derivatives, attacks, evaluations."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.functional.trained import (
    NET,
    Columns,
    Trained,
    assert_weights,
    descend,
    program,
)

SMOOTH = "model net(x: f32[5]) -> f32[3] = x |> dense(6, tanh) |> dense(3)\n"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_gradient_penalty(
    mode: str, columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A penalty on a gradient trains the weights through that gradient."""
    text = program(
        SMOOTH,
        """step (x, y) from d.train batch all {
    slope = norm(grad(sum(net(x)), wrt: x))
    loss = mean(mean_squared_error(y, net(x))) + 3 * mean((slope - 1) ^ 2)
    update net to minimize loss using sgd(0.05)
    report loss, slope
  }""",
        f"  execution = {mode}",
    )
    run = Trained(text, tmp_path, data_dir)
    net = run.fresh("net")
    x, y = tf.constant(columns["x"]), columns["y"]
    losses = []
    for _ in range(3):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                total = tf.reduce_sum(net(x))
            slope = tf.norm(inner.gradient(total, x), axis=1)
            loss = tf.reduce_mean((y - net(x)) ** 2)
            loss += 3 * tf.reduce_mean((slope - 1) ** 2)
        descend(net, outer.gradient(loss, net.trainable_variables), 0.05)
        losses.append(float(loss))
    assert_weights(run.models["net"], net)
    np.testing.assert_allclose(run.reports("loss"), losses, rtol=1e-5)


def test_third_derivative(columns: Columns, data_dir: Path, tmp_path: Path) -> None:
    """Derivatives nest: the third one of sin is minus its cosine."""
    text = program(
        NET,
        """step (x, y, t) from d.train batch all {
    wave = sin(2 * t)
    third = grad(grad(grad(wave, wrt: t), wrt: t), wrt: t)
    update net to minimize mean_squared_error(y, net(x)) using sgd(0.1)
    report third
  }""",
    )
    expected = np.mean(-8 * np.cos(2 * columns["t"]))
    found = Trained(text, tmp_path, data_dir).reports("third")
    np.testing.assert_allclose(found, [expected] * 3, rtol=1e-5)


def test_penalty_alone_leaves_the_last_bias(data_dir: Path, tmp_path: Path) -> None:
    """Weights that only a gradient could reach, and does not, stay as they are."""
    text = program(
        SMOOTH,
        """step (x) from d.train batch all {
    loss = mean(norm(grad(sum(net(x)), wrt: x)) ^ 2)
    update net to minimize loss using adam(0.1)
    report loss
  }""",
    )
    run = Trained(text, tmp_path, data_dir)
    assert run.reports("loss")[-1] < run.reports("loss")[0]
    names = [w.path for w in run.models["net"].weights]
    still = names.index("dense_1/bias")
    before, after = run.start["net"][still], run.models["net"].weights[still]
    np.testing.assert_array_equal(np.asarray(after), before)


def test_attack_of_several_steps(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Projected gradient ascent in a loop, in the step and in an evaluation."""
    attack = """moved = x
    repeat 3 {
      harm  = mean_squared_error(y, net(moved))
      moved = moved + 0.1 * sign(grad(harm, wrt: moved))
      moved = clip(moved, x - 0.2, x + 0.2)
    }
    loss = mean_squared_error(y, net(moved))"""
    text = program(
        SMOOTH,
        f"""step (x, y) from d.train batch all {{
    {attack}
    update net to minimize loss using sgd(0.05)
    report loss
  }}
  eval after (x, y) from d.train batch 8 at end {{
    {attack}
    report loss
  }}""",
    )
    run = Trained(text, tmp_path, data_dir)
    net, x, y = run.fresh("net"), tf.constant(columns["x"]), columns["y"]

    def attacked() -> tf.Tensor:
        moved = x
        for _ in range(3):
            with tf.GradientTape() as tape:
                tape.watch(moved)
                harm = tf.reduce_mean((y - net(moved)) ** 2, axis=1)
            moved = moved + 0.1 * tf.sign(tape.gradient(harm, moved))
            moved = tf.clip_by_value(moved, x - 0.2, x + 0.2)
        return moved

    for _ in range(3):
        moved = attacked()
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((y - net(moved)) ** 2)
        descend(net, tape.gradient(loss, net.trainable_variables), 0.05)
    assert_weights(run.models["net"], net)
    after = float(tf.reduce_mean((y - net(attacked())) ** 2))
    np.testing.assert_allclose(run.result["after.loss"], after, rtol=1e-4)


def test_straight_through_a_rounded_value(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The loss sees the rounded value, the weights the gradient as if it were not.

    Oracle: the gradient of a linear model's squared error, written out.
    """
    text = program(
        NET,
        """step (x, y) from d.train batch all {
    out  = net(x)
    code = straight_through(round(2 * out), 2 * out)
    loss = mean(squared_error(y, code))
    update net to minimize loss using sgd(0.1)
    report loss
  }""",
        length="1 epochs",
    )
    run = Trained(text, tmp_path, data_dir)
    kernel, bias = run.start["net"]
    x, y = columns["x"], columns["y"]
    code = np.round(2 * (x @ kernel + bias))
    slope = 2 * 2 * (code - y) / y.size
    np.testing.assert_allclose(run.reports("loss")[0], np.mean((y - code) ** 2), 1e-5)
    found = [np.asarray(w) for w in run.models["net"].weights]
    np.testing.assert_allclose(found[0], kernel - 0.1 * x.T @ slope, rtol=1e-4)
    np.testing.assert_allclose(found[1], bias - 0.1 * slope.sum(0), rtol=1e-4)
