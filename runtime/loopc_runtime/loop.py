"""The loop of a run: device calls between the stops at which the host may act."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from loopc_runtime.averages import Summarize
from loopc_runtime.cadence import Calendar, Every
from loopc_runtime.checkpoint import Arrays
from loopc_runtime.chunk import Chunk, StepFunction, open_chunk
from loopc_runtime.clock import Clock
from loopc_runtime.draws import Draw
from loopc_runtime.execution import Execution
from loopc_runtime.feed import BatchStream, DeviceMemory
from loopc_runtime.nonfinite import OnNonfinite
from loopc_runtime.pacing import Pace
from loopc_runtime.stages import Stage
from loopc_runtime.trainer import ReportSink, Trainer


class TrainingLoop:
    """Runs a step over a stream, from where `clock` is to where the run ends.

    Where the run has stages, `steps` maps their names to a step each. `open` before
    the first `advance`, `close` after the last.
    """

    def __init__(
        self,
        steps: StepFunction | Mapping[str, Stage],
        batches: BatchStream | None,
        draws: Sequence[Draw],
        *,
        clock: Clock,
        where: tuple[Execution, int, DeviceMemory],
        log: Every | None,
        checkpoint: Every | None,
        cuts: Sequence[Every],
        summarize: Summarize | None,
        report: ReportSink,
        guard: OnNonfinite | None = None,
    ) -> None:
        self._streams, self._steps, self._where = (batches, draws), steps, where
        self._clock, self._log, self._guard = clock, log, guard
        self._summarize, self._report = summarize, report
        self._cuts, self._saves = cuts, [] if checkpoint is None else [checkpoint]
        self._chunks = ExitStack()
        self.calendar = Calendar(
            steps_per_epoch=clock.epoch_length,
            last_step=clock.last_step,
            cadences=tuple(c for c in (*cuts, log, checkpoint) if c is not None),
            stage_ends=tuple(span.end for span in clock.stages.values()),
            cuts_epochs=batches is not None and not batches.whole,
            short_batch=batches is not None and batches.short_batch > 0,
        )

    def open(self, report: Arrays) -> None:
        """Make the device calls, and take the open windows that a checkpoint saved.

        Raises:
            RunError: the windows are of steps that report something else.
        """
        self._stage = self._clock.stage if self._clock.stages else ""
        given = (*self._streams, self._clock, self._where, self._guard)
        opened = open_chunk(self._step(), *given)
        self._trainer = self._make_trainer(self._chunks.enter_context(opened))
        if report:
            self._trainer.load(report)

    def _step(self) -> StepFunction:
        """Return the step to be traced; a stage that begins here is begun."""
        if not isinstance(self._steps, Mapping):
            return self._steps
        stage = self._steps[self._stage]
        if self._clock.stages[self._stage].begin == self._clock.completed:
            stage.begin()
        return stage.traced

    def advance(self) -> None:
        """Make one device call, and report the windows that it completes.

        Raises:
            RunError: a reported value is not finite.
        """
        if self._stage and self._clock.stage != self._stage:
            report = self.arrays()
            self._chunks.close()
            self.open(report)
        self._trainer.advance()

    def went_back(self, step: int | None) -> None:
        """Begin the present stage anew if the state is now that of a step before it."""
        if not isinstance(self._steps, Mapping) or step is None:
            return
        if step < self._clock.stages[self._stage].begin:
            self._steps[self._stage].begin()

    @property
    def rate(self) -> float:
        """The measured steps per second; 0 before the first measurement."""
        return self._trainer.rate

    @property
    def stops_here(self) -> bool:
        """Whether an epoch ends here, or one of the cuts is due."""
        step = self._clock.completed
        return self.calendar.ends_epoch(step) or self._any_due(self._cuts)

    @property
    def saves_here(self) -> bool:
        """Whether a checkpoint is due."""
        return self._any_due(self._saves)

    @property
    def save_period(self) -> int | None:
        """Every how many steps a checkpoint is due."""
        return min(
            (s.period(self._clock.epoch_length) for s in self._saves), default=None
        )

    def flush(self) -> None:
        """Report what no window has reported yet, at the end of a run."""
        self._trainer.flush()

    def arrays(self) -> Arrays:
        """Return the sums of the windows that are open, to save them."""
        return self._trainer.arrays()

    def close(self) -> None:
        """Free what the loop holds."""
        self._chunks.close()

    def _any_due(self, cadences: Sequence[Every]) -> bool:
        return any(self.calendar.due(c, self._clock.completed) for c in cadences)

    def _make_trainer(self, chunk: Chunk) -> Trainer:
        return Trainer(
            chunk,
            self.calendar,
            Pace(self._where[0]),
            clock=self._clock,
            log=self._log,
            summarize=self._summarize,
            report=self._report,
        )
