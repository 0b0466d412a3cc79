"""A program with every kind of `extern`, as a script with the runtime and without."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.functional.test_standalone import FORBIDDEN, LAUNCHER, state

import loopc

PYTHON = """
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf


def drawn(count, seed):
    x = np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)
    return {"x": x, "y": x @ np.float32([[1, 2], [3, 4], [5, 6]])}


def bend(y, strength):
    return y + strength * tf.tanh(y)


class Mix(keras.layers.Layer):
    def __init__(self, units, **options):
        super().__init__(**options)
        self.dense = keras.layers.Dense(units)
        self.dropout = keras.layers.Dropout(0.1)

    def build(self, shape):
        self.dense.build(shape)

    def call(self, x, training=None):
        return self.dropout(self.dense(x), training=training)


class Far(keras.metrics.Metric):
    def __init__(self, power, **options):
        super().__init__(**options)
        self.power = power
        self.total = self.add_variable((), initializer="zeros", name="total")
        self.count = self.add_variable((), initializer="zeros", name="count")

    def update_state(self, y, output):
        self.total.assign_add(tf.reduce_sum(tf.abs(y - output) ** self.power))
        self.count.assign_add(tf.cast(tf.size(y), tf.float32))

    def result(self):
        return self.total / self.count


def heavy_ball(rate, friction):
    def init(variables):
        return [tf.zeros_like(v) for v in variables]

    def update(gradients, state, variables):
        speed = [
            (1 - friction) * s - rate * g for s, g in zip(state, gradients, strict=True)
        ]
        return speed, speed

    return SimpleNamespace(init=init, update=update)
"""

PROGRAM = """
extern data drawn(count: int, seed: int = 0) = "all_kinds:drawn"
extern fn bend(y: f32[2], strength: f32) -> f32[2] = "all_kinds:bend"
extern layer mix(units: int)(x: f32[3]) -> f32[units] = "all_kinds:Mix"
extern metric far(power: float = 1.0)(y: f32[2], output: f32[2]) -> f32 =
  "all_kinds:Far"
extern transform heavy_ball(rate: float, friction: float = 0.1) -> updates =
  "all_kinds:heavy_ball"

data points {
  train = drawn(50)
  valid = drawn(20, seed: 1)
  field x: f32[3]
  field y: f32[2]
}

model net(x: f32[3]) -> f32[2] = x |> mix(8) |> dense(2)

train for 2 epochs {
  step (x, y) from points.train batch 16 {
    output = bend(net(x), 0.1)
    loss = mean_squared_error(y, output)
    update net to minimize loss using heavy_ball(0.01)
    report loss, far = far(y, output, power: 2.0)
  }
  eval valid (x, y) from points.valid batch 16 every 1 epoch {
    report far = far(y, bend(net(x), 0.1))
  }
  checkpoint every 1 epoch
}
"""


def run(script: Path, workdir: Path, *, alone: bool) -> None:
    """Run a script in Python of its own, which finds the folder of the script."""
    beside = f"import sys; sys.path.insert(0, {str(script.parent)!r})\n"
    launcher = beside + LAUNCHER.format(forbidden=FORBIDDEN if alone else set())
    isolated = ["-I"] if alone else []
    command = [sys.executable, *isolated, "-c", launcher, str(script)]
    command += ["--workdir", str(workdir)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_every_kind_runs_without_the_runtime_to_the_same_bits(tmp_path: Path) -> None:
    """Weights, state of the transform, metrics and log of two epochs are equal."""
    (tmp_path / "all_kinds.py").write_text(PYTHON)
    for standalone in (False, True):
        result = loopc.compile_source(PROGRAM, standalone=standalone)
        assert result.script is not None, result.render()
        script = tmp_path / ("alone.py" if standalone else "script.py")
        script.write_text(result.script)
        run(script, tmp_path / script.stem, alone=standalone)
    assert state(tmp_path / "alone") == state(tmp_path / "script")
    assert "far" in (tmp_path / "alone" / "metrics.jsonl").read_text()
