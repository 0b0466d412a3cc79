"""Chains of generated scripts against the same updates written by hand."""

from collections.abc import Iterator
from pathlib import Path

import keras
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

SQUARED = "loss = mean_squared_error(y, net(x))"
STEP = "step (x, y) from d.train batch 8 {{\n{body}\nreport loss\n}}"
TASKS = """
model trunk(x: f32[5]) -> f32[4] = x |> dense(4, tanh)
model first(h: f32[4]) -> f32[3] = h |> dense(3)
model second(h: f32[4]) -> f32[3] = h |> dense(3)
"""
TWO = """
h = trunk(x)
near = mean_squared_error(y, first(h))
far = mean_squared_error(2 - y, second(h))
update trunk, first, second to minimize [near, far] using {chain}
loss = mean(near)
"""

GROUPS = """pcgrad |> {
  biases => sgd(0.05)
  "first/*" => sgd(0.3)
  otherwise => sgd(0.1)
}"""


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Leave the progress display out of the tests' output."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOOPC_PROGRESS", "none")
        yield


def train(
    models: str, body: str, workdir: Path, data_dir: Path, length: str = "1 epoch"
) -> Trained:
    """Train a small program whose step is `body`."""
    text = program(models, STEP.format(body=body), length=length)
    return Trained(text, workdir, data_dir)


