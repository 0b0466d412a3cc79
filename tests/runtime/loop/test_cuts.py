"""Device calls: where they are cut, how they are fed and compiled changes no bit."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from tests.runtime.loop.worlds import (
    FakeBatches,
    TinyAdam,
    Toy,
    assert_same_state,
    make_net,
    make_step,
    toy_batches,
    toy_columns,
)

from loopc_runtime.cadence import Every
from loopc_runtime.chunk import Chunk
from loopc_runtime.execution import Execution
from loopc_runtime.feed import DeviceMemory, make_feed


def trained(folder: Path, **options: object) -> tuple[dict[str, np.ndarray], bytes]:
    """Return the final state and metrics.jsonl of a toy run."""
    toy = Toy(folder, **options)
    toy.run()
    return toy.state(), (folder / "metrics.jsonl").read_bytes()


@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
def test_cuts_and_feeds_change_no_bit(tmp_path: Path, xla: bool) -> None:
    """Weights, slots and logs are the same for any cut, resident or streamed."""
    # No log cadence: only epochs close windows, so the cuts fall where they like.
    common = {"xla": xla, "log": None, "checkpoint": None, "with_eval": not xla}
    expected, expected_log = trained(tmp_path / "free", **common)

    cuts: dict[str, dict[str, Any]] = {
        "threes": {"steps_per_call": 3},
        "streamed twos": {"data": "streamed", "steps_per_call": 2},
    }
    if not xla:  # each costs a compilation there
        cuts |= {"ones": {"steps_per_call": 1}, "streamed": {"data": "streamed"}}
    for name, options in cuts.items():
        state, log = trained(tmp_path / name, **common, **options)
        assert_same_state(state, expected)
        assert log == expected_log


def test_checkpoints_and_logs_cut_without_a_trace(tmp_path: Path) -> None:
    """How often a run saves and logs changes no weight."""
    expected, _ = trained(tmp_path / "rare", checkpoint=None, log=None)

    state, _ = trained(
        tmp_path / "often", checkpoint=Every(steps=1), log=Every(steps=1)
    )

    assert_same_state(state, expected)


def test_whole_batches_cross_epochs_in_one_call() -> None:
    """With all rows in each batch a call runs many epochs, with the bits of ones."""
    batches = toy_batches(None)
    weights = []
    for calls in ([50], [1, 19, 30]):
        net = make_net()
        optimizer = TinyAdam(0.01, net.trainable_variables)
        chunk = make_chunk(batches, make_step(net, optimizer), xla=True)
        step = 0
        for steps in calls:
            step += chunk.run(step, steps)[0]
        weights.append([v.numpy() for v in net.variables])
        assert step == 50
        assert chunk.traces == 1

    for first, second in zip(*weights, strict=True):
        np.testing.assert_array_equal(first, second)


def make_chunk(batches, step_fn, *, xla: bool) -> Chunk:
    """Return a resident chunk with a counter of its own."""
    counter = tf.Variable(0, dtype=tf.int64)
    feed = make_feed(batches, Execution(xla=xla), 7, None, DeviceMemory())
    return Chunk(step_fn, batches, feed, counter, seed=7, xla=xla)


def test_each_batch_size_is_traced_once(tmp_path: Path) -> None:
    """Two epochs with a short last batch need two traces, however they are cut."""
    batches = toy_batches()
    net = make_net()
    step_fn = make_step(net, TinyAdam(0.01, net.trainable_variables))
    chunk = make_chunk(batches, step_fn, xla=False)

    for step in range(2 * batches.steps_per_epoch):
        chunk.run(step, 1, short=step % 6 == 5)

    assert chunk.traces == 2


def test_rare_short_batches_are_a_graph_with_the_bits_of_any_cut() -> None:
    """One short batch to seventeen is not compiled; cuts still change no bit."""
    batches = FakeBatches(toy_columns(35), 2)
    weights = []
    for most in (1, 7):
        net = make_net()
        step_fn = make_step(net, TinyAdam(0.01, net.trainable_variables))
        chunk = make_chunk(batches, step_fn, xla=True)
        step = 0
        while step < 2 * batches.steps_per_epoch:
            left = batches.full_batches - step % batches.steps_per_epoch
            step += chunk.run(step, min(most, left or 1), short=left == 0)[0]
        weights.append([v.numpy() for v in net.variables])
        compiled = {s: is_compiled(p) for s, p in chunk._programs.items()}
        assert compiled == {2: True, 1: False}

    for first, second in zip(*weights, strict=True):
        np.testing.assert_array_equal(first, second)


def is_compiled(program: Any) -> bool:
    """Tell whether XLA has to compile a traced function."""
    return bool(program.function_def.attr["_XlaMustCompile"].b)


def test_xla_compiles_once_while_the_step_moves() -> None:
    """Fifty calls at moving steps take less time than the one that compiled."""
    batches = toy_batches(2)
    net = make_net()
    step_fn = make_step(net, TinyAdam(0.01, net.trainable_variables))
    chunk = make_chunk(batches, step_fn, xla=True)
    chunk.trace(0)
    began = time.perf_counter()
    chunk.run(0, 1)
    compiling = time.perf_counter() - began

    began = time.perf_counter()
    for call in range(50):
        chunk.run(1 + call, 1 + call % 5)
    moving = time.perf_counter() - began

    assert moving < 5 * compiling  # a compilation at each call: 50 times
    assert chunk.traces == 1
