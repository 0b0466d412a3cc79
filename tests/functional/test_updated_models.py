"""Models as values: inner steps that are differentiated, first order, copies."""

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
BODY = """step (x, y) from d.train batch all {{
    fast = net
    repeat 2 {{
      inner = mean_squared_error(y, fast(x))
      fast  = updated(fast, minimize: inner, using: sgd(0.1){order})
    }}
    outer = mean(squared_error(0.5 * y, fast(x)))
    update net to minimize outer using sgd(0.2)
    report outer
  }}"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def dense(weights: list[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """The model with the given weights."""
    first, bias, last, other = weights
    return tf.tanh(x @ first + bias) @ last + other


@pytest.mark.parametrize(("order", "mode"), [(2, "xla"), (2, "graph"), (1, "graph")])
def test_gradient_through_inner_steps(
    order: int, mode: str, columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The outer update differentiates two inner steps, or takes them as constants."""
    text = program(
        SMOOTH,
        BODY.format(order=", order: 1" if order == 1 else ""),
        f"  execution = {mode}",
    )
    run = Trained(text, tmp_path, data_dir)
    net, x, y = run.fresh("net"), columns["x"], columns["y"]
    losses = []
    for _ in range(3):
        with tf.GradientTape() as outer_tape:
            weights = [tf.identity(v) for v in net.trainable_variables]
            for _ in range(2):
                with tf.GradientTape() as tape:
                    tape.watch(weights)
                    inner = tf.reduce_mean((y - dense(weights, x)) ** 2)
                steps = tape.gradient(inner, weights)
                if order == 1:
                    steps = [tf.stop_gradient(step) for step in steps]
                weights = [w - 0.1 * s for w, s in zip(weights, steps, strict=True)]
            outer = tf.reduce_mean((0.5 * y - dense(weights, x)) ** 2)
        descend(net, outer_tape.gradient(outer, net.trainable_variables), 0.2)
        losses.append(float(outer))
    assert_weights(run.models["net"], net)
    np.testing.assert_allclose(run.reports("outer"), losses, rtol=1e-5)


def test_step_of_a_declared_model(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """`updated(net, ...)` looks one step ahead and leaves `net` as it is."""
    text = program(
        SMOOTH,
        """step (x, y) from d.train batch all {
    now   = mean_squared_error(y, net(x))
    ahead = updated(net, minimize: now, using: clip_by_global_norm(0.5) |> sgd(0.1))
    then_ = mean_squared_error(y, ahead(x))
    update net to minimize now using sgd(0.0)
    report now, then_
  }""",
        length="1 epochs",
    )
    run = Trained(text, tmp_path, data_dir)
    weights = [tf.constant(w) for w in run.start["net"]]
    with tf.GradientTape() as tape:
        tape.watch(weights)
        now = tf.reduce_mean((columns["y"] - dense(weights, columns["x"])) ** 2)
    steps, _ = tf.clip_by_global_norm(tape.gradient(now, weights), 0.5)
    moved = [w - 0.1 * s for w, s in zip(weights, steps, strict=True)]
    ahead = tf.reduce_mean((columns["y"] - dense(moved, columns["x"])) ** 2)
    np.testing.assert_allclose(run.reports("now")[0], float(now), rtol=1e-5)
    np.testing.assert_allclose(run.reports("then_")[0], float(ahead), rtol=1e-5)


TWO_HEADS = """model net(x: f32[5]) -> (f32[3], f32[2]) {
  h = x |> dense(6, tanh)
  return h |> dense(3), h |> dense(2)
}
"""


def test_head_that_no_objective_reads(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Of a model value with two outputs, weights of the one that is not read are left
    out of the update, decay included; the others go through the inner step.
    """
    text = program(
        TWO_HEADS,
        """step (x, y) from d.train batch all {
    out, _  = net(x)
    ahead   = updated(net, minimize: mean_squared_error(y, out), using: sgd(0.1))
    next, _ = ahead(x)
    outer   = mean(squared_error(0.5 * y, next))
    update net to minimize outer using sgd(0.2, weight_decay: 0.1)
  }""",
        length="1 epochs",
    )
    run = Trained(text, tmp_path, data_dir)
    names = [w.path for w in run.models["net"].weights]
    heads = [n.startswith("dense_2") for n in names]
    weights = [tf.constant(w) for w in run.start["net"]]
    used = [w for w, head in zip(weights, heads, strict=True) if not head]
    with tf.GradientTape() as outer_tape:
        outer_tape.watch(used)
        with tf.GradientTape() as tape:
            tape.watch(used)
            inner = tf.reduce_mean((columns["y"] - dense(used, columns["x"])) ** 2)
        steps = tape.gradient(inner, used)
        moved = [w - 0.1 * s for w, s in zip(used, steps, strict=True)]
        outer = (0.5 * columns["y"] - dense(moved, columns["x"])) ** 2
        outer = tf.reduce_mean(outer)
    slopes = iter(outer_tape.gradient(outer, used))
    for found, before, head in zip(
        run.models["net"].weights, weights, heads, strict=True
    ):
        wanted = before
        if not head:  # Keras decays first, by the rate times the decay
            wanted = before * (1 - 0.2 * 0.1) - 0.2 * next(slopes)
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
