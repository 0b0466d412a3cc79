"""What a person sees while a run goes on: a live display, plain lines, or nothing."""

import os
import sys
import time
from collections.abc import Mapping
from typing import Any, Protocol

PLAIN_SECONDS = 1.0  # at most one plain line of training metrics in this time


class Progress(Protocol):
    """Shows how a run gets on."""

    def start(self, step: int, total: int | None) -> None:
        """Begin at `step` of `total` steps."""

    def advance(self, step: int, epoch: int | None, rate: float) -> None:
        """Show that `step` steps are completed, at `rate` steps per second."""

    def metrics(
        self, step: int, epoch: int | None, split: str, values: Mapping[str, float]
    ) -> None:
        """Show the values of a split at a step."""

    def note(self, text: str) -> None:
        """Show a sentence."""

    def stop(self) -> None:
        """End the display."""


class SilentProgress:
    """Shows nothing."""

    def start(self, step: int, total: int | None) -> None:
        """Show nothing."""

    def advance(self, step: int, epoch: int | None, rate: float) -> None:
        """Show nothing."""

    def metrics(
        self, step: int, epoch: int | None, split: str, values: Mapping[str, float]
    ) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""

    def stop(self) -> None:
        """Show nothing."""


class PlainProgress:
    """Prints one line for each set of metrics, for logs and pipes."""

    def __init__(self, run: str = "train") -> None:
        self._run, self._rate = run, 0.0
        self._total: int | None = None
        self._last_train = 0.0

    def start(self, step: int, total: int | None) -> None:
        """Remember where the run ends."""
        self._total = total

    def advance(self, step: int, epoch: int | None, rate: float) -> None:
        """Remember the speed."""
        self._rate = rate

    def metrics(
        self, step: int, epoch: int | None, split: str, values: Mapping[str, float]
    ) -> None:
        """Print a line; training metrics at most once a second."""
        now = time.monotonic()
        if split == self._run and now - self._last_train < PLAIN_SECONDS:
            return
        if split == self._run:
            self._last_train = now
        place = position_text(step, self._total, epoch)
        speed = (
            f"  {rate_text(self._rate)}" if split == self._run and self._rate else ""
        )
        print(f"{place}  {split:<5}  {values_text(values)}{speed}", flush=True)

    def note(self, text: str) -> None:
        """Print the sentence."""
        print(text, flush=True)

    def stop(self) -> None:
        """Do nothing: every line is printed already."""


class RichProgress:
    """A live bar with the latest metrics of each split below; needs a terminal."""

    def __init__(self, run: str = "train") -> None:
        from rich.console import Console, Group
        from rich.live import Live
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.table import Table

        self._group, self._table, self._run = Group, Table, run
        self._bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=32),
            TextColumn("{task.completed:,.0f}[dim]/{task.fields[goal]}"),
            TextColumn("[cyan]{task.fields[rate]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        self._console = Console()
        self._live = Live(console=self._console, refresh_per_second=8)
        self._task: Any = None
        self._latest: dict[str, dict[str, float]] = {}

    def start(self, step: int, total: int | None) -> None:
        """Open the display."""
        goal = "?" if total is None else f"{total:,}"
        self._task = self._bar.add_task(
            self._run, total=total, completed=step, goal=goal, rate=""
        )
        self._live.start()
        self._draw()

    def advance(self, step: int, epoch: int | None, rate: float) -> None:
        """Move the bar."""
        label = self._run if epoch is None else f"epoch {epoch + 1}"
        self._bar.update(
            self._task, completed=step, description=label, rate=rate_text(rate)
        )
        self._draw()

    def metrics(
        self, step: int, epoch: int | None, split: str, values: Mapping[str, float]
    ) -> None:
        """Show the values in the split's row."""
        self._latest[split] = dict(values)
        self._draw()

    def note(self, text: str) -> None:
        """Print the sentence above the display."""
        self._console.print(text, markup=False, highlight=False)

    def stop(self) -> None:
        """Leave the last state on the screen."""
        self._live.stop()

    def _draw(self) -> None:
        table = self._table.grid(padding=(0, 2))
        for split, values in self._latest.items():
            table.add_row(f"[bold]{split}", values_text(values))
        self._live.update(self._group(self._bar, table))


def make_progress(run: str = "train") -> Progress:
    """Return the display of a run that `LOOPC_PROGRESS` (rich, plain, none) asks for.

    By default a terminal gets rich, or plain lines where rich is not installed.
    """
    default = "rich" if sys.stdout.isatty() else "plain"
    kind = os.environ.get("LOOPC_PROGRESS", default)
    if kind == "none":
        return SilentProgress()
    if kind == "rich":
        try:
            return RichProgress(run)
        except ImportError:
            return PlainProgress(run)
    return PlainProgress(run)


def position_text(step: int, total: int | None, epoch: int | None) -> str:
    """Return where a run is: `epoch 3  step 1,200/4,690`."""
    goal = "" if total is None else f"/{total:,}"
    place = f"step {step:,}{goal}"
    return place if epoch is None else f"epoch {epoch}  {place}"


def values_text(values: Mapping[str, float]) -> str:
    """Return the values with four significant digits: `loss 0.3142  accuracy 0.91`."""
    return "  ".join(f"{name} {value:.4g}" for name, value in values.items())


def rate_text(rate: float) -> str:
    """Return a speed: `2,514 steps/s`, `0.83 steps/s`."""
    return f"{rate:,.0f} steps/s" if rate >= 10 else f"{rate:.2f} steps/s"


def duration_text(seconds: float) -> str:
    """Return a time: `1:02:03`, `2:03`, `4.2 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02d}:{rest:02d}"
    return f"{hours}:{clock}" if hours else f"{minutes}:{rest:02d}"
