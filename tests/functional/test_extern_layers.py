"""Layers of Python that a program names, in training: against loops written by hand."""

import ast
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.functional.own_python import assert_resumes, write_module
from tests.functional.test_language_semantics import quiet
from tests.functional.trained import Columns, Trained, program

import loopc
from loopc_runtime import RunError, as_declared

__all__ = ["quiet"]  # a fixture of these tests too

PYTHON = """
import keras
import tensorflow as tf

class Mix(keras.layers.Layer):
    def __init__(self, units, rate=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.drop = keras.layers.Dropout(rate)

    def build(self, shape):
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], self.units))
        self.mean = self.add_weight(
            name="mean", shape=(self.units,), initializer="zeros", trainable=False
        )

    def call(self, x, training=False):
        y = self.drop(x @ self.kernel, training=training)
        if training:
            self.mean.assign(0.9 * self.mean + 0.1 * tf.reduce_mean(y, axis=0))
        return y - self.mean

    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.drop.rate}

class Pair(keras.layers.Layer):
    def call(self, a, b):
        return a + b, a * b

class Wide(keras.layers.Layer):
    def call(self, x):
        return keras.ops.concatenate([x, x], axis=-1)

class Whole(keras.layers.Layer):
    def call(self, x):
        return keras.ops.cast(x, "int32")
"""

MIX = """
extern layer mix(units: int, rate: float = 0.0)(x: f32[5]) -> f32[units] = "mixing_for_test:Mix"
param width: int = 2
"""  # noqa: E501 (a target is one string of a program)
STEP = """step (x, y) from d.train batch 8 {
    loss = squared_error(y, net(x))
    update net to minimize loss using sgd(0.1)
    report loss
  }"""
NET = "model net(x: f32[5]) -> f32[3] = x |> mix(2 * width, rate: 0.5) |> dense(3)\n"


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_module(tmp_path, "mixing_for_test", PYTHON, monkeypatch)


@pytest.mark.parametrize("execution", ["graph", "xla"])
def test_training_has_weights_mode_and_statistics_of_a_python_layer(
    execution: str, columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Full batches: weights, moved statistics and losses are those of the formulas."""
    step = STEP.replace("batch 8", "batch all")
    text = program(
        MIX + NET.replace("0.5", "0.0"), step, f"execution = {execution}", log="1 step"
    )
    run = Trained(text, tmp_path / "run", data_dir)
    kernel, mean, w, b = map(tf.Variable, run.start["net"])
    if mean.shape != (4,):
        kernel, w, b, mean = (tf.Variable(v) for v in run.start["net"])
    x, y, losses = columns["x"], columns["y"], []
    for _ in range(3):
        with tf.GradientTape() as tape:
            h = x @ kernel
            mean.assign(0.9 * mean + 0.1 * tf.reduce_mean(h, axis=0))
            loss = tf.reduce_mean(((h - mean) @ w + b - y) ** 2)
        for variable, slope in zip(
            (kernel, w, b), tape.gradient(loss, [kernel, w, b]), strict=True
        ):
            variable.assign_sub(0.1 * slope)
        losses.append(float(loss))
    np.testing.assert_allclose(run.reports("loss"), losses, rtol=1e-5)
    mixed = run.models["net"].get_layer("mix")
    np.testing.assert_allclose(mixed.kernel, kernel, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(mixed.mean, mean, rtol=1e-4, atol=1e-6)


def test_a_run_with_its_noise_resumes_exactly(data_dir: Path, tmp_path: Path) -> None:
    """Weights, statistics and the seeds of a dropout inside are the run's state."""
    text = program(MIX + NET, STEP, "checkpoint every 2 steps keep 4")
    assert_resumes(text, tmp_path, data_dir)


def test_averages_and_groups_know_its_weights(data_dir: Path, tmp_path: Path) -> None:
    """An average holds a copy; a group of a chain takes them by the layer's path."""
    models = MIX + NET + "model slow = ema(net, 0.5)\n"
    step = STEP.replace(
        "sgd(0.1)", '{\n "net/mix" => sgd(0.0)\n otherwise => sgd(0.1)\n}'
    ).replace("report loss", "report loss, far = squared_error(y, slow(x))")
    run = Trained(program(models, step), tmp_path / "run", data_dir)
    net = run.models["net"]
    paths = [variable.path for variable in net.weights]
    start = dict(zip(paths, run.start["net"], strict=True))
    end = {variable.path: variable.numpy() for variable in net.weights}
    np.testing.assert_array_equal(end["mix/kernel"], start["mix/kernel"])
    assert np.any(end["dense/kernel"] != start["dense/kernel"])
    assert np.any(end["mix/mean"] != start["mix/mean"])


def test_several_inputs_and_results_and_shared_weights(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Layers take tensors side by side, give several, and may have a name."""
    text = program(
        MIX + """
extern layer pair()(a: f32[4], b: f32[4]) -> (f32[4], f32[4]) =
  "mixing_for_test:Pair"
model net(x: f32[5]) -> f32[3] {
  shared = mix(4)
  both = pair()
  sums, products = both(shared(x), shared(2 * x))
  return [sums, products] |> concatenate |> dense(3)
}
""",
        STEP,
        length="1 step",
    )
    run = Trained(text, tmp_path / "run", data_dir)
    net, x = run.fresh("net"), columns["x"]
    shared, dense = net.get_layer("shared"), net.layers[-1]
    a, b = x @ shared.kernel, 2 * x @ shared.kernel
    expected = np.concatenate([a + b, a * b], axis=-1) @ dense.kernel + dense.bias
    np.testing.assert_allclose(net(x), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "came"), [("Wide", "float32[batch, 10]"), ("Whole", "int32[batch, 5]")]
)
def test_what_was_not_declared_ends_the_run_when_the_model_is_made(
    name: str, came: str, data_dir: Path, tmp_path: Path
) -> None:
    """Another shape or dtype is said before the first step, with what was declared."""
    layer = f'extern layer odd()(x: f32[5]) -> f32[5] = "mixing_for_test:{name}"\n'
    text = program(
        layer + "model net(x: f32[5]) -> f32[3] = x |> odd() |> dense(3)\n", STEP
    )
    with pytest.raises(RunError) as raised:
        Trained(text, tmp_path / "run", data_dir)
    said = f"declared float32[batch, 5]; came {came}"
    assert "`extern layer odd`" in str(raised.value)
    assert said in str(raised.value)


def test_mixed_precision_computes_shorter_floats() -> None:
    """A layer that follows the policy gives what it should."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        spec = keras.KerasTensor((None, 4), "float32")
        given = keras.KerasTensor((None, 4), "bfloat16")
        assert as_declared("mix", given, spec) is given
    finally:
        keras.config.set_dtype_policy("float32")


def test_the_script_reads_as_keras_code(data_dir: Path) -> None:
    """The class is imported plainly, and made with the options of the program."""
    for standalone in (False, True):
        script = loopc.compile_source(
            program(MIX + NET, STEP), standalone=standalone
        ).script
        assert script is not None
        assert "from mixing_for_test import Mix\n" in script
        assert 'Mix(units=2 * config.width, rate=0.5, name="mix")(x)' in script
        assert 'keras.KerasTensor((None, 2 * config.width), "float32")' in script
        ast.parse(script)
