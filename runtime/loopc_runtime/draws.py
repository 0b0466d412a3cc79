"""Streams that steps draw from: batches without end, from one epoch into the next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.ahead import Ahead
from loopc_runtime.data.buckets import LEVEL
from loopc_runtime.data.windows import gathered, host_gathered
from loopc_runtime.errors import RunError
from loopc_runtime.execution import Execution
from loopc_runtime.feed import (
    STREAMED_BYTES,
    BatchStream,
    Columns,
    DeviceMemory,
    Supply,
    decoded_fields,
    decoded_whole,
    example_bytes,
    step_fields,
)
from loopc_runtime.lengths import Level, cut_to
from loopc_runtime.scope import current_step

DRAWN_ROWS = 2**18  # row numbers that a device call takes along: 1 MiB
DRAWN_EPOCHS = 64  # the order of an epoch takes 0.1 ms on the host, however short it is


class Draw:
    """A stream that a step function draws from by calling it.

    A step makes `times` draws, and it makes them in every `every`-th step alone. Draw
    number e of a run, e = step // every * times + call, takes the rows at the places
    e * batch_size, e * batch_size + 1, ... of the stream's epochs laid end to end: a
    batch may span two of them, and none is short. So the position is a function of
    the step, and nothing of it is saved.
    """

    def __init__(self, stream: BatchStream, *, times: int = 1, every: int = 1) -> None:
        self.stream, self.times, self.every = stream, times, every
        self._order: tuple[int, int, npt.NDArray[np.int32]] | None = None

    def __call__(self) -> Any:
        """Return the next batch: the field, or the tuple of several fields.

        Raises:
            RunError: the step does not run in a Run that knows of this draw, or it
                draws more often than `times`.
        """
        scope = current_step(f"a draw from {self.stream.name}")
        if id(self) not in scope.sources:
            raise RunError(
                f"a step draws from {self.stream.name}, of which the run was not told; "
                "hand the draw to `run.windows(..., draws=(...,))`"
            )
        call = scope.next_call(f"draw/{self.stream.name}")
        if call >= self.times:
            raise RunError(
                f"a step draws more than {self.times} batches from {self.stream.name}"
            )
        number = scope.step // self.every * self.times + call
        fields = scope.sources[id(self)](number)
        fields = cut_to(fields, self.stream.cuts, scope.levels)
        return fields[0] if len(fields) == 1 else fields

    def rows(self, seed: int, number: int, count: int = 1) -> npt.NDArray[np.int32]:
        """Return int32[count * batch_size], the rows of the draws from `number` on."""
        size, length = self.stream.batch_size, self.stream.epoch_rows
        place, end = number * size, (number + count) * size
        parts = []
        while place < end:
            epoch, begin = divmod(place, length)
            part = self._epoch(seed, epoch)[begin : begin + end - place]
            parts.append(part)
            place += len(part)
        return np.concatenate(parts)

    def _epoch(self, seed: int, epoch: int) -> npt.NDArray[np.int32]:
        """Return the order of an epoch; the last one asked for is remembered."""
        known = self._order
        if known is None or known[:2] != (seed, epoch):
            known = (seed, epoch, self.stream.order(seed, epoch))
            self._order = known
        return known[2]


class DrawFeed:
    """Hands device calls the rows of a draw: their numbers, or what stands in them.

    The host makes out which rows the draws of a call take, up to a fixed number of
    draws, so that there is one program. Where the columns lie on the device, the call
    gets int32 row numbers and gathers there; otherwise it gets the gathered rows.
    """

    def __init__(
        self,
        draw: Draw,
        execution: Execution,
        seed: int,
        last_step: int | None,
        memory: DeviceMemory,
    ) -> None:
        stream = draw.stream
        self.draw, self._seed, self._last = draw, seed, last_step
        self._columns = None
        if execution.data == "resident":
            self._columns = memory.columns(stream)
        self._turns = self._turns_in_a_call()
        self._ahead: Ahead[Supply] = Ahead(self._gather)

    def supply(self, step: int) -> tuple[Supply, int | None]:
        """Return the call's arguments and for how many steps they last."""
        turn = step // self.draw.every
        lasting = (turn + self._turns) * self.draw.every - step
        return self._ahead.take(turn), lasting

    def expect(self, step: int) -> None:
        """Gather ahead for a call that begins at `step`."""
        if self._last is None or step < self._last:
            self._ahead.expect(step // self.draw.every)

    def batch(self, supply: Supply, number: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Return the fields of draw `number` (int64 scalar)."""
        columns = self._gathered(supply, number, self.draw.stream.batch_size)
        fields = decoded_fields(self.draw.stream, columns)
        return step_fields(self.draw.stream, fields)

    def level(self, supply: Supply, step: tf.Tensor) -> Level:
        """Return the bucket that the batches of a step (int64 scalar) are cut to."""
        stream, times = self.draw.stream, self.draw.times
        if stream.level is not None:
            return stream.level
        first = step // self.draw.every * times
        columns = self._gathered(supply, first, stream.batch_size * times, [LEVEL])
        return tf.reduce_max(columns[LEVEL])

    def _gathered(
        self,
        supply: Supply,
        number: tf.Tensor,
        count: int,
        names: Sequence[str] | None = None,
    ) -> Columns:
        """Return columns of `count` rows from draw `number` on; None: all columns."""
        stream, (first, *buffers) = self.draw.stream, supply
        begin = tf.cast(number - first, tf.int32) * stream.batch_size
        places, wanted = begin + tf.range(count), names or list(stream.columns)
        if self._columns is None:
            held = dict(zip(stream.columns, buffers, strict=True))
            return {name: tf.gather(held[name], places) for name in wanted}
        rows = tf.gather(buffers[0], places)
        columns = {name: self._columns[name] for name in wanted}
        return gathered(columns, rows, stream.windows)

    def close(self) -> None:
        """Stop gathering."""
        self._ahead.close()

    def _turns_in_a_call(self) -> int:
        """Return for how many turns of `times` draws a call is supplied at most."""
        stream, rows = self.draw.stream, DRAWN_ROWS
        if self._columns is None:
            rows = STREAMED_BYTES // example_bytes(stream)
        rows = min(rows, DRAWN_EPOCHS * stream.epoch_rows)
        turns = max(1, rows // (stream.batch_size * self.draw.times))
        return turns if self._last is None else min(turns, self._last)

    def _gather(self, turn: int) -> Supply:
        first = turn * self.draw.times
        rows = self.draw.rows(self._seed, first, self._turns * self.draw.times)
        if self._columns is not None:
            return tf.constant(first, tf.int64), tf.constant(rows)
        arrays, windows = self.draw.stream.columns.values(), self.draw.stream.windows
        buffers = [host_gathered(array, rows, windows) for array in arrays]
        return tf.constant(first, tf.int64), *(tf.constant(b) for b in buffers)


class WholeDrawFeed(DrawFeed):
    """Hands out all rows in every draw."""

    def supply(self, step: int) -> tuple[Supply, int | None]:
        """Return no arguments."""
        return (), None

    def expect(self, step: int) -> None:
        """Gather nothing."""

    def batch(self, supply: Supply, number: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Return the fields of all rows."""
        fields = decoded_whole(self.draw.stream, self._columns or {})
        return step_fields(self.draw.stream, fields)


def make_draw_feed(
    draw: Draw,
    execution: Execution,
    seed: int,
    last_step: int | None,
    memory: DeviceMemory,
) -> DrawFeed:
    """Return the feed of `draw` under the execution plan."""
    if draw.stream.whole:
        resident = replace(execution, data="resident")
        return WholeDrawFeed(draw, resident, seed, last_step, memory)
    return DrawFeed(draw, execution, seed, last_step, memory)
