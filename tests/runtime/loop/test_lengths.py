"""Padded batches of steps, cut to the buckets that the header and the draws need."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime.averages import Mean
from loopc_runtime.chunk import open_chunk
from loopc_runtime.clock import Clock
from loopc_runtime.data.fields import Class, Float
from loopc_runtime.data.splits import Splits
from loopc_runtime.data.table import make_table
from loopc_runtime.draws import Draw
from loopc_runtime.execution import Execution
from loopc_runtime.feed import DeviceMemory
from loopc_runtime.lengths import run_at_levels
from loopc_runtime.random import random_uniform
from loopc_runtime.scope import step_scope

BUCKETS = (2, 4, 7)


def split_of(lengths: Sequence[int], name: str, buckets: tuple[int, ...]) -> Any:
    """Return a split of rows with so many tokens, all of them the row's number + 1."""
    real = np.arange(buckets[-1]) < np.array(lengths)[:, None]
    rows = np.arange(len(lengths), dtype=np.int32)
    table = make_table("rows", {"t": np.where(real, 1 + rows[:, None], -1), "w": rows})

    def decode(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {
            "t": tf.maximum(columns["t"], 0),
            "w": tf.cast(columns["w"], tf.float32),
        }

    fields = {
        "t": Class(99, shape=(buckets[-1],), columns=("t",), computed=True),
        "w": Float(columns=("w",)),
    }
    made = Splits(name, {"s": table}, decode, fields=fields, buckets={"t": buckets})
    return made["s"]


def needed(lengths: Sequence[int], buckets: tuple[int, ...]) -> int:
    """Return the first bucket that holds all lengths."""
    return next(b for b in buckets if b >= max(lengths))


def run(
    header: Any, draws: list[Draw], steps: int, execution: Execution
) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Return [steps, 1 + draws, 2], length and sum of what each stream gave, and the
    lengths for which the step was traced.
    """
    traced: list[tuple[int, ...]] = []
    seen = tf.Variable(np.zeros((steps, 1 + len(draws), 2), np.float32))
    clock = Clock(steps=steps)

    def step_fn(*fields: tf.Tensor) -> dict[str, Mean]:
        taken = [fields[0] if fields else tf.zeros((1, 0))]
        taken += [draw()[0] for draw in draws]
        traced.append(tuple(t.shape[1] for t in taken))
        rows = [
            tf.stack([float(t.shape[1]), tf.reduce_sum(tf.cast(t, tf.float32))])
            for t in taken
        ]
        here = tf.one_hot(tf.cast(clock.step, tf.int32), steps)
        seen.assign_add(here[:, None, None] * tf.stack(rows))
        return {"w": Mean(tf.cast(taken[0], tf.float32))}

    where = (execution, 7, DeviceMemory())
    with open_chunk(step_fn, header, draws, clock, where) as chunk:
        step = 0
        while step < steps:
            step += chunk.run(step, min(3, steps - step))[0]
    return seen.numpy(), traced


LENGTHS = [1, 2, 6, 3, 1, 2, 2, 4, 7, 1, 2, 1]
OTHERS = [2, 2, 1, 5, 1, 2, 3]


@pytest.mark.parametrize("data", ["resident", "streamed"])
@pytest.mark.parametrize("xla", [False, True])
def test_all_batches_of_a_step_have_the_length_that_the_longest_needs(
    data: Any, xla: bool
) -> None:
    """Header and draws go to one bucket, the first that holds each of their rows.

    There is one trace for each bucket, and none of its batches loses a token.
    """
    header = split_of(LENGTHS, "a", BUCKETS).batches(3, fields=("t", "w"))
    stream = split_of(OTHERS, "b", BUCKETS).batches(2, fields=("t", "w"), stream="1")
    draw = Draw(stream, times=1)
    found, traced = run(header, [draw], 4, Execution(data=data, xla=xla))
    assert traced == [(n, n) for n in BUCKETS]
    order = header.order(7, 0)
    for step, ((length, total), (other_length, other_total)) in enumerate(found):
        rows, others = order[3 * step : 3 * step + 3], draw.rows(7, step)
        lengths = [LENGTHS[r] for r in rows], [OTHERS[r] for r in others]
        assert length == other_length == needed([*lengths[0], *lengths[1]], BUCKETS)
        assert total == sum((1 + r) * LENGTHS[r] for r in rows)
        assert other_total == sum((1 + r) * OTHERS[r] for r in others)


@pytest.mark.parametrize("xla", [False, True])
def test_streams_with_other_buckets_choose_apart(xla: bool) -> None:
    """Two buckets of one draw and three of another: each is cut as it needs."""
    first = split_of(LENGTHS, "a", BUCKETS).batches(2, fields=("t", "w"), stream="1")
    second = split_of(OTHERS, "b", (3, 5)).batches(2, fields=("t", "w"), stream="2")
    draws = [Draw(first), Draw(second)]
    found, traced = run(None, draws, 9, Execution(xla=xla))
    assert sorted(traced) == [(0, a, b) for a in BUCKETS for b in (3, 5)]
    for step, (_, (length, total), (other_length, other_total)) in enumerate(found):
        rows, others = (draw.rows(7, step) for draw in draws)
        assert length == needed([LENGTHS[r] for r in rows], BUCKETS)
        assert other_length == needed([OTHERS[r] for r in others], (3, 5))
        assert total == sum((1 + r) * LENGTHS[r] for r in rows)
        assert other_total == sum((1 + r) * OTHERS[r] for r in others)


def test_a_whole_split_has_one_length() -> None:
    """`batch all` is cut to what its longest row needs, and traced for that alone."""
    header = split_of([1, 3, 2], "a", BUCKETS).batches(None, fields=("t", "w"))
    whole = split_of([2, 2], "b", BUCKETS).batches(None, fields=("t", "w"), stream="1")
    found, traced = run(header, [Draw(whole)], 2, Execution(xla=False))
    assert traced == [(4, 4)]
    assert found[:, 0].tolist() == [[4, 1 + 6 + 6]] * 2
    assert found[:, 1].tolist() == [[4, 6]] * 2


def test_branches_make_the_same_random_draws() -> None:
    """What a step draws at random does not depend on the bucket of its batch."""
    step, drawn = tf.constant(3, tf.int64), tf.Variable(0.0)

    @tf.function
    def traced(level: tf.Tensor) -> None:
        with step_scope(7, step) as scope:
            random_uniform((), "site")
            run_at_levels(
                [(3, level)], scope, lambda _: drawn.assign(random_uniform((), "site"))
            )

    with step_scope(7, step):
        _, expected = (float(random_uniform((), "site")) for _ in range(2))
    for level in range(3):
        traced(tf.constant(level))
        assert float(drawn) == expected
