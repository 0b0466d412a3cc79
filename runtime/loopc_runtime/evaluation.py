"""A whole pass over a split, compiled once and run as often as asked."""

import time

import tensorflow as tf

from loopc_runtime.averages import Summarize
from loopc_runtime.chunk import Chunk, StepFunction
from loopc_runtime.execution import Execution
from loopc_runtime.feed import BatchStream, DeviceMemory, make_feed
from loopc_runtime.pacing import Pace


class Evaluator:
    """Runs an evaluation step over a stream and reads its report.

    Draws are keyed by the position in the pass and the evaluation's name: the same in
    every pass. Nothing of the training state changes.
    """

    def __init__(
        self,
        name: str,
        step_fn: StepFunction,
        stream: BatchStream,
        where: tuple[Execution, int, DeviceMemory],
    ) -> None:
        execution, seed, memory = where
        self._stream = stream
        steps = stream.steps_per_epoch
        self._feed = make_feed(stream, execution, seed, steps, memory)
        self._position = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._pace = Pace(execution)
        self._chunk = Chunk(
            step_fn,
            stream,
            self._feed,
            self._position,
            seed=f"{seed}/{name}",
            xla=execution.xla,
        )
        self._chunk.trace(0)

    def run(self, summarize: Summarize | None = None) -> dict[str, float]:
        """Return the report over the whole split."""
        totals = self._chunk.totals
        for metric in totals.metrics.values():
            metric.reset_state()
        tally = totals.empty()
        tally.metrics = totals.peek().metrics
        totals.put(tally)
        self._position.assign(0)
        step = 0
        while step < self._stream.steps_per_epoch:
            step += self._advance(step)
        return totals.values(totals.peek(), summarize)

    def close(self) -> None:
        """Free what the pass holds."""
        self._feed.close()

    def _advance(self, step: int) -> int:
        left = self._stream.full_batches - step
        began = time.perf_counter()
        if left <= 0:
            return self._chunk.run(step, 1, short=True)[0]
        count, _ = self._chunk.run(step, min(left, self._pace.steps))
        if step > 0:
            self._pace.measured(count, time.perf_counter() - began)
        return count
