"""Several loops in one program: what persists, what starts anew, what is not rerun."""

import json
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pytest
import tensorflow as tf

import loopc
from loopc_runtime.errors import RunError

PROGRAM = """
data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
}
model encoder(x: f32[5]) -> f32[4] = x |> dense(4, tanh)
model decoder(h: f32[4]) -> f32[5] = h |> dense(5)
model net(x: f32[5]) -> f32[3] = x |> encoder |> dense(3)
train pretrain for 4 steps {
  log = 1 steps
  step (x) from d.train batch all {
    loss = squared_error(x, decoder(encoder(x)))
    update encoder, decoder to minimize loss using adam(0.05)
    report loss
  }
  keep 1 best max pretrain.loss
}
train finetune for 3 steps {
  log = 1 steps
  START
  step (x, y) from d.train batch all {
    loss = squared_error(y, net(x))
    update net to minimize loss using adam(0.05)
    report loss
  }
}
"""


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


def script(start: str = "") -> ModuleType:
    return loopc.load(PROGRAM.replace("START", start))


def losses(workdir: Path, loop: str) -> list[float]:
    lines = (workdir / loop / "metrics.jsonl").read_text().splitlines()
    return [record["loss"] for record in map(json.loads, lines)]


def by_hand(data_dir: Path, *, best: bool) -> tuple[list[float], list[float]]:
    """Both loops with Keras' Adam; `best` goes back to the weights of the first step.

    The greatest loss is the first one, of the weights after the first step: a metric is
    offered when the step that reported it is over.
    """
    program = script()
    keras.utils.set_random_seed(0)
    encoder, decoder = program.make_encoder(), program.make_decoder()
    net = program.make_net(encoder)
    with np.load(data_dir / "d.npz") as columns:
        x, y = tf.constant(columns["x"]), tf.constant(columns["y"])
    first, kept = [], None
    variables = encoder.trainable_variables + decoder.trainable_variables
    adam = keras.optimizers.Adam(0.05)
    for _ in range(4):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x - decoder(encoder(x))) ** 2)
        adam.apply(tape.gradient(loss, variables), variables)
        first.append(float(loss))
        kept = kept or encoder.get_weights()
    if best:
        encoder.set_weights(kept)
    second = []
    adam = keras.optimizers.Adam(0.05)
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((y - net(x)) ** 2)
        variables = net.trainable_variables
        adam.apply(tape.gradient(loss, variables), variables)
        second.append(float(loss))
    return first, second


@pytest.mark.parametrize(
    ("start", "best"),
    [("", False), ("start encoder from best(pretrain)", True)],
    ids=["goes on", "from best"],
)
def test_loops_follow_each_other(
    start: str, best: bool, data_dir: Path, tmp_path: Path
) -> None:
    """Models persist or start from the best weights; optimizers start anew."""
    program = script(start)
    result = program.train_and_evaluate(program.Config(), tmp_path, data_dir)

    first, second = by_hand(data_dir, best=best)
    np.testing.assert_allclose(losses(tmp_path, "pretrain"), first, rtol=1e-5)
    np.testing.assert_allclose(losses(tmp_path, "finetune"), second, rtol=1e-5)
    assert set(result) == {"pretrain.loss", "finetune.loss"}


def test_finished_loops_are_not_run_again(data_dir: Path, tmp_path: Path) -> None:
    """Without the folder of the second loop it alone is trained, to the same bits."""
    program = script("start encoder from last(pretrain)")
    program.train_and_evaluate(program.Config(), tmp_path, data_dir)
    expected = (tmp_path / "finetune" / "metrics.jsonl").read_bytes()
    (tmp_path / "finetune").rename(tmp_path / "aside")
    before = (tmp_path / "pretrain" / "times.jsonl").read_bytes()

    program.train_and_evaluate(program.Config(), tmp_path, data_dir)

    assert (tmp_path / "finetune" / "metrics.jsonl").read_bytes() == expected
    assert (tmp_path / "pretrain" / "times.jsonl").read_bytes() == before


def test_evaluation_passes_over_what_has_not_begun(
    data_dir: Path, tmp_path: Path
) -> None:
    """`loopc eval` of a run that was stopped in its first loop evaluates that one."""
    program = script()
    program.train_and_evaluate(program.Config(), tmp_path, data_dir)
    (tmp_path / "finetune").rename(tmp_path / "aside")

    program.train_and_evaluate(program.Config(), tmp_path, data_dir, mode="evaluate")

    assert (tmp_path / "pretrain" / "evaluation.json").is_file()
    assert not (tmp_path / "finetune").exists()


SINGLE = """
data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
}
model encoder(x: f32[5]) -> f32[WIDTH] = x |> dense(WIDTH, tanh) |> batch_norm
model net(x: f32[5]) -> f32[3] {
  weight shift: f32[3] = zeros
  return (x |> encoder |> dense(3)) + shift
}
train for 2 steps {
  log = 1 steps
  START
  step (x, y) from d.train batch all {
    loss = squared_error(y, net(x))
    update net to minimize loss using adam(0.05)
    report loss
  }
  REST
}
"""


def test_start_from_a_file(data_dir: Path, tmp_path: Path) -> None:
    """A loop begins with the weights of a network that another run exported, models
    inside included; one of other shapes is refused by the names of the weights.
    """
    text = SINGLE.replace("WIDTH", "4")
    first = loopc.load(
        text.replace("START", "").replace("REST", 'export net to "n.keras"')
    )
    first.train_and_evaluate(first.Config(), tmp_path / "first", data_dir)
    folder = tmp_path / "data"
    folder.mkdir()
    (file,) = (tmp_path / "first").glob("**/n.keras")
    (folder / "n.keras").write_bytes(file.read_bytes())
    (folder / "d.npz").write_bytes((data_dir / "d.npz").read_bytes())
    start = 'start net from load("n.keras")'
    second = loopc.load(text.replace("START", start).replace("REST", ""))
    second.train_and_evaluate(second.Config(seed=1), tmp_path / "second", folder)
    with np.load(folder / "d.npz") as columns:
        x, y = columns["x"], columns["y"]
    network = keras.models.load_model(folder / "n.keras")
    loss = float(np.mean((y - network(x, training=True)) ** 2))
    lines = (tmp_path / "second" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["loss"] == pytest.approx(loss, rel=1e-5)

    wider = SINGLE.replace("WIDTH", "6").replace("START", start).replace("REST", "")
    third = loopc.load(wider)
    named = r"`dense/kernel` is float32\[5, 4\] in n.keras, float32\[5, 6\] here"
    with pytest.raises(RunError, match=named):
        third.train_and_evaluate(third.Config(), tmp_path / "third", folder)
