"""What steps draw: each textual draw its own order and place, functions of the step."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import loopc_runtime.draws
from loopc_runtime.averages import Mean
from loopc_runtime.cadence import Every
from loopc_runtime.chunk import open_chunk
from loopc_runtime.clock import Clock
from loopc_runtime.data.batches import Batches
from loopc_runtime.draws import Draw
from loopc_runtime.errors import RunError
from loopc_runtime.execution import Execution
from loopc_runtime.feed import DeviceMemory
from loopc_runtime.run import Run

ROWS = 10


def make_stream(name: str, size: int | None, **options: Any) -> Batches:
    """Return a stream over the numbers 0 to 9."""
    given = {"shuffle": size is not None, "drop": False} | options
    return Batches(
        name=name,
        rows=ROWS,
        batch_size=ROWS if size is None else size,
        whole=size is None,
        fields=("x",),
        columns={"x": np.arange(ROWS, dtype=np.int32)},
        decode=lambda columns: columns,
        **given,
    )


def drawn_by(draw: Draw, calls: list[int], execution: Execution) -> np.ndarray:
    """Return the numbers that `times` draws of each step gave, [steps, times, size]."""
    steps = sum(calls)
    size = draw.stream.batch_size
    seen = tf.Variable(np.full((steps, draw.times, size), -1, np.int32))
    clock = Clock(steps=steps)

    def step_fn() -> dict[str, Mean]:
        batches = tf.stack([draw() for _ in range(draw.times)])
        here = tf.one_hot(tf.cast(clock.step, tf.int32), steps, dtype=tf.int32)
        seen.assign_add(here[:, None, None] * (batches + 1))
        return {"x": Mean(batches)}

    where = (execution, 7, DeviceMemory())
    with open_chunk(step_fn, None, [draw], clock, where) as chunk:
        step = 0
        for count in calls:
            while count > 0:
                ran, _ = chunk.run(step, count)
                step, count = step + ran, count - ran
        assert chunk.traces == 1
    return seen.numpy()


def expected(stream: Batches, steps: int, times: int) -> np.ndarray:
    """Return the epochs of a stream laid end to end, cut into batches."""
    epochs = [stream.order(7, epoch) for epoch in range(40)]
    size = stream.batch_size
    return np.concatenate(epochs)[: steps * times * size].reshape(steps, times, size)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("data", ["resident", "streamed"])
def test_draws_go_through_epochs_laid_end_to_end(data: Any, xla: bool) -> None:
    """Batches of 4 of 10 rows, three a step, span epochs and are never short."""
    stream = make_stream("toy.train#1", 4)
    execution = Execution(data=data, xla=xla)
    for calls in ([9], [1, 5, 3]):
        found = drawn_by(Draw(stream, times=3), calls, execution)
        np.testing.assert_array_equal(found, expected(stream, 9, 3))


def test_calls_end_where_the_rows_at_hand_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that began in the middle of a buffer does not read beyond its end."""
    monkeypatch.setattr(loopc_runtime.draws, "DRAWN_ROWS", 12)
    stream = make_stream("few.at.hand", 4)
    found = drawn_by(Draw(stream), [1, 9], Execution())

    np.testing.assert_array_equal(found, expected(stream, 10, 1))


def test_epochs_of_a_draw_hold_each_row_once() -> None:
    """Ten batches of 4 take each of 10 rows four times; two draws differ in order."""
    first, second = (Draw(make_stream(f"toy.train#{i}", 4)) for i in (1, 2))
    rows = first.rows(7, 0, 10)
    assert np.bincount(rows).tolist() == [4] * ROWS
    assert rows.tolist() != second.rows(7, 0, 10).tolist()
    np.testing.assert_array_equal(rows[12:20], first.rows(7, 3, 2))


def test_a_draw_of_all_rows_gives_them_in_order() -> None:
    """`batch all` in a draw is the whole split in file order."""
    draw = Draw(make_stream("toy.train#1", None))
    found = drawn_by(draw, [2], Execution(xla=False))
    np.testing.assert_array_equal(found, np.tile(np.arange(ROWS), (2, 1, 1)))