def squared_error(net: keras.Model, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
    """Return the mean squared error of a model that is in training mode."""
    return tf.reduce_mean(tf.square(net(x, training=True) - y))


def test_accumulated_batches_are_one_batch(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Batches of 8, 8 and 6 in updates of two: 16 rows, then what is left flushed."""
    body = f"{SQUARED}\nupdate net to minimize loss using accumulate(sgd(0.1), 2)"

    ran = train(NET, body, tmp_path, data_dir)

    expected = ran.fresh("net")
    rows = np.concatenate(ran.rows(3))
    for part in (rows[:16], rows[16:]):
        with tf.GradientTape() as tape:
            loss = squared_error(expected, columns["x"][part], columns["y"][part])
        descend(expected, tape.gradient(loss, expected.trainable_variables), 0.1)
    assert_weights(ran.models["net"], expected)
    assert int(ran.optimizers["net"].updates) == 2


def test_sam_descends_by_the_gradient_nearby(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The second pass sees the same examples; moving statistics move once a step."""
    models = "model net(x: f32[5]) -> f32[3] = x |> batch_norm |> dense(3)\n"
    body = f"{SQUARED}\nupdate net to minimize loss using sam(sgd(0.1), rho: 0.2)"

    ran = train(models, body, tmp_path, data_dir)

    net = ran.fresh("net")
    variables = net.trainable_variables
    for part in ran.rows(3):
        x, y = columns["x"][part], columns["y"][part]
        with tf.GradientTape() as tape:
            loss = squared_error(net, x, y)
        gradients = tape.gradient(loss, variables)
        moving = [tf.identity(v) for v in net.non_trainable_variables]
        factor = 0.2 / tf.linalg.global_norm(gradients)
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign_add(factor * gradient)
        with tf.GradientTape() as tape:
            loss = squared_error(net, x, y)
        worst = tape.gradient(loss, variables)
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign_sub(factor * gradient)
        for variable, value in zip(net.non_trainable_variables, moving, strict=True):
            variable.assign(value)
        descend(net, worst, 0.1)
    assert_weights(ran.models["net"], net)


def test_surgery_and_groups_are_those_of_a_loop_written_by_hand(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Projected gradients on the trunk, plain ones on the heads, rates by group."""
    chain = GROUPS
    ran = train(TASKS, TWO.format(chain=chain), tmp_path, data_dir)

    trunk, first, second = (ran.fresh(n) for n in ("trunk", "first", "second"))
    rates = [0.1, 0.05, 0.3, 0.05, 0.1, 0.05]
    variables = [v for m in (trunk, first, second) for v in m.trainable_variables]
    for part in ran.rows(3):
        x, y = columns["x"][part], columns["y"][part]
        with tf.GradientTape(persistent=True) as tape:
            h = trunk(x)
            near = tf.reduce_mean(tf.square(first(h) - y))
            far = tf.reduce_mean(tf.square(second(h) - (2 - y)))
        a = tape.gradient(near, trunk.trainable_variables)
        b = tape.gradient(far, trunk.trainable_variables)
        shared = projected_sum(a, b)
        heads = tape.gradient(near, first.trainable_variables)
        heads += tape.gradient(far, second.trainable_variables)
        for variable, gradient, rate in zip(
            variables, shared + heads, rates, strict=True
        ):
            variable.assign_sub(rate * gradient)
    for name, expected in (("trunk", trunk), ("first", first), ("second", second)):
        assert_weights(ran.models[name], expected)


def projected_sum(a: list[tf.Tensor], b: list[tf.Tensor]) -> list[tf.Tensor]:
    """Return the sum of two gradients, each off the other's opposite."""
    along = tf.add_n([tf.reduce_sum(p * q) for p, q in zip(a, b, strict=True)])
    conflict = tf.minimum(along, 0.0)
    of_a = conflict / tf.square(tf.linalg.global_norm(a))
    of_b = conflict / tf.square(tf.linalg.global_norm(b))
    return [(p - of_b * q) + (q - of_a * p) for p, q in zip(a, b, strict=True)]


def test_weighted_objectives_take_one_backward_pass(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The geometric mean of two objectives is descended as if it were written out."""
    ran = train(TASKS, TWO.format(chain="gls |> sgd(0.1)"), tmp_path, data_dir)

    models = [ran.fresh(n) for n in ("trunk", "first", "second")]
    trunk, first, second = models
    for part in ran.rows(3):
        x, y = columns["x"][part], columns["y"][part]
        with tf.GradientTape() as tape:
            h = trunk(x)
            near = tf.reduce_mean(tf.square(first(h) - y))
            far = tf.reduce_mean(tf.square(second(h) - (2 - y)))
            loss = tf.sqrt(near * far)
        variables = [m.trainable_variables for m in models]
        for model, gradients in zip(
            models, tape.gradient(loss, variables), strict=True
        ):
            descend(model, gradients, 0.1)
    for name, expected in zip(("trunk", "first", "second"), models, strict=True):
        assert_weights(ran.models[name], expected)


def test_examples_are_clipped_one_by_one(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The update is the mean of gradients that were clipped alone."""
    chain = "per_example_global_norm_clip(0.5) |> sgd(0.2)"
    body = f"{SQUARED}\nupdate net to minimize loss using {chain}"

    ran = train(NET, body, tmp_path, data_dir)

    net = ran.fresh("net")
    for part in ran.rows(3):
        sums = [np.zeros(v.shape) for v in net.trainable_variables]
        for row in part:
            with tf.GradientTape() as tape:
                loss = squared_error(net, columns["x"][[row]], columns["y"][[row]])
            gradients = tape.gradient(loss, net.trainable_variables)
            clipped, _ = tf.clip_by_global_norm(gradients, 0.5)
            sums = [total + g.numpy() for total, g in zip(sums, clipped, strict=True)]
        descend(net, [total / len(part) for total in sums], 0.2)
    assert_weights(ran.models["net"], net)


def test_a_line_search_takes_the_first_step_that_falls_enough(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Tries 1, 0.5, 0.25, ... times a step that is too long, by Armijo's rule."""
    search = "scale_by_backtracking_linesearch(decrease_factor: 0.5, slope_rtol: 0.3)"
    body = f"{SQUARED}\nupdate net to minimize loss using sgd(4.0) |> {search}"

    ran = train(NET, body, tmp_path, data_dir)

    net, size = ran.fresh("net"), 1.0
    variables = net.trainable_variables
    for part in ran.rows(3):
        x, y = columns["x"][part], columns["y"][part]
        with tf.GradientTape() as tape:
            loss = squared_error(net, x, y)
        gradients = tape.gradient(loss, variables)
        slope = -4.0 * float(tf.linalg.global_norm(gradients)) ** 2
        begin = [v.numpy() for v in variables]
        size = min(1.5 * size, 1.0)
        while True:
            for variable, value, gradient in zip(
                variables, begin, gradients, strict=True
            ):
                variable.assign(value - 4.0 * size * gradient)
            if squared_error(net, x, y) <= loss + 0.3 * size * slope:
                break
            size *= 0.5
    assert_weights(ran.models["net"], net)


def test_an_averaged_model_has_the_weights_of_the_chain(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Schedule-free descent: the mean of z is what `averaged(net)` calls."""
    body = f"{SQUARED}\nupdate net to minimize loss using schedule_free(sgd(0.5), 0.5)"
    models = f"{NET}model mean_net = averaged(net)\n"
    rest = """eval test (x) from d.train batch all at end {
      report size = mean(mean_net(x) ^ 2)
    }"""
    text = program(models, STEP.format(body=body), rest, length="1 epoch")

    ran = Trained(text, tmp_path, data_dir)

    y = ran.fresh("net")
    variables = y.trainable_variables
    z = [v.numpy() for v in variables]
    x = [v.numpy() for v in variables]
    for step, part in enumerate(ran.rows(3)):
        with tf.GradientTape() as tape:
            loss = squared_error(y, columns["x"][part], columns["y"][part])
        gradients = tape.gradient(loss, variables)
        z = [old - 0.5 * g.numpy() for old, g in zip(z, gradients, strict=True)]
        share = 1 / (step + 1)
        x = [(1 - share) * a + share * b for a, b in zip(x, z, strict=True)]
        for variable, mean, now in zip(variables, x, z, strict=True):
            variable.assign(0.9 * mean + 0.1 * now)
    assert_weights(ran.models["net"], y)
    kernel, bias = x
    size = np.mean((columns["x"] @ kernel + bias) ** 2)
    assert ran.result["test.size"] == pytest.approx(size, rel=1e-4)


def test_a_weight_outside_of_models_is_a_group_by_its_name(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """It takes its own step size and stays in its own bounds; the network is free."""
    models = f"weight scale: f32 = 0.4\n{NET}"
    body = """
loss = mean_squared_error(y, scale * net(x))
update net, scale to minimize loss using {
  "scale" => sgd(0.5) |> projection_box(0.35, 0.45)
  otherwise => sgd(0.1)
}"""

    ran = train(models, body, tmp_path, data_dir)

    net, scale = ran.fresh("net"), tf.Variable(ran.kept["scale"])
    clipped = 0
    for rows in ran.rows(3):
        with tf.GradientTape() as tape:
            found = scale * net(columns["x"][rows], training=True)
            loss = tf.reduce_mean(tf.square(found - columns["y"][rows]))
        *gradients, slope = tape.gradient(loss, [*net.trainable_variables, scale])
        descend(net, gradients, 0.1)
        free = float(scale - 0.5 * slope)
        clipped += not 0.35 <= free <= 0.45
        scale.assign(np.clip(free, 0.35, 0.45))
    assert clipped > 0
    assert_weights(ran.models["net"], net)
    np.testing.assert_allclose(ran.tracked["scale"], scale, rtol=1e-5)
