"""Reports of a run: to its log files, to the person watching, and to its result."""

import sys
from collections.abc import Mapping
from typing import Any

from loopc_runtime.clock import Clock
from loopc_runtime.journal import Journal, finite_or_null
from loopc_runtime.progress import duration_text, make_progress, values_text


class Reporter:
    """Takes what a run measures; `results` holds the last value of every metric.

    Without a journal (an evaluating run) nothing is logged.
    """

    def __init__(self, clock: Clock, name: str = "train") -> None:
        self.results: dict[str, float] = {}
        self.journal: Journal | None = None
        self._clock = clock
        self._progress = make_progress(name)

    def start(self, journal: Journal | None) -> None:
        """Begin to log and to show."""
        self.journal = journal
        self._progress.start(self._clock.completed, self._clock.last_step)

    def record(
        self,
        split: str,
        values: Mapping[str, float],
        seconds: float,
        window: str | None = None,
    ) -> None:
        """Take the values of a split at the present step, `seconds` into training."""
        self.results |= {f"{split}.{name}": value for name, value in values.items()}
        step, epoch = self._clock.completed, self._clock.completed_epochs
        self._progress.metrics(step, epoch, split, values)
        if self.journal is not None:
            self.journal.write(step, epoch, split, values, window)
            self.journal.write_times(step, {"seconds": seconds})

    def advance(self, rate: float) -> None:
        """Show where the run is, at `rate` steps per second."""
        if self.journal is not None:
            self.journal.flush()
        self._progress.advance(
            self._clock.completed, self._clock.completed_epochs, rate
        )

    def stored(self, split: str) -> dict[str, float]:
        """Return the last values of a split; empty where there are none."""
        prefix = f"{split}."
        return {
            name.removeprefix(prefix): value
            for name, value in self.results.items()
            if name.startswith(prefix)
        }

    def outcome(self, ended: str | None) -> dict[str, Any]:
        """Return step, reason of the end and results, as result.json has them."""
        results = {name: finite_or_null(value) for name, value in self.results.items()}
        return {"step": self._clock.completed, "ended": ended, "results": results}

    def summarize(self, ended: str, seconds: float, folder: str) -> None:
        """Show the end of a run in two lines."""
        spent = duration_text(seconds)
        self.note(f"{ended} at step {self._clock.completed:,} after {spent}: {folder}")
        self.note(values_text(self.results))

    def note(self, text: str) -> None:
        """Show a sentence."""
        self._progress.note(text)

    def warn(self, text: str) -> None:
        """Show a warning, on standard error."""
        print(f"warning: {text}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """End the display and close the log files."""
        self._progress.stop()
        if self.journal is not None:
            self.journal.close()
