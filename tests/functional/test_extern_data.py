"""Data that Python of the user's gives, and options of its functions, in training."""

from pathlib import Path

import numpy as np
import pytest
from tests.functional.own_python import assert_resumes, write_module
from tests.functional.test_language_semantics import quiet
from tests.functional.trained import Trained

import loopc
from loopc_runtime import DataError, RunError

__all__ = ["quiet"]  # a fixture of these tests too

PYTHON = """
import numpy as np
import tensorflow as tf

def drawn(count, seed, kind="good"):
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, 3)).astype(np.float32)
    if kind == "nan":
        x[2, 1] = np.nan
    y = x @ np.float32([[1.0], [2.0], [3.0]])
    columns = {"x": x, "y": y[:, 0]}
    if kind == "objects":
        columns["x"] = np.array([{}] * count, dtype=object)
    if kind == "ragged":
        columns["x"] = [[1.0], [2.0, 3.0]]
    if kind == "short":
        columns["y"] = columns["y"][1:]
    if kind == "shape":
        columns["x"] = x[:, :2]
    return {"list": [x], "none": None, "numbers": {1: x}}.get(kind, columns)

def lifted(x, units, power, mode):
    powers = tf.concat([x**power] * units, axis=1) if mode == "wide" else x
    return tf.reshape(powers, [x.shape[0], -1])

def running(words):
    return tf.cumsum(words, axis=1)
"""

PROGRAM = """
extern data drawn(count: int, seed: int = 0, kind: one_of(good, nan, objects, ragged,
  short, shape, list, none, numbers) = good) = "drawing_for_test:drawn"
extern fn lifted(units: int, power: float = 2.0, mode: one_of(wide, plain) = wide)(
  x: f32[3]) -> f32[3 * units] = "drawing_for_test:lifted"
param rows: int = 20

data d {
  train = drawn(2 * rows, seed: 7)
  valid = 10% of train
  field x: f32[3]
  field y: f32
}

model net(x: f32[3]) -> f32[1] = x |> dense(1)

fn heavy(x, n: int) = sum(lifted(x, n, power: 3.0))

train for 4 steps {
  log = 1 step
  step (x, y) from d.train batch 12 {
    loss = squared_error(y, net(x)[0])
    update net to minimize loss using sgd(0.1)
    report loss, heavy = mean(heavy(x, 2)), light = mean(lifted(x, 1))
  }
  checkpoint every 1 step keep 4
}
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_module(tmp_path, "drawing_for_test", PYTHON, monkeypatch)


def test_columns_and_options_are_those_of_the_program(tmp_path: Path) -> None:
    """Rows are carved as from a file; functions get their options by name."""
    run = Trained(PROGRAM, tmp_path / "run", tmp_path)
    x = np.random.default_rng(7).normal(size=(40, 3)).astype(np.float32)
    assert run.batches.steps_per_epoch == 3
    config = run.script.Config()
    train = np.asarray(run.script.load_d(config)["train"].columns["x"])
    assert train.shape == (36, 3)
    assert {row.tobytes() for row in train} <= {row.tobytes() for row in x}
    batches = [train[rows] for rows in run.rows(3)]
    heavy = [np.mean(2 * np.sum(batch**3, axis=1)) for batch in batches]
    light = [np.mean(batch**2) for batch in batches]
    np.testing.assert_allclose(run.reports("heavy")[:3], heavy, rtol=1e-4)
    np.testing.assert_allclose(run.reports("light")[:3], light, rtol=1e-4)


def test_a_run_goes_on_with_the_same_values_alone(tmp_path: Path) -> None:
    """Bit for bit; other values are refused, as another file is."""
    assert_resumes(PROGRAM, tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("list", "`extern data drawn` gave a Python list"),
        ("none", "`extern data drawn` gave nothing"),
        ("numbers", "names are not all strings"),
        ("ragged", "`extern data drawn`, column `x`"),
        ("objects", "extern data drawn"),
        ("short", "extern data drawn"),
        ("shape", "d.train, field x: it is declared f32[3]"),
        ("nan", "extern data drawn"),
    ],
)
def test_what_is_no_data_is_said_before_the_first_step(
    kind: str, said: str, tmp_path: Path
) -> None:
    """Whatever comes instead of arrays by name, the source or the field is named."""
    text = PROGRAM.replace("seed: 7)", f"seed: 7, kind: {kind})")
    with pytest.raises((DataError, RunError)) as raised:
        Trained(text, tmp_path / "run", tmp_path)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("drawn(2 * rows, seed: 7)", "drawn()", "E206"),
        ("drawn(2 * rows, seed: 7)", "drawn(2.5)", "E302"),
        ("drawn(2 * rows, seed: 7)", "drawm(2)", "E220"),
        ("lifted(x, 1)", "lifted(x)", "E206"),
        ("lifted(x, 1)", "lifted(x, 1, size: 2)", "E204"),
        ("lifted(x, 1)", "lifted(x, 1, mode: odd)", "E201"),
        ("lifted(x, 1)", "lifted(y, 1)", "E402"),
    ],
)
def test_calls_are_held_to_the_declaration(old: str, new: str, code: str) -> None:
    """Options of their types, in splits and in functions."""
    found = loopc.check_source(PROGRAM.replace(old, new)).diagnostics
    assert [d.code for d in found if d.code[0] == "E"] == [code]


def test_axes_of_a_dim_go_through_python() -> None:
    """The result is as long as the argument that has the axis."""
    text = """
extern fn running(words: f32[time, 4]) -> f32[time, 4] = "drawing_for_test:running"
dim time in 1 .. 8
data d {
  train = npz("d.npz")
  field codes: class(9)[time] = words("w.vocab", column("codes"))
  field y: f32
}
model net(codes: class(9)[time]) -> f32[time, 4] = codes |> embedding(9, 4)
train for 1 epoch {
  step (codes, y) from d.train batch 4 {
    loss = mean(running(net(codes)), weight: mask(codes))
    update net to minimize loss using sgd(0.1)
    report loss
  }
}
"""
    result = loopc.compile_source(text)
    assert [d.title for d in result.diagnostics if d.code[0] == "E"] == []
    assert result.script is not None
    assert "words.shape[0], words.shape[1], 4" in result.script
