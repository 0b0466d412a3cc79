"""The training loop between two stops of the host: device calls and their reports."""

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from loopc_runtime.averages import Summarize, Tally
from loopc_runtime.cadence import Calendar, Every
from loopc_runtime.checkpoint import Arrays
from loopc_runtime.chunk import Chunk
from loopc_runtime.clock import Clock
from loopc_runtime.errors import RunError
from loopc_runtime.pacing import Pace

# Takes the window ("log" or "epoch") that closed and its values.
ReportSink = Callable[[str, dict[str, float]], None]


class Trainer:
    """Drives a chunk from step to step, and closes the windows of its report.

    Sums stay on the device until the calendar closes a window (log cadence or end of
    an epoch), wherever device calls are cut, so that logs do not depend on the cuts.
    A log window may span epochs.
    """

    def __init__(
        self,
        chunk: Chunk,
        calendar: Calendar,
        pace: Pace,
        *,
        clock: Clock,
        log: Every | None,
        summarize: Summarize | None,
        report: ReportSink,
    ) -> None:
        self._clock = clock
        self._chunk, self._calendar, self._pace = chunk, calendar, pace
        self._log, self._summarize, self._report = log, summarize, report
        self._warm = False
        chunk.trace(clock.completed - clock.completed % (clock.epoch_length or 1))
        chunk.totals.verify_additive()
        self._since_log = chunk.totals.empty()
        self._since_epoch = chunk.totals.empty()

    @property
    def rate(self) -> float:
        """Return the measured steps per second; 0 before the first measurement."""
        seconds = self._pace.seconds_per_step
        return 1 / seconds if seconds else 0.0

    def advance(self) -> None:
        """Make one device call, and report the windows that it completes.

        Raises:
            RunError: a reported value is not finite.
        """
        before = self._clock.completed
        short = self._calendar.is_short(before)
        stop = self._calendar.next_stop(before)
        steps = self._pace.steps if stop is None else stop - before
        began = time.perf_counter()
        count, sums = self._chunk.run(before, min(steps, self._pace.steps), short=short)
        if self._warm and not short:
            self._pace.measured(count, time.perf_counter() - began)
        self._warm = self._warm or not short
        self._clock.completed += count
        self._verify_finite(before, sums)
        self._close_windows()

    def flush(self) -> None:
        """Report what no window has reported yet, at the end of a run."""
        if not (self._logs_here() or self._ends_epoch_here()):
            self._take()
            self._emit("log", self._since_log)
            self._since_log = self._chunk.totals.empty()

    def arrays(self) -> Arrays:
        """Return the sums of the windows that are open, to save them."""
        return {
            f"report/{window}/{name}": array
            for window, tally in self._open_tallies().items()
            for name, array in tally.arrays().items()
        }

    def load(self, arrays: Arrays) -> None:
        """Take the sums that `arrays()` returned.

        Raises:
            RunError: they are of steps that report something else.
        """
        if arrays.keys() != self.arrays().keys() or any(
            arrays[name].shape != array.shape for name, array in self.arrays().items()
        ):
            raise RunError(
                "the checkpoint was written by steps that report something else; use "
                "another --workdir to start anew"
            )
        for window, tally in self._open_tallies().items():
            prefix = f"report/{window}/"
            tally.load(
                {
                    name.removeprefix(prefix): array
                    for name, array in arrays.items()
                    if name.startswith(prefix)
                }
            )
            if window == "device":
                self._chunk.totals.put(tally)

    def _open_tallies(self) -> dict[str, Tally]:
        return {
            "device": self._chunk.totals.peek(),
            "log": self._since_log,
            "epoch": self._since_epoch,
        }

    def _logs_here(self) -> bool:
        return self._log is not None and self._calendar.due(
            self._log, self._clock.completed
        )

    def _ends_epoch_here(self) -> bool:
        return self._calendar.ends_epoch(self._clock.completed)

    def _close_windows(self) -> None:
        logs, ends_epoch = self._logs_here(), self._ends_epoch_here()
        if logs or ends_epoch:
            self._take()
        if logs:
            self._emit("log", self._since_log)
            self._since_log = self._chunk.totals.empty()
        if ends_epoch:
            self._emit("epoch", self._since_epoch)
            self._since_epoch = self._chunk.totals.empty()

    def _take(self) -> None:
        taken = self._chunk.totals.take()
        self._since_log.add(taken)
        self._since_epoch.add(taken)

    def _emit(self, window: str, tally: Tally) -> None:
        self._report(window, self._chunk.totals.values(tally, self._summarize))

    def _verify_finite(self, before: int, sums: npt.NDArray[np.float64]) -> None:
        finite = np.isfinite(sums).all(axis=1)
        if not finite.all():
            name = self._chunk.totals.means[int(np.argmin(finite))]
            raise RunError(
                f"`{name}` became NaN or infinite between step {before} and step "
                f"{self._clock.completed}; training stops, and the last good "
                "checkpoint is kept"
            )
