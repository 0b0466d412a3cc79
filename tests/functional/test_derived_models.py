"""Derived models and weights in generated loops, against loops written by hand."""

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.functional.trained import NET, Columns, Trained, descend, program

import loopc

MODELS = """
model body(x: f32[5]) -> f32[4] = x |> dense(4) |> batch_norm |> tanh
model net(x: f32[5]) -> f32[3] = x |> body |> dense(3)
model average = ema(net, pace)
model inner = ema(body, 0.5)
model target = snapshot(net, every: 2 updates)
weight scale: f32 = 0.5
schedule pace = linear(0 -> 1, rest)
"""
STEP = """step (x, y) from d.train batch all {
    aim  = target(x) + average(x) + sum(inner(x))
    loss = mean((scale * net(x) - y) ^ 2) + 0.1 * mean((net(x) - aim) ^ 2)
    update net, scale to minimize loss using sgd(0.1)
    report loss, far = mean((average(x) - target(x)) ^ 2), scale
  }"""
END = '  checkpoint every 2 steps keep 9\n  export average to "average.keras"\n'


TEXT = program(MODELS, STEP, END, "6 steps", log="1 step")


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Leave the progress display out of the tests' output."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOOPC_PROGRESS", "none")
        yield


@pytest.fixture(scope="module")
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def trained(workdir: Path, data_dir: Path) -> Trained:
    return Trained(TEXT, workdir, data_dir)


def make_net() -> keras.Model:
    x = keras.Input((5,))
    h = keras.layers.Dense(4, name="dense")(x)
    h = keras.layers.BatchNormalization(name="batch_normalization")(h)
    h = keras.layers.Activation("tanh")(h)
    return keras.Model(x, keras.layers.Dense(3, name="dense_")(h))


def body_of(net: keras.Model) -> keras.Model:
    return keras.Model(net.inputs[0], net.layers[-2].output)


def by_hand(start: list[np.ndarray], data: Columns) -> dict[str, list[float]]:
    """Six steps of the same loop in plain TensorFlow."""
    net, average, target, inner = (make_net() for _ in range(4))
    for model in (net, average, target, inner):
        model.set_weights(start)
    scale = tf.Variable(0.5)
    log: dict[str, list[float]] = {"loss": [], "far": [], "scale": []}
    x, y = data["x"], data["y"]
    for step in range(6):
        aim = target(x) + average(x)
        aim += tf.reduce_sum(body_of(inner)(x), axis=1, keepdims=True)
        with tf.GradientTape() as tape:
            # The moving statistics advance at both calls.
            loss = tf.reduce_mean((scale * net(x, training=True) - y) ** 2)
            loss += 0.1 * tf.reduce_mean((net(x, training=True) - aim) ** 2)
        variables = [*net.trainable_variables, scale]
        gradients = tape.gradient(loss, variables)
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign(variable - 0.1 * gradient)
        for copy, decay in ((average, step / 6), (inner, 0.5)):
            for old, new in zip(
                copy.trainable_variables, net.trainable_variables, strict=True
            ):
                old.assign(decay * old + (1 - decay) * new)
            for old, new in zip(
                copy.non_trainable_variables, net.non_trainable_variables, strict=True
            ):
                old.assign(new)
        if step % 2 == 1:
            target.set_weights(net.get_weights())
        log["loss"].append(float(loss))
        log["far"].append(float(tf.reduce_mean((average(x) - target(x)) ** 2)))
        log["scale"].append(float(scale))
    return log


def test_loop_is_the_one_by_hand(trained: Trained, columns: Columns) -> None:
    """Averages with a scheduled decay, one of a model inside, a snapshot and a weight
    move as written by hand, step by step.
    """
    expected = by_hand(trained.start["net"], columns)
    np.testing.assert_allclose(trained.reports("loss"), expected["loss"], rtol=1e-4)
    np.testing.assert_allclose(trained.reports("scale"), expected["scale"], rtol=1e-4)
    far = trained.reports("far")
    np.testing.assert_allclose(far, expected["far"], rtol=1e-3, atol=1e-7)


def test_run_goes_on_with_the_same_bits(
    trained: Trained, workdir: Path, data_dir: Path, tmp_path: Path
) -> None:
    """Cut off between two renewals of the snapshot, the run ends in the same bits."""
    shutil.copytree(workdir, tmp_path / "run")
    (tmp_path / "run" / "result.json").unlink()
    for step in (4, 6):
        shutil.rmtree(tmp_path / "run" / "checkpoints" / f"step-{step:09d}")
    again = Trained(TEXT, tmp_path / "run", data_dir)
    assert again.result == trained.result
    last = "checkpoints/step-000000006"
    for path in (workdir / last).glob("tensors*"):
        found = tmp_path / "run" / last / path.name
        assert found.read_bytes() == path.read_bytes()


