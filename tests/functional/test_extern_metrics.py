"""Metrics of Python that a program names: against sums that are taken by hand."""

from pathlib import Path

import numpy as np
import pytest
from tests.functional.own_python import assert_resumes, write_module
from tests.functional.test_language_semantics import quiet
from tests.functional.trained import Columns, Trained, program

import loopc
from loopc_runtime import RunError

__all__ = ["quiet"]  # a fixture of these tests too

PYTHON = """
import keras
import tensorflow as tf

class Far(keras.metrics.Metric):
    def __init__(self, power, **kwargs):
        super().__init__(**kwargs)
        self.power = power
        self.total = self.add_variable((), initializer="zeros", name="total")
        self.count = self.add_variable((), initializer="zeros", name="count")

    def update_state(self, y, output):
        far = tf.reduce_max(tf.abs(y - output), axis=1) ** self.power
        self.total.assign_add(tf.reduce_sum(far))
        self.count.assign_add(tf.cast(tf.shape(y)[0], tf.float32))

    def result(self):
        return self.total / self.count

class Least(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.least = self.add_variable((), initializer="ones", name="least")

    def update_state(self, y):
        self.least.assign(tf.minimum(self.least, tf.reduce_min(y)))

    def result(self):
        return self.least

    def reset_state(self):
        self.least.assign(1e9)

class Odd(Least):
    def result(self):
        return "much"

def no_metric(name):
    return name
"""

HEAD = """
extern metric far(power: float = 2.0)(y: f32[3], output: f32[3]) -> f32 =
  "scores_for_test:Far"
extern metric least(y: f32[3]) -> f32 = "scores_for_test:Least"
extern metric odd(y: f32[3]) -> f32 = "scores_for_test:Odd"
extern metric none(y: f32[3]) -> f32 = "scores_for_test:no_metric"
param power: float = 3.0
model net(x: f32[5]) -> f32[3] = x |> dense(3)
"""
STEP = """step (x, y) from d.train batch 8 {
    output = net(x)
    loss = squared_error(y, output)
    update net to minimize loss using sgd(0.0)
    report loss, far = far(y, output, power: power), again = far(y, output)
  }"""
EVAL = """eval whole (x, y) from d.train batch 8 every 1 epoch {
    report far = far(y, net(x)), least = least(y)
  }"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_module(tmp_path, "scores_for_test", PYTHON, monkeypatch)


@pytest.mark.parametrize("execution", ["graph", "xla"])
def test_windows_and_passes_are_those_of_the_formula(
    execution: str, columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Means of powers over an epoch and a pass, short batches included; a minimum."""
    rest = f"{EVAL}\n  execution = {execution}"
    run = Trained(program(HEAD, STEP, rest), tmp_path / "run", data_dir)
    net, y = run.models["net"], columns["y"]
    farthest = np.abs(y - np.asarray(net(columns["x"]))).max(axis=1)
    np.testing.assert_allclose(run.reports("far")[-1], np.mean(farthest**3), rtol=1e-5)
    np.testing.assert_allclose(
        run.reports("again")[-1], np.mean(farthest**2), rtol=1e-5
    )
    passes = [line for line in run.log if line["split"] == "whole"]
    assert len(passes) == 3
    for each in passes:
        np.testing.assert_allclose(each["far"], np.mean(farthest**2), rtol=1e-5)
        np.testing.assert_allclose(each["least"], y.min(), rtol=1e-6)


def test_an_open_window_is_part_of_the_checkpoint(
    data_dir: Path, tmp_path: Path
) -> None:
    """Cut off within an epoch, the run goes on to the same report, bit for bit."""
    text = program(HEAD, STEP, "checkpoint every 2 steps keep 4", log="5 steps")
    assert_resumes(text, tmp_path, data_dir)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("least(y)", "the metric `odd` (Least) does not start from zero"),
        ("odd(y)", "the metric `odd` (Odd) does not start from zero"),
        ("none(y)", "`extern metric none` made a Python str"),
    ],
)
def test_what_is_no_metric_of_sums_is_refused_before_the_first_step(
    call: str, said: str, data_dir: Path, tmp_path: Path
) -> None:
    """Windows of training are added up; what cannot be is said, with its name."""
    step = STEP.replace("again = far(y, output)", f"odd = {call}")
    with pytest.raises(RunError) as raised:
        Trained(program(HEAD, step), tmp_path / "run", data_dir)
    assert said in str(raised.value)


def test_a_result_that_is_no_number_is_said(data_dir: Path, tmp_path: Path) -> None:
    """Not a traceback of NumPy: the report is named, and what came."""
    evaluation = EVAL.replace("least = least(y)", "odd = odd(y)")
    with pytest.raises(RunError, match="the report `odd` is a Python str"):
        Trained(program(HEAD, STEP, evaluation), tmp_path / "run", data_dir)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("far(y)", "E206"),
        ("far(y, x)", "E402"),
        ("far(y, output, beta: 1.0)", "E204"),
        ("far(y, output, power: output)", "E301"),
        ("far(y, output, 2.0, 3.0)", "E207"),
    ],
)
def test_calls_are_held_to_the_declaration(call: str, code: str) -> None:
    """Tensors of the declared types, options that are known."""
    text = program(HEAD, STEP.replace("again = far(y, output)", f"again = {call}"))
    assert [
        d.code for d in loopc.check_source(text).diagnostics if d.code[0] == "E"
    ] == [code]


def test_it_stands_in_reports_alone() -> None:
    """As every metric with state."""
    text = program(
        HEAD, STEP.replace("output = net(x)", "output = net(x)\n a = far(y, y)")
    )
    assert "E412" in [d.code for d in loopc.check_source(text).diagnostics]


def test_the_direction_of_the_best_has_to_be_said() -> None:
    """Nobody but the program's author knows whether more is better."""
    keep = EVAL + "\n  keep 1 best WORD whole.far"
    for word, expected in (("", ["E308"]), ("min ", [])):
        text = program(HEAD, STEP, keep.replace("WORD ", word))
        found = loopc.check_source(text).diagnostics
        assert [d.code for d in found if d.code[0] == "E"] == expected
