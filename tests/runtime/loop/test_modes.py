"""What a run does besides training on: evaluate, stop, keep the best, export."""

import json
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.runtime.loop.worlds import (
    FakeBatches,
    Toy,
    ToyConfig,
    assert_same_state,
    make_eval_step,
    make_net,
    toy_columns,
)

from loopc_runtime.averages import Mean
from loopc_runtime.best import KeepBest, Stall
from loopc_runtime.cadence import Calendar, Every
from loopc_runtime.clock import Clock
from loopc_runtime.errors import DataError, RunError
from loopc_runtime.evaluation import Evaluator
from loopc_runtime.execution import Execution
from loopc_runtime.feed import DeviceMemory
from loopc_runtime.main import run_main
from loopc_runtime.run import Run
from loopc_runtime.signals import Interrupted
from loopc_runtime.window import Window


def steps_only(folder: Path, clock: Clock, **options: Any) -> Run:
    """Count in a variable, without data, and report its value."""
    value = tf.Variable(0.0)

    def step() -> dict[str, Mean]:
        return {"value": Mean(value.assign_add(1.0))}

    with Run(
        folder,
        config={},
        clock=clock,
        execution=Execution(xla=options.pop("xla", False)),
        models={"value": value},
        **options,
    ) as run:
        for _ in run.windows(step, None):
            pass
    assert value.numpy() == run.step
    return run


def test_a_run_without_data(tmp_path: Path) -> None:
    """Steps alone are counted and logged; the rest is reported at the end."""
    run = steps_only(tmp_path, Clock(steps=10), log=Every(steps=4))

    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"step": 4, "split": "train", "window": "log", "value": 2.5},
        {"step": 8, "split": "train", "window": "log", "value": 6.5},
        {"step": 10, "split": "train", "window": "log", "value": 9.5},
    ]
    assert run.result == {"train.value": 9.5}


def test_a_run_bounded_by_seconds(tmp_path: Path) -> None:
    """It stops soon after its time, and finished runs stay finished."""
    began = time.monotonic()
    run = steps_only(tmp_path, Clock(seconds=1.0))

    assert 1.0 <= time.monotonic() - began < 10
    assert run.step > 0
    assert steps_only(tmp_path, Clock(seconds=1.0)).step == run.step


