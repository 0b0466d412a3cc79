"""Stages: what is frozen does not move, what stays goes on, wherever a run is resumed.

The loop by hand is plain TensorFlow: Adam with one count, moments for each weight.
"""

import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import loopc

PROGRAM = """
schedule rate = constant(0.05)
data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
}
layer block(units: int)(x) = x |> dense(units) |> batch_norm |> tanh
model body(x: f32[5]) -> f32[4] = x |> block(4)
model net(x: f32[5]) -> f32[3] = x |> body |> dropout(0.2) |> dense(3)
train {
  execution = graph
  log = 1 steps
  stage head for 3 steps {
    freeze body
  }
  stage part for 3 steps {
    freeze "block/dense/*" of body
    set rate = linear(0.1 -> 0, rest)
  }
  stage all for 3 steps {
  }
  step (x, y) from d.train batch all {
    loss = squared_error(y, net(x))
    update net to minimize loss using adam(rate)
    report loss
  }
  checkpoint every 1 steps keep 20
}
"""
RATES = [0.05] * 3 + [0.1, 0.1 * 2 / 3, 0.1 / 3] + [0.05] * 3


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(3)
    x = random.normal(size=(12, 5)).astype(np.float32)
    y = random.normal(size=(12, 3)).astype(np.float32)
    np.savez(folder / "d.npz", x=x, y=y)
    return folder


@pytest.fixture(scope="module")
def program() -> ModuleType:
    return loopc.load(PROGRAM)


@pytest.fixture(scope="module")
def straight(
    program: ModuleType, data_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder of a run that nothing interrupted."""
    workdir = tmp_path_factory.mktemp("straight") / "run"
    program.train_and_evaluate(program.Config(), workdir, data_dir)
    return workdir


def saved(workdir: Path, step: int) -> dict[str, np.ndarray]:
    """Return the tensors of a checkpoint by name."""
    folder = workdir / "checkpoints" / f"step-{step:09d}"
    content, begin = (folder / "tensors.bin").read_bytes(), 0
    found: dict[str, np.ndarray] = {}
    for entry in json.loads((folder / "tensors.json").read_text()):
        dtype, shape = np.dtype(entry["dtype"]), entry["shape"]
        end = begin + dtype.itemsize * int(np.prod(shape))
        found[entry["name"]] = np.frombuffer(content[begin:end], dtype).reshape(shape)
        begin = end
    return found


def test_losses_are_those_of_a_loop_by_hand(
    program: ModuleType, data_dir: Path, tmp_path: Path
) -> None:
    """Frozen weights and statistics stay, moments of the others go on, rates change."""
    text = PROGRAM.replace(" |> dropout(0.2)", "")
    plain = loopc.load(text)
    plain.train_and_evaluate(plain.Config(), tmp_path, data_dir)

    keras.utils.set_random_seed(0)
    body = plain.make_body()
    net = plain.make_net(body)
    with np.load(data_dir / "d.npz") as columns:
        x, y = tf.constant(columns["x"]), tf.constant(columns["y"])
    dense, norm = body.layers[1], body.layers[2]
    trained_in = [[], [norm], [norm, dense]]
    moments: dict[int, Any] = {}
    losses = []
    for step, rate in enumerate(RATES):
        inner = trained_in[step // 3]
        norm.trainable = norm in inner  # frozen: Keras uses the moving statistics
        held = [layer for layer in (dense, norm) if layer not in inner]
        frozen = {id(weight) for layer in held for weight in layer.weights}
        weights = [w for w in net.weights if "moving" not in w.path]
        variables = [w for w in weights if id(w) not in frozen]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((y - net(x, training=True)) ** 2)
        losses.append(float(loss))
        for variable, gradient in zip(
            variables, tape.gradient(loss, variables), strict=True
        ):
            m, v = moments.get(id(variable), (0.0, 0.0))
            m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
            moments[id(variable)] = (m, v)
            t = step + 1.0
            scale = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            variable.assign_sub(scale * m / (tf.sqrt(v) + 1e-7))

    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    found = [json.loads(line)["loss"] for line in lines]
    np.testing.assert_allclose(found, losses, rtol=2e-5)


def test_frozen_weights_and_statistics_do_not_move(straight: Path) -> None:
    """Not a bit of what is frozen changes, moving statistics included."""
    states = [saved(straight, step) for step in range(1, 10)]

    def moves(name: str, first: int, last: int) -> bool:
        values = [s[name] for s in states[first - 1 : last]]
        return any(not np.array_equal(values[0], v) for v in values)

    kernel = "models/body/block_dense/kernel"
    mean = "models/body/block_batch_normalization/moving_mean"
    assert not moves(kernel, 1, 6)
    assert not moves(mean, 1, 3)
    assert moves(kernel, 6, 9)
    assert moves(mean, 3, 6)


@pytest.mark.parametrize("step", [2, 3, 8])
def test_run_goes_on_inside_any_stage(
    program: ModuleType, straight: Path, data_dir: Path, tmp_path: Path, step: int
) -> None:
    """From a checkpoint in a stage, or between two, the end has the same bits."""
    shutil.copytree(straight, tmp_path / "run")
    (tmp_path / "run" / "result.json").unlink()
    for folder in (tmp_path / "run" / "checkpoints").iterdir():
        if int(folder.name.removeprefix("step-")) > step:
            shutil.rmtree(folder)

    program.train_and_evaluate(program.Config(), tmp_path / "run", data_dir)

    expected, found = saved(straight, 9), saved(tmp_path / "run", 9)
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[n], a) for n, a in expected.items())
    metrics = [(w / "metrics.jsonl").read_bytes() for w in (straight, tmp_path / "run")]
    assert metrics[0] == metrics[1]


TWO_UPDATES = """
data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
}
model first(x: f32[5]) -> f32[3] = x |> dense(3)
model second(x: f32[5]) -> f32[3] = x |> dense(3)
train {
  log = 1 steps
  stage warm for 2 steps {
  }
  stage one for 3 steps {
    freeze second
  }
  stage both for 2 steps {
  }
  step (x, y) from d.train batch all {
    a = squared_error(y, first(x))
    b = squared_error(y, second(x))
    update first to minimize a using adam(0.05)
    update second to minimize b using adam(0.05)
    report a, b
  }
}
"""


def test_update_is_left_out_while_all_of_it_is_frozen(
    data_dir: Path, tmp_path: Path
) -> None:
    """The other update goes on; the frozen one stands still, and goes on behind the
    stage as if it had not been there: losses are those of Keras' Adam in four steps.
    """
    script = loopc.load(TWO_UPDATES)
    keras.utils.set_random_seed(0)
    models = script.make_first(), script.make_second()
    script.train_and_evaluate(script.Config(), tmp_path, data_dir)
    with np.load(data_dir / "d.npz") as columns:
        x, y = tf.constant(columns["x"]), tf.constant(columns["y"])
    moves = [range(7), (0, 1, 5, 6)]
    expected: list[list[float]] = []
    for model, steps in zip(models, moves, strict=True):
        adam = keras.optimizers.Adam(0.05, epsilon=1e-8)
        losses = []
        for step in range(7):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((y - model(x)) ** 2)
            losses.append(float(loss))
            if step in steps:
                variables = model.trainable_variables
                adam.apply(tape.gradient(loss, variables), variables)
        expected.append(losses)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    found = [[r[name] for r in records if name in r] for name in ("a", "b")]
    np.testing.assert_allclose(found, expected, rtol=1e-4)
