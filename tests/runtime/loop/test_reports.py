"""Reports: windows are exact sums over elements, whatever the batches are."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.runtime.loop.worlds import FakeBatches, toy_batches, toy_columns

from loopc_runtime.averages import Mean, Totals
from loopc_runtime.cadence import Every
from loopc_runtime.clock import Clock
from loopc_runtime.errors import RunError
from loopc_runtime.execution import Execution
from loopc_runtime.run import Run


def records(folder: Path) -> list[dict[str, Any]]:
    """Return what metrics.jsonl holds."""
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def train(folder: Path, step_fn: Any, batches: Any, **options: Any) -> Run:
    """Run a step function without a model for two epochs."""
    clock = Clock(steps_per_epoch=batches.steps_per_epoch, epochs=2)
    summarize = options.pop("summarize", None)
    log = options.pop("log", Every(steps=4))
    execution = Execution(xla=options.pop("xla", False))
    with Run(
        folder, config={}, clock=clock, execution=execution, models={}, log=log
    ) as run:
        for _ in run.windows(step_fn, batches, summarize=summarize):
            pass
    return run


def test_windows_agree_with_numpy(tmp_path: Path) -> None:
    """Log windows across epochs and epoch means weigh every element alike.

    22 rows in batches of 4: the last one has 2. Oracle: NumPy over the same rows.
    """
    batches = toy_batches()
    matches = keras.metrics.MeanAbsoluteError()

    def step(x: tf.Tensor, y: tf.Tensor) -> dict[str, Any]:
        matches.update_state(y, tf.zeros_like(y))
        weight = tf.cast(x[:, 0] > 0, tf.float32)
        return {
            "square": Mean(x**2),
            "weighted": Mean(y, weight=weight),
            "mae": matches,
            "positive": Mean(x[:, 1] > 0),
        }

    train(tmp_path, step, batches)

    columns = batches.columns
    rows = np.concatenate([batches.order(0, epoch) for epoch in range(2)])
    stops = np.cumsum([4, 4, 4, 4, 4, 2] * 2)
    windows = {
        "log": [(0, stops[3]), (stops[3], stops[7]), (stops[7], stops[11])],
        "epoch": [(0, 22), (22, 44)],
    }
    for window, bounds in windows.items():
        found = [r for r in records(tmp_path) if r["window"] == window]
        assert len(found) == len(bounds)
        for record, (begin, end) in zip(found, bounds, strict=True):
            x, y = (columns[name][rows[begin:end]] for name in ("x", "y"))
            chosen = y[x[:, 0] > 0]
            assert record["square"] == pytest.approx((x**2).mean(), rel=1e-6)
            assert record["weighted"] == pytest.approx(chosen.mean(), rel=1e-5)
            assert record["mae"] == pytest.approx(np.abs(y).mean(), rel=1e-6)
            assert record["positive"] == pytest.approx((x[:, 1] > 0).mean())


def test_records_say_when_and_what(tmp_path: Path) -> None:
    """Records carry step, completed epochs, split and window, in order of time."""
    train(tmp_path, lambda x, y: {"mean": Mean(x)}, toy_batches())

    found = [
        (r["step"], r["epoch"], r["split"], r["window"]) for r in records(tmp_path)
    ]
    assert found == [
        (4, 0, "train", "log"),
        (6, 1, "train", "epoch"),
        (8, 1, "train", "log"),
        (12, 2, "train", "log"),
        (12, 2, "train", "epoch"),
    ]


def test_dropping_the_short_batch_leaves_its_rows_out(tmp_path: Path) -> None:
    """With `drop` an epoch is the full batches of its order."""
    batches = toy_batches(drop=True)

    train(tmp_path, lambda x, y: {"mean": Mean(x)}, batches, log=None)

    for epoch, record in enumerate(records(tmp_path)):
        rows = batches.order(0, epoch)[:20]
        expected = batches.columns["x"][rows].mean()
        assert record["mean"] == pytest.approx(expected, rel=1e-5)


def test_arithmetic_comes_after_the_mean(tmp_path: Path) -> None:
    """`summarize` sees the means of the window: exp(mean(x)), not mean(exp(x))."""
    batches = toy_batches()

    run = train(
        tmp_path,
        lambda x, y: {"nats": Mean(x)},
        batches,
        log=None,
        summarize=lambda means: {"perplexity": tf.exp(means["nats"])},
    )

    expected = np.exp(batches.columns["x"].mean())
    assert run.result == {"train.perplexity": pytest.approx(expected, rel=1e-5)}


def test_a_window_of_no_weight_is_zero() -> None:
    """sum(w v) / sum(w) is 0 where nothing has weight, as in the language."""
    totals = Totals()
    totals.record({"v": Mean(tf.constant([1.0, 2.0]), weight=tf.zeros([2]))})

    assert totals.values(totals.take()) == {"v": 0.0}


def test_weights_meet_the_leading_axes() -> None:
    """A weight per example weighs all elements of its example alike."""
    value = tf.constant([[1.0, 3.0], [5.0, 7.0]])

    sums = Mean(value, weight=tf.constant([1.0, 3.0])).sums()

    np.testing.assert_array_equal(sums, [1 + 3 + 15 + 21, 8])


def test_narrow_values_are_summed_wide() -> None:
    """4,000 halves in bfloat16 sum to 2,000; in their own type they would stick."""
    sums = Mean(tf.fill([4000], tf.constant(0.5, tf.bfloat16))).sums()

    np.testing.assert_array_equal(sums, [2000, 4000])


class StartsAtOne(keras.metrics.Metric):
    """A metric that does not add up: its state starts from one."""

    def __init__(self) -> None:
        super().__init__(name="product")
        self.product = self.add_weight(shape=(), initializer="ones")

    def update_state(self, value: tf.Tensor) -> None:
        self.product.assign(self.product * value)

    def result(self) -> tf.Tensor:
        return self.product

    def reset_state(self) -> None:
        self.product.assign(1.0)


def test_metrics_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    """A training report takes only metrics that start from zero, named otherwise."""
    product = StartsAtOne()

    def step(x: tf.Tensor, y: tf.Tensor) -> dict[str, Any]:
        product.update_state(tf.reduce_mean(x))
        return {"product": product}

    with pytest.raises(RunError, match=r"`product` .StartsAtOne. does not start"):
        train(tmp_path, step, toy_batches())


def test_a_value_that_is_not_finite_halts(tmp_path: Path) -> None:
    """NaN in a step ends the run with its name and place; nothing of it is saved."""
    columns = toy_columns()
    columns["x"][13, 2] = np.nan
    batches = FakeBatches(columns, 4, shuffle=False)

    with pytest.raises(
        RunError, match=r"`mean` became NaN .* between step \d and step 4"
    ):
        train(tmp_path, lambda x, y: {"one": Mean(y), "mean": Mean(x)}, batches)

    assert not (tmp_path / "checkpoints").exists()


def test_weights_that_are_not_finite_are_not_saved(tmp_path: Path) -> None:
    """A variable that turned infinite behind finite reports halts the run too."""
    weight = tf.Variable(1.0)
    clock = Clock(steps=4)

    def step() -> dict[str, Any]:
        weight.assign(weight * np.float32(1e20))
        return {}

    with (
        pytest.raises(RunError, match="`models/w` holds NaN or infinity"),
        Run(
            tmp_path,
            config={},
            clock=clock,
            execution=Execution(xla=False),
            models={"w": weight},
        ) as run,
    ):
        for _ in run.windows(step, None):
            pass
    assert not (tmp_path / "checkpoints").exists()


def test_event_files_hold_the_scalars(tmp_path: Path) -> None:
    """TensorBoard events carry each value under split and name at its step."""
    train(tmp_path, lambda x, y: {"mean": Mean(x)}, toy_batches())

    (path,) = (tmp_path / "tensorboard").iterdir()
    found = {}
    for raw in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
        event = tf.compat.v1.Event.FromString(raw)
        for value in event.summary.value:
            found[event.step, value.tag] = value.simple_value
    expected = {
        (r["step"], "train/mean" if r["window"] == "log" else "train epoch/mean"): r[
            "mean"
        ]
        for r in records(tmp_path)
    }
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-6)
