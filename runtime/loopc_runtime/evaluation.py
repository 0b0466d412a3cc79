"""A whole pass over a split, compiled once and run as often as asked."""

import time
from collections.abc import Sequence

import tensorflow as tf

from loopc_runtime.averages import Summarize
from loopc_runtime.chunk import Chunk, StepFunction
from loopc_runtime.draws import Draw, make_draw_feed
from loopc_runtime.execution import Execution
from loopc_runtime.feed import BatchStream, DeviceMemory, make_feed
from loopc_runtime.pacing import Pace


class Evaluator:
    """Runs an evaluation step over a stream and reads its report.

    Random draws are keyed by the position in the pass and the evaluation's name, and
    `draws` begin anew with each pass: both are the same in every pass. `carried` are
    variables that go on from batch to batch of a pass, and begin each pass with the
    value that they have now. Nothing of the training state changes.
    """

    def __init__(
        self,
        name: str,
        step_fn: StepFunction,
        stream: BatchStream,
        where: tuple[Execution, int, DeviceMemory],
        *,
        draws: Sequence[Draw] = (),
        carried: Sequence[tf.Variable] = (),
    ) -> None:
        execution, seed, memory = where
        self._stream = stream
        steps = stream.steps_per_epoch
        self._feed = make_feed(stream, execution, seed, steps, memory)
        self._drawn = [
            make_draw_feed(draw, execution, seed, steps, memory) for draw in draws
        ]
        self._carried = [(each, each.numpy()) for each in carried]
        self._position = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._pace = Pace(execution)
        self._chunk = Chunk(
            step_fn,
            stream,
            self._feed,
            self._position,
            seed=f"{seed}/{name}",
            xla=execution.xla,
            drawn=self._drawn,
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
        for variable, first in self._carried:
            variable.assign(first)
        step = 0
        while step < self._stream.steps_per_epoch:
            step += self._advance(step)
        return totals.values(totals.peek(), summarize)

    def close(self) -> None:
        """Free what the pass holds."""
        self._feed.close()
        for each in self._drawn:
            each.close()

    def _advance(self, step: int) -> int:
        left = self._stream.full_batches - step
        began = time.perf_counter()
        if left <= 0:
            return self._chunk.run(step, 1, short=True)[0]
        count, _ = self._chunk.run(step, min(left, self._pace.steps))
        if step > 0:
            self._pace.measured(count, time.perf_counter() - began)
        return count


class Evaluators:
    """The evaluations of a run by name; each is compiled when it first runs.

    `where`: the execution plan, the seed and the device's memory.
    """

    def __init__(self, where: tuple[Execution, int, DeviceMemory]) -> None:
        self._where = where
        self._known: dict[str, Evaluator] = {}

    def of(
        self,
        name: str,
        step_fn: StepFunction,
        stream: BatchStream,
        *,
        draws: Sequence[Draw],
        carried: Sequence[tf.Variable],
    ) -> Evaluator:
        """Return the evaluation of that name, made of what is given first."""
        if name not in self._known:
            self._known[name] = Evaluator(
                name, step_fn, stream, self._where, draws=draws, carried=carried
            )
        return self._known[name]

    def close(self) -> None:
        """Free what the evaluations hold."""
        for evaluator in self._known.values():
            evaluator.close()