@pytest.mark.usefixtures("trained")
def test_exported_average_teaches_another_run(
    workdir: Path, data_dir: Path, tmp_path: Path
) -> None:
    """What is exported is loaded by a program that declares it, and stays the same."""
    text = program(
        "model net(x: f32[5]) -> f32[3] = x |> dense(3)\n"
        'model old(x: f32[5]) -> f32[3] = frozen(load("average.keras"))\n',
        """step (x, y) from d.train batch all {
    loss = mean((net(x) - old(x)) ^ 2)
    update net to minimize loss using sgd(0.1)
    report loss
  }""",
        length="2 steps",
    )
    for name in (data_dir / "d.npz", workdir / "average.keras"):
        shutil.copy(name, tmp_path)
    script = loopc.load(text)
    made: dict[str, Any] = {}
    frozen = script.Frozen
    script.Frozen = lambda model: made.setdefault("old", frozen(model))
    script.train_and_evaluate(script.Config(), tmp_path / "run", tmp_path)
    exported = keras.models.load_model(workdir / "average.keras")
    for found, wanted in zip(made["old"].variables, exported.variables, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_averages_follow_real_updates_alone(data_dir: Path, tmp_path: Path) -> None:
    """Under accumulation an average and a snapshot move once for two steps."""
    models = NET + "model average = ema(net, 0.5)\n"
    models += "model target = snapshot(net, every: 2 updates)\n"
    step = """step (x, y) from d.train batch all {
    loss = mean((net(x) - y) ^ 2)
    update net to minimize loss using accumulate(sgd(0.1), 2)
    report size = sum(abs(average(x))), aim = sum(abs(target(x)))
  }"""
    text = program(models, step, length="6 steps", log="1 step")
    trained = Trained(text, tmp_path, data_dir)
    sizes, aims = trained.reports("size"), trained.reports("aim")
    moves = [later != before for before, later in pairwise(sizes)]
    assert moves == [True, False, True, False, True]
    renewals = [later != before for before, later in pairwise(aims)]
    assert renewals == [False, False, True, False, False]


ACCUMULATING = """
model average = ema(net, 0.5)
model copy = snapshot(net, every: 2 updates)
model other(x: f32[5]) -> f32[3] = x |> dense(3)
model mean_other = averaged(other)
"""
ACCUMULATED = """step (x, y) from d.train batch 8 {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using accumulate(sgd(0.1), 2)
    other_loss = mean_squared_error(y, other(x))
    update other to minimize other_loss
      using accumulate(schedule_free(sgd(0.5), 0.5), 2)
    report loss, other_loss
  }"""
OF_COPIES = """eval test (x) from d.train batch all at end {
    report average = mean(average(x) ^ 2), copied = mean(copy(x) ^ 2)
    report mean_other = mean(mean_other(x) ^ 2)
  }"""


def test_averages_follow_the_update_that_is_flushed(
    data_dir: Path, columns: Columns, tmp_path: Path
) -> None:
    """Two updates, the second of which waits for the end: averages have seen both."""
    text = program(NET + ACCUMULATING, ACCUMULATED, OF_COPIES, length="1 epoch")

    ran = Trained(text, tmp_path, data_dir)

    rows = np.concatenate(ran.rows(3))
    net, average = ran.fresh("net"), ran.fresh("net")
    other, start = ran.fresh("other"), ran.start["other"]
    z, means = list(start), list(start)
    for number, part in enumerate((rows[:16], rows[16:]), start=1):
        x, y = columns["x"][part], columns["y"][part]
        for model, rate in ((net, 0.1), (other, 0.5)):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(model(x) - y))
            gradients = tape.gradient(loss, model.trainable_variables)
            if model is net:
                descend(net, gradients, rate)
                continue
            z = [old - rate * g.numpy() for old, g in zip(z, gradients, strict=True)]
            means = [m + (new - m) / number for m, new in zip(means, z, strict=True)]
            other.set_weights(
                [0.9 * m + 0.1 * new for m, new in zip(means, z, strict=True)]
            )
        for mine, new in zip(average.weights, net.weights, strict=True):
            mine.assign(0.5 * mine + 0.5 * new)
    copies = {"average": average.get_weights(), "copied": net.get_weights()}
    for name, (kernel, bias) in (copies | {"mean_other": means}).items():
        size = np.mean((columns["x"] @ kernel + bias) ** 2)
        assert ran.result[f"test.{name}"] == pytest.approx(size, rel=1e-4), name
