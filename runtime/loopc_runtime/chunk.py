"""Compiled device calls: many steps of one step function in one program."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.averages import Report, Totals
from loopc_runtime.clock import Clock
from loopc_runtime.draws import Draw, DrawFeed, make_draw_feed
from loopc_runtime.execution import Execution
from loopc_runtime.feed import BatchStream, DeviceMemory, Feed, Supply, make_feed
from loopc_runtime.lengths import Level, Levels, buckets_in, cut_to, run_at_levels
from loopc_runtime.nonfinite import OnNonfinite
from loopc_runtime.scope import StepScope, step_scope

StepFunction = Callable[..., Report]

RARE = 16  # full batches to a short one, and more


class Chunk:
    """Runs a step function over a stream, n steps a call.

    There is one program for full batches and one for the short last batch, each traced
    once: n and the step are tensors. Where short batches are rare, theirs is a graph.
    `counter` (int64 variable) holds the number of completed steps, inside the step
    function too. `drawn` feeds what the step function draws by itself. `guard` undoes
    steps that give NaN or infinity, and may end a call early. How steps are cut into
    calls changes no bit of any result.
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
        drawn: Sequence[DrawFeed] = (),
        guard: OnNonfinite | None = None,
    ) -> None:
        self.totals = Totals()
        self.traces = 0
        self._step_fn, self._feed, self._counter = step_fn, feed, counter
        self._seed, self._xla, self._drawn, self._guard = seed, xla, drawn, guard
        self._stream, self._cuts = stream, stream.cuts if stream else ()
        self._full = stream.batch_size if stream else 0
        self._short = stream.short_batch if stream else 0
        self._short_is_rare = bool(stream and stream.full_batches >= RARE)
        self._programs: dict[int, Any] = {}

    def trace(self, step: int) -> None:
        """Trace the program of the full batches, as if from `step`; run nothing."""
        supplies, _ = self._supply(step, self._full)
        self._program(self._full, tf.constant(1, tf.int64), *supplies)

    def run(
        self, step: int, steps: int, *, short: bool = False
    ) -> tuple[int, npt.NDArray[np.float64]]:
        """Run at most `steps` steps after `step` completed ones.

        Returns how many were run, and the sums of the means so far.
        """
        size = self._short if short else self._full
        supplies, lasting = self._supply(step, size)
        count = min(steps, *lasting) if lasting else steps
        self._feed.expect(step + count)
        for feed in self._drawn:
            feed.expect(step + count)
        arguments = (tf.constant(count, tf.int64), *supplies)
        sums = self._program(size, *arguments)(*arguments).numpy()
        if self._guard is not None:
            count = int(self._counter.numpy()) - step
        return count, sums

    def _supply(self, step: int, size: int) -> tuple[list[Supply], list[int]]:
        """Return the arguments of a call from all feeds, and how long they last."""
        pairs = [self._feed.supply(step, size), *(f.supply(step) for f in self._drawn)]
        lasting = [steps for _, steps in pairs if steps is not None]
        return [supply for supply, _ in pairs], lasting

    def _program(self, size: int, count: tf.Tensor, *supplies: Supply) -> Any:
        """Return the program for batches of `size`, traced for such arguments.

        Traced here and not by the first call: TensorFlow takes many functions from one
        line, as a run with several evaluations makes, for one that is traced anew.
        """
        if size not in self._programs:
            if self._guard is not None and not self.totals.names:
                # What the guard has to put back includes what a step reports.
                self._compile(size, None).get_concrete_function(count, *supplies)
            traced = self._compile(size, self._guard).get_concrete_function(
                count, *supplies
            )
            self._programs[size] = traced
        return self._programs[size]

    def _compile(self, size: int, guard: OnNonfinite | None) -> Any:
        feed, counter, totals = self._feed, self._counter, self.totals

        def chunk(count: tf.Tensor, supply: Supply, *drawn: Supply) -> tf.Tensor:
            self.traces += 1
            opened = feed.open(supply)
            sources = self._sources(drawn)
            start = counter.read_value()
            end = start + count

            def run_step(step: tf.Tensor) -> None:
                with step_scope(self._seed, step, sources) as scope:
                    fields = feed.batch(opened, step, size)
                    self._run_step(
                        fields, list(self._levels(fields, step, drawn)), scope
                    )

            def body(step: tf.Tensor) -> tuple[tf.Tensor]:
                run_step(step)
                counter.assign(step + 1)
                return (step + 1,)

            def guarded(step: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                assert guard is not None
                going = guard.take(step, partial(run_step, step), totals.variables)
                counter.assign(step + 1)
                return step + 1, going

            if guard is None:
                tf.while_loop(lambda step: step < end, body, (start,))
            else:
                tf.while_loop(
                    lambda step, going: (step < end) & going,
                    guarded,
                    (start, tf.constant(True)),
                )
            return totals.read()

        # Compiling costs about a second and 30 MiB, which a step an epoch never earns.
        xla = self._xla and not (size == self._short and self._short_is_rare)
        # Without XLA (jit_compile None), not with XLA forbidden: kernels that a user
        # compiles within stay compiled.
        return tf.function(chunk, autograph=False, jit_compile=xla or None)

    def _run_step(
        self,
        fields: Sequence[tf.Tensor],
        needed: Sequence[tuple[int, Level]],
        scope: StepScope,
    ) -> None:
        """Trace one step on a batch, with a branch for each bucket of lengths."""

        def run(levels: Levels) -> None:
            scope.levels = levels
            given = fields[: len(self._cuts)] if self._cuts else fields
            self.totals.record(self._step_fn(*cut_to(given, self._cuts, levels)))

        run_at_levels(needed, scope, run)

    def _levels(
        self, fields: Sequence[tf.Tensor], step: tf.Tensor, drawn: Sequence[Supply]
    ) -> Iterator[tuple[int, Level]]:
        """Yield how many buckets the streams of a step have, and which ones it needs.

        The last field of a header whose batches are cut is the level of each example.
        """
        if self._cuts:
            fixed = self._stream.level if self._stream else None
            level = tf.reduce_max(fields[-1]) if fixed is None else fixed
            yield buckets_in(self._cuts), level
        for feed, supply in zip(self._drawn, drawn, strict=True):
            if feed.draw.stream.cuts:
                yield buckets_in(feed.draw.stream.cuts), feed.level(supply, step)

    def _sources(
        self, drawn: Sequence[Supply]
    ) -> dict[int, Callable[[tf.Tensor], tuple[tf.Tensor, ...]]]:
        """Return what gives a step the batches that it draws."""
        pairs = zip(self._drawn, drawn, strict=True)
        return {id(feed.draw): partial(feed.batch, supply) for feed, supply in pairs}


@contextmanager
def open_chunk(
    step_fn: StepFunction,
    batches: BatchStream | None,
    draws: Sequence[Draw],
    clock: Clock,
    where: tuple[Execution, int, DeviceMemory],
    guard: OnNonfinite | None = None,
) -> Iterator[Chunk]:
    """Yield the chunk of a training step with the feeds of all its streams.

    `where`: the execution plan, the seed and the device's memory.
    """
    (execution, seed, memory), last = where, clock.last_step
    with ExitStack() as feeds:
        feed = make_feed(batches, execution, seed, last, memory)
        feeds.enter_context(closing(feed))
        drawn = [make_draw_feed(d, execution, seed, last, memory) for d in draws]
        for each in drawn:
            feeds.enter_context(closing(each))
        given = (step_fn, batches, feed, clock.step)
        yield Chunk(*given, seed=seed, xla=execution.xla, drawn=drawn, guard=guard)
