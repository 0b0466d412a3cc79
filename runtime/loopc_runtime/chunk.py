"""Compiled device calls: many steps of one step function in one program."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.averages import Report, Totals
from loopc_runtime.feed import BatchStream, Feed, StreamedFeed
from loopc_runtime.scope import step_scope

StepFunction = Callable[..., Report]


class Chunk:
    """Runs a step function over a stream, n steps a call.

    There is one program for full batches and one for the short last batch, each traced
    once: n and the step are tensors. `counter` (int64 variable) holds the number of
    completed steps, inside the step function too. How steps are cut into calls changes
    no bit of any result.
    """

    def __init__(
        self,
        step_fn: StepFunction,
        stream: BatchStream | None,
        feed: Feed,
        counter: tf.Variable,
        *,
        seed: int | str,
        xla: bool,
    ) -> None:
        self.totals = Totals()
        self.traces = 0
        self._step_fn, self._feed, self._counter = step_fn, feed, counter
        self._seed, self._xla = seed, xla
        self._full = stream.batch_size if stream else 0
        self._short = stream.short_batch if stream else 0
        self._programs: dict[int, Any] = {}

    def trace(self, step: int) -> None:
        """Trace the program of the full batches, as if from `step`; run nothing."""
        supply, _ = self._feed.supply(step, self._full)
        self._program(self._full, tf.constant(1, tf.int64), *supply)

    def run(
        self, step: int, steps: int, *, short: bool = False
    ) -> tuple[int, npt.NDArray[np.float64]]:
        """Run at most `steps` steps after `step` completed ones.

        Returns how many were run, and the sums of the means so far.
        """
        size = self._short if short else self._full
        supply, lasting = self._feed.supply(step, size)
        count = steps if lasting is None else min(steps, lasting)
        if isinstance(self._feed, StreamedFeed):
            self._feed.expect(step + count)
        arguments = (tf.constant(count, tf.int64), *supply)
        return count, self._program(size, *arguments)(*arguments).numpy()

    def _program(self, size: int, *arguments: tf.Tensor) -> Any:
        """Return the program for batches of `size`, traced for such arguments.

        Traced here and not by the first call: TensorFlow takes many functions from one
        line, as a run with several evaluations makes, for one that is traced anew.
        """
        if size not in self._programs:
            traced = self._compile(size).get_concrete_function(*arguments)
            self._programs[size] = traced
        return self._programs[size]

    def _compile(self, size: int) -> Any:
        feed, counter, totals = self._feed, self._counter, self.totals

        def chunk(count: tf.Tensor, *supply: tf.Tensor) -> tf.Tensor:
            self.traces += 1
            opened = feed.open(supply)
            start = counter.read_value()
            end = start + count

            def body(step: tf.Tensor) -> tuple[tf.Tensor]:
                with step_scope(self._seed, step):
                    totals.record(self._step_fn(*feed.batch(opened, step, size)))
                counter.assign(step + 1)
                return (step + 1,)

            tf.while_loop(lambda step: step < end, body, (start,))
            return totals.read()

        # Without XLA (jit_compile None), not with XLA forbidden: kernels that a user
        # compiles within stay compiled.
        return tf.function(chunk, autograph=False, jit_compile=self._xla or None)