def test_evaluation_is_over_all_rows_and_touches_nothing(tmp_path: Path) -> None:
    """The value is NumPy's over the split; weights and statistics stay."""
    net = make_net()
    columns = toy_columns(9)
    before = [v.numpy() for v in net.variables]
    expected = np.mean((net(columns["x"]).numpy() - columns["y"]) ** 2)
    error = keras.metrics.MeanSquaredError()

    def step(x: tf.Tensor, y: tf.Tensor) -> dict[str, Any]:
        error.update_state(y, net(x, training=False))
        return {**make_eval_step(net)(x, y), "mse": error}

    for execution in (
        Execution(xla=False),
        Execution(xla=True),
        Execution(xla=False, data="streamed"),
    ):
        stream = FakeBatches(columns, 4, shuffle=False)
        evaluator = Evaluator("valid", step, stream, (execution, 1, DeviceMemory()))
        first, again = evaluator.run(), evaluator.run()
        evaluator.close()
        assert first == again
        assert first["loss"] == pytest.approx(expected, rel=1e-5)
        assert first["mse"] == pytest.approx(expected, rel=1e-5)
    for variable, value in zip(net.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_evaluate_modes_restore_and_write_only_their_result(tmp_path: Path) -> None:
    """`evaluate` takes the newest weights, `evaluate-best` the best ones."""
    trained = Toy(tmp_path, config=ToyConfig(epochs=3))
    trained.run()
    files = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    offers = trained.best
    assert offers.step == 6  # the toy overfits at once: the best is not the newest

    for mode in ("evaluate", "evaluate-best"):
        toy = Toy(tmp_path, config=ToyConfig(epochs=3), mode=mode)
        result = toy.run()
        last = trained.latest_run.result["valid.loss"]
        assert result == {"valid.loss": last if mode == "evaluate" else offers.value}
        assert toy.clock.completed == 18
        written = json.loads((tmp_path / "evaluation.json").read_text())
        assert written["results"] == result

    after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    assert {p for p in after if after[p] != files.get(p)} == {
        tmp_path / "evaluation.json"
    }


def test_evaluating_without_a_checkpoint_says_so(tmp_path: Path) -> None:
    """There is nothing to evaluate before training."""
    with pytest.raises(RunError, match="there is no checkpoint"):
        Toy(tmp_path, mode="evaluate").run()


def test_exporting_the_best_weights(tmp_path: Path) -> None:
    """The file holds the weights of the best evaluation, not the last ones."""
    at_best: list[np.ndarray] = []

    def remember(run: Run, window: Window) -> None:
        if window.step == 6:
            at_best.extend(w.numpy() for w in toy.net.weights)
        if window.step == 18:
            toy.best.offer(run, 100.0)
            run.export(toy.net, "best.keras", weights=toy.best)
            run.export(toy.net, "last.keras")

    toy = Toy(tmp_path, config=ToyConfig(epochs=3), on_window=remember)
    toy.run()

    assert toy.best.step == 6
    best, last = (
        keras.models.load_model(tmp_path / f"{name}.keras") for name in ("best", "last")
    )
    for found, expected in zip(best.weights, at_best, strict=True):
        np.testing.assert_array_equal(found, expected)
    for found, expected in zip(last.weights, toy.net.weights, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert [p.name for p in (tmp_path / "best" / "valid.loss").iterdir()] == [
        "step-000000006"
    ]


def test_exporting_best_weights_that_never_were(tmp_path: Path) -> None:
    """Without an offer there is nothing to export, and the error says so."""

    def export(run: Run, window: Window) -> None:
        run.export(toy.net, "best.keras", weights=toy.best)

    toy = Toy(tmp_path, on_window=export)
    with pytest.raises(RunError, match=r"`best valid\.loss` has kept no weights yet"):
        toy.run()


def test_stopping_ends_the_run_for_good(tmp_path: Path) -> None:
    """A stopped run is saved as finished at that window."""
    toy = Toy(tmp_path, on_window=lambda run, window: run.stop("seen enough"))
    toy.run()
    state = toy.state()

    again = Toy(tmp_path)
    again.run()

    assert toy.clock.completed == 6
    assert_same_state(again.state(), state)
    assert json.loads((tmp_path / "result.json").read_text())["ended"] == "seen enough"


@pytest.mark.parametrize("mode", ["min", "max"])
def test_keep_best_keeps_the_best(tmp_path: Path, mode: Any) -> None:
    """Of any offers the best `keep` remain, the earlier of equal ones first."""

    class Store:
        step = 0
        evaluating = False

        def store_best(self, tracker: KeepBest, value: float) -> bool:
            return True

    offers = [3.0, 1.0, 1.0, 5.0, float("nan"), 5.0, 2.0]
    best, store = KeepBest(mode=mode, keep=2), Store()
    for step, value in enumerate(offers):
        store.step = step
        best.offer(store, value)

    assert best.steps == ([1, 2] if mode == "min" else [3, 5])
    twin = KeepBest(mode=mode, keep=2)
    twin.restore(json.loads(json.dumps(best.state())))
    assert (twin.steps, twin.value) == (best.steps, best.value)


def test_stall_counts_from_the_last_improvement() -> None:
    """Three epochs without an improvement above min_delta are a stall of three."""
    stall = Stall(mode="min", patience=Every(epochs=3), min_delta=0.1)
    calendar = Calendar(steps_per_epoch=10, last_step=None)
    values = [5.0, 4.0, 3.95, float("nan"), 3.5, 3.6, 3.45, 9.0]

    found = [
        stall.update(Window(step=10 * (i + 1), calendar=calendar), value)
        for i, value in enumerate(values)
    ]

    assert found == [False] * 7 + [True]


def test_cadences_fire_where_they_divide() -> None:
    """Stops and due cadences against the definition: completed steps mod n == 0."""
    cadences = (Every(steps=4), Every(epochs=2))
    calendar = Calendar(
        steps_per_epoch=5, last_step=23, cadences=cadences, short_batch=True
    )

    stops, step = [], 0
    while step < 23:
        step = calendar.next_stop(step) or 0
        stops.append(step)

    fourths, ends, shorts = range(4, 23, 4), range(5, 23, 5), range(4, 23, 5)
    assert stops == sorted({*fourths, *ends, *shorts, 23})
    assert [s for s in stops if calendar.due(cadences[1], s)] == [10, 20]
    assert [s for s in stops if calendar.is_short(s)] == list(shorts)


@pytest.mark.parametrize("given", [{}, {"steps": 0}, {"steps": 1, "epochs": 1}])
def test_cadences_and_clocks_take_one_positive_number(given: dict) -> None:
    """Anything else is refused when it is made."""
    with pytest.raises(RunError):
        Every(**given)
    with pytest.raises(RunError):
        Clock(steps_per_epoch=5, **given)


def test_the_clock_inside_a_step(tmp_path: Path) -> None:
    """Steps see the counts of completed ones: 0, 1, 2, ... in each unit."""
    clock = Clock(steps_per_epoch=4, steps=10)
    seen = tf.Variable(tf.zeros([10, 4]))

    def step() -> dict[str, Mean]:
        row = [clock.now, clock.epoch, clock.now_epoch, clock.progress]
        seen.scatter_nd_update([[clock.step]], [tf.stack(row)])
        return {}

    with Run(
        tmp_path,
        config={},
        clock=clock,
        execution=Execution(xla=False),
        models={"seen": seen},
    ) as run:
        for _ in run.windows(step, None):
            pass

    steps = np.arange(10, dtype=np.float32)
    expected = [steps, steps // 4, steps // 4 * 4, steps / 10]
    np.testing.assert_allclose(seen.numpy(), np.stack(expected, axis=1), rtol=1e-6)


def test_run_main_turns_failures_into_sentences_and_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0, 1 with a sentence, 143 after a signal; a bug keeps its traceback."""

    def ends_with(outcome: Any) -> int:
        def function(config: Any, workdir: Path, data_dir: Path, mode: str) -> None:
            assert (config, mode) == ({"a": 1}, "train")
            if outcome is not None:
                raise outcome

        return run_main(function, {"a": 1}, tmp_path, tmp_path, mode="train")

    assert ends_with(None) == 0
    assert ends_with(DataError("x.csv, line 3: no number.")) == 1
    assert capsys.readouterr().err == "error: x.csv, line 3: no number.\n"
    assert ends_with(Interrupted(143)) == 143
    with pytest.raises(ZeroDivisionError):
        ends_with(ZeroDivisionError())


def test_the_run_folder_tells_the_whole_story(tmp_path: Path) -> None:
    """Numbers, versions, what was fitted, and the result lie beside the logs."""
    toy = Toy(tmp_path, run_options={"fitted": {"hour": {"mean": [1.5]}}})
    result = toy.run()

    held = {
        name: json.loads((tmp_path / f"{name}.json").read_text())
        for name in ("config", "versions", "fitted", "result")
    }
    assert held["config"] == {"seed": 7, "epochs": 2, "rate": 0.05}
    assert held["versions"]["tensorflow"] == tf.__version__
    assert held["versions"]["numerics"]["xla"] is False
    assert held["fitted"] == {"hour": {"mean": [1.5]}}
    assert held["result"] == {"step": 12, "ended": "finished", "results": result}
    times = (tmp_path / "times.jsonl").read_text().splitlines()
    assert any("checkpoint_seconds" in json.loads(line) for line in times)