def test_a_draw_made_now_and_then_counts_its_turns() -> None:
    """In every third step the draws of that turn follow those of the last one."""
    draw = Draw(make_stream("toy.train#1", 4), every=3)
    found = drawn_by(draw, [4, 5], Execution(xla=False))
    np.testing.assert_array_equal(
        found[[2, 5, 8]], expected(draw.stream, 3, 1), strict=True
    )


def test_lanes_of_a_contiguous_stream_continue() -> None:
    """With 10 rows in batches of 3, each place of the batch walks its own third."""
    stream = make_stream("toy.train", 3, contiguous=True)
    assert (stream.steps_per_epoch, stream.short_batch) == (3, 0)
    lanes = stream.order(7, 5).reshape(3, 3)
    np.testing.assert_array_equal(lanes, [[0, 3, 6], [1, 4, 7], [2, 5, 8]])
    found = drawn_by(Draw(stream), [4], Execution(xla=False))
    np.testing.assert_array_equal(found[:, 0], [*lanes, lanes[0]])


def test_undeclared_and_surplus_draws_are_refused() -> None:
    """A draw that the run was not told of, or that is called too often, is an error."""
    draw, other = (Draw(make_stream(f"toy.train#{i}", 4)) for i in (1, 2))
    with pytest.raises(RunError, match="stands outside a step"):
        draw()

    def trace(step_fn: Any) -> None:
        where = (Execution(), 7, DeviceMemory())
        with open_chunk(step_fn, None, [draw], Clock(steps=1), where) as chunk:
            chunk.trace(0)

    with pytest.raises(RunError, match="was not told"):
        trace(lambda: {"x": Mean(other())})
    with pytest.raises(RunError, match="more than 1 batches"):
        trace(lambda: {"x": Mean(draw() + draw())})


class Stopped(Exception):
    """Ends a run from outside."""


def train(folder: Path, stream: Batches, stop_at: int | None = None) -> list[float]:
    """Run nine steps of two draws each, saved every second step; return the sum."""
    total = tf.Variable(tf.zeros(4))
    clock, draw, often = Clock(steps=9), Draw(stream, times=2), Every(steps=2)

    def step_fn() -> dict[str, Mean]:
        place = tf.cast(clock.step + 1, tf.float32)
        total.assign_add(place * tf.cast(draw() + 2 * draw(), tf.float32))
        return {"total": Mean(total)}

    where: dict[str, Any] = {"clock": clock, "execution": Execution(xla=False)}
    models = {"total": total}
    with Run(folder, config=Config(), models=models, checkpoint=often, **where) as run:
        for window in run.windows(step_fn, None, draws=(draw,), cuts=(often,)):
            if window.step == stop_at:
                raise Stopped
    found: list[float] = total.numpy().tolist()
    return found


def test_a_run_goes_on_in_the_middle_of_a_draws_epoch(tmp_path: Path) -> None:
    """A run stopped behind step 6, of 2 batches of 4 of 10 rows, ends as any other."""
    stream = make_stream("toy.train#1", 4)
    with pytest.raises(Stopped):
        train(tmp_path / "a", stream, stop_at=8)
    assert train(tmp_path / "a", stream) == train(tmp_path / "b", stream)


def test_other_data_behind_a_draw_is_noticed(tmp_path: Path) -> None:
    """A run that goes on with other rows behind one of its draws is refused."""
    with pytest.raises(Stopped):
        train(tmp_path, make_stream("toy.train#1", 4), stop_at=6)
    other = make_stream("toy.train#1", 4)
    other.columns["x"][3] = 0
    with pytest.raises(RunError, match=r"data of toy\.train#1 is not"):
        train(tmp_path, other)


@dataclass
class Config:
    """A config with nothing but a seed."""

    seed: int = 7
