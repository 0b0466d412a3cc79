"""Transforms of Python that a program names: against steps that are taken by hand."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.functional.own_python import assert_resumes, write_module
from tests.functional.test_language_semantics import quiet
from tests.functional.trained import NET, Columns, Trained, program

import loopc
from loopc_runtime import RunError

__all__ = ["quiet"]  # a fixture of these tests too

PYTHON = """
from types import SimpleNamespace
import numpy as np
import tensorflow as tf

def heavy_ball(rate, friction):
    def init(variables):
        return {
            "count": tf.zeros([], tf.int64),
            "speed": [tf.zeros_like(v) for v in variables],
        }

    def update(gradients, state, variables):
        now = rate(tf.cast(state["count"], tf.float32)) if callable(rate) else rate
        speed = [
            (1 - friction) * s - now * g
            for s, g in zip(state["speed"], gradients, strict=True)
        ]
        return speed, {"count": state["count"] + 1, "speed": speed}

    return SimpleNamespace(init=init, update=update)

def doubled():
    return SimpleNamespace(
        init=lambda variables: (),
        update=lambda gradients, state, variables: ([2 * g for g in gradients], state),
    )

def wrong(kind):
    def init(variables):
        return np.zeros(3) if kind == "array" else tf.zeros([])

    def update(gradients, state, variables):
        if kind == "shape":
            return [tf.reduce_sum(g) for g in gradients], state
        if kind == "dtype":
            return [tf.cast(g, tf.float64) for g in gradients], state
        if kind == "few":
            return gradients[:1], state
        if kind == "form":
            return gradients, (state, state)
        return gradients

    return SimpleNamespace(init=init, update=update) if kind != "text" else "no"
"""

HEAD = f"""
extern transform heavy_ball(rate: schedule, friction: float = 0.1) -> updates =
  "steps_for_test:heavy_ball"
extern transform doubled() -> gradients = "steps_for_test:doubled"
extern transform wrong(kind: one_of(array, shape, dtype, few, form, bare, text))
  -> updates = "steps_for_test:wrong"
{NET}
"""


def stepping(chain: str, batch: str = "all") -> str:
    return f"""step (x, y) from d.train batch {batch} {{
    loss = squared_error(y, net(x))
    update net to minimize loss using {chain}
    report loss
  }}"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_module(tmp_path, "steps_for_test", PYTHON, monkeypatch)


@pytest.mark.parametrize("execution", ["graph", "xla"])
def test_steps_are_those_of_the_formula(
    execution: str, columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Momentum on a schedule, behind a doubling: weights after three steps."""
    chain = "doubled |> heavy_ball(linear(0.1 -> 0, 4 steps), friction: 0.3)"
    text = program(HEAD, stepping(chain), f"execution = {execution}")
    run = Trained(text, tmp_path / "run", data_dir)
    kernel, bias = (tf.Variable(value) for value in run.start["net"])
    speeds = [np.zeros_like(kernel), np.zeros_like(bias)]
    for step in range(3):
        with tf.GradientTape() as tape:
            errors = columns["x"] @ kernel + bias - columns["y"]
            loss = tf.reduce_mean(tf.square(errors))
        slopes = tape.gradient(loss, [kernel, bias])
        rate = 0.1 * (1 - step / 4)
        speeds = [0.7 * s - rate * 2 * g for s, g in zip(speeds, slopes, strict=True)]
        for variable, speed in zip((kernel, bias), speeds, strict=True):
            variable.assign_add(speed)
    for found, wanted in zip(run.models["net"].weights, (kernel, bias), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-6)


def test_its_state_is_part_of_the_checkpoint(data_dir: Path, tmp_path: Path) -> None:
    """Momentum and count, in groups too; the run goes on with the same bits."""
    rest_of_all = "accumulate(heavy_ball(0.1), 2)"
    chain = f"{{\n biases => heavy_ball(0.01)\n otherwise => {rest_of_all}\n}}"
    rest = "checkpoint every 2 steps keep 4"
    assert_resumes(program(HEAD, stepping(chain, "8"), rest), tmp_path, data_dir)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("array", "its state holds a Python ndarray, not a tensor"),
        ("shape", "an update is float32[], where float32[5, 3] was expected"),
        ("dtype", "an update is float64[5, 3], where float32[5, 3] was expected"),
        ("few", "gives 1 updates for 2 gradients"),
        ("form", "its state changes its form"),
        ("bare", "`update` has to return (updates, state)"),
        ("text", "made a Python str without `init` and `update`"),
    ],
)
def test_what_breaks_the_contract_ends_the_run_before_its_first_step(
    kind: str, said: str, data_dir: Path, tmp_path: Path
) -> None:
    """The transform is named, and what is wrong with it."""
    with pytest.raises(RunError) as raised:
        Trained(program(HEAD, stepping(f"wrong({kind})")), tmp_path / "run", data_dir)
    assert "`extern transform wrong`" in str(raised.value)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("chain", "codes"),
    [
        ("heavy_ball(0.1)", []),
        ("doubled |> sgd(0.1)", []),
        ("doubled", ["E307"]),
        ("heavy_ball", ["E206"]),
        ("heavy_ball(0.1, mass: 2.0)", ["E204"]),
        ("heavy_ball(0.1, friction: linear(0 -> 1, 2 steps))", ["E301"]),
        ("wrong(odd)", ["E217"]),
        ("heavy_bal(0.1)", ["E201"]),
    ],
)
def test_chains_are_held_to_the_declaration(chain: str, codes: list[str]) -> None:
    """Options of their types, and a step size somewhere."""
    found = loopc.check_source(program(HEAD, stepping(chain))).diagnostics
    assert [d.code for d in found if d.code[0] == "E"] == codes
