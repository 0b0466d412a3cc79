"""Python that a program names, in training: against loops that are written by hand."""

import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.functional.test_language_semantics import Trained, quiet

import loopc
from loopc.cli.main import run
from loopc_runtime import RunError, as_declared

__all__ = ["quiet"]  # a fixture of these tests too

PYTHON = """
import tensorflow as tf

def bend(y, strength):
    return tf.tanh(y) * strength

def split(y):
    return y[:, :1], y[:, 1:]

def lower(y):
    return tf.reduce_sum(y, axis=1)

def on_the_host(y, strength):
    def doubled(array):
        return 2 * array
    return tf.ensure_shape(tf.numpy_function(doubled, [y], tf.float32), y.shape)

def bits(y, strength):
    return tf.bitcast(y, tf.float32) * strength
"""

PROGRAM = """
extern fn bend(y: f32[3], strength: f32) -> f32[3] = "bending_for_test:bend"
extern fn split(y: f32[3]) -> (f32[1], f32[2]) = "bending_for_test:split"

data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
}

model net(x: f32[5]) -> f32[3] = x |> dense(3)

fn distance(a: f32[3], b: f32[3]) {
  left, right = split(a - b)
  return sum(left ^ 2) + 3 * sum(right ^ 2)
}

train for 4 steps {
  log = 1 step
  step (x, y) from d.train batch all {
    loss = mean(distance(bend(net(x), 2), y))
    update net to minimize loss using sgd(0.1)
    report loss
  }
}
"""

WRONG = PROGRAM.replace("bending_for_test:bend", "bending_for_test:lower").replace(
    "y: f32[3], strength: f32", "y: f32[3]"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with data and a module, which Python looks into."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(12, 5)), random.normal(size=(12, 3))
    np.savez(tmp_path / "d.npz", x=x.astype(np.float32), y=y.astype(np.float32))
    (tmp_path / "bending_for_test.py").write_text(PYTHON)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "bending_for_test", raising=False)
    return tmp_path


def test_training_goes_through_python(folder: Path) -> None:
    """Losses of four steps equal those of a loop that calls the same operations."""
    trained = Trained(PROGRAM, folder / "run", folder)
    model = trained.fresh("net")
    with np.load(folder / "d.npz") as columns:
        x, y = columns["x"], columns["y"]
    losses = []
    for _ in range(4):
        with tf.GradientTape() as tape:
            errors = tf.square(2.0 * tf.tanh(model(x)) - y)
            loss = tf.reduce_mean(errors @ [[1.0], [3.0], [3.0]])
        gradients = tape.gradient(loss, model.trainable_variables)
        for variable, gradient in zip(
            model.trainable_variables, gradients, strict=True
        ):
            variable.assign_sub(0.1 * gradient)
        losses.append(float(loss))
    np.testing.assert_allclose(trained.reports("loss"), losses, rtol=1e-5)


def test_another_shape_ends_the_run_with_both(folder: Path) -> None:
    """The error names the extern, what it declares and what came."""
    script = loopc.load(WRONG.replace("bend(net(x), 2)", "bend(net(x))"))
    with pytest.raises(RunError) as raised:
        script.train_and_evaluate(script.Config(), folder / "run", folder)
    text = str(raised.value)
    assert "`extern fn bend`" in text
    assert "declared float32[12, 3]; came float32[12]" in text


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("on_the_host", "error: Optimizer `optimizer` got no gradient for `dense/"),
        ("bits", "error: TensorFlow's operation `Bitcast` has no gradient, and an"),
        ("lower", "error: `extern fn bend` did not return what the program declares"),
    ],
)
def test_failed_run_names_the_line_of_the_declaration(
    function: str, said: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A lost gradient, or another shape, is two sentences of ours and no traceback."""
    program = PROGRAM.replace("bending_for_test:bend", f"bending_for_test:{function}")
    if function == "lower":
        program = program.replace(", strength: f32", "").replace(
            "(net(x), 2)", "(net(x))"
        )
    (folder / "bent.loop").write_text(program)

    workdir = str(folder / "run")
    assert run(["train", str(folder / "bent.loop"), "--workdir", workdir]) == 1

    first, second = capfd.readouterr().err.splitlines()
    assert first.startswith(said)
    where = f"`extern fn bend` ({folder}/bent.loop, line 2)"
    if function == "lower":
        assert second == f"{where} is `bending_for_test:lower`"
    else:
        assert second.startswith(f"it is lost in {where} or `extern fn split` (")


@pytest.mark.parametrize(
    ("value", "came"),
    [
        (tf.zeros((2, 3), tf.float64), "float64[2, 3]"),
        (tf.zeros((1, 3)), "float32[1, 3]"),
        (np.zeros((2, 3), np.float32), "a Python ndarray"),
        ((tf.zeros((2, 3)), tf.zeros(2)), "float32[2, 3], float32[2]"),
        (None, "a Python NoneType"),
    ],
)
def test_what_was_not_declared_is_refused(value: object, came: str) -> None:
    """Other dtypes, other rows, arrays, too many results, no result."""
    with pytest.raises(RunError, match="did not return") as raised:
        as_declared("warp", value, tf.TensorSpec([2, 3], tf.float32))
    assert f"came {came}." in str(raised.value)


def test_unknown_lengths_are_looked_at_while_the_step_runs() -> None:
    """A result whose rows are not known in tracing is asserted on the device."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def step(x: tf.Tensor) -> tf.Tensor:
        given: tf.Tensor = as_declared("warp", x, tf.TensorSpec([2], tf.float32))
        assert given.shape == (2,)
        return given

    np.testing.assert_array_equal(step(tf.ones(2)), np.ones(2))
    with pytest.raises(tf.errors.InvalidArgumentError):
        step(tf.ones(3))
