"""Trackers of an evaluated number: the best weights so far, and when it stalls."""

import math
from typing import Any, Literal, Protocol

from loopc_runtime.cadence import Every
from loopc_runtime.window import Window

TrackerState = dict[str, Any]
Mode = Literal["min", "max"]


class WeightStore(Protocol):
    """What keeping the best weights needs of a run."""

    @property
    def step(self) -> int:
        """The number of completed steps."""

    @property
    def evaluating(self) -> bool:
        """Whether the run only evaluates, so that nothing is kept."""

    def store_best(self, tracker: "KeepBest", value: float) -> bool:
        """Save the weights of all models for `tracker`; tell whether it worked."""


class KeepBest:
    """Keeps the weights of the `keep` best offers; the earlier of equal ones."""

    def __init__(self, *, mode: Mode = "max", keep: int = 1) -> None:
        self._mode, self._keep = mode, keep
        self._entries: list[tuple[float, int]] = []  # (value, step), best first

    @property
    def step(self) -> int | None:
        """The step of the best offer; None before the first."""
        return self._entries[0][1] if self._entries else None

    @property
    def value(self) -> float | None:
        """The best offer; None before the first."""
        return self._entries[0][0] if self._entries else None

    @property
    def steps(self) -> list[int]:
        """The steps whose weights are kept, best first."""
        return [step for _, step in self._entries]

    def offer(self, run: WeightStore, value: float) -> bool:
        """Keep the present weights if `value` is among the best; tell whether it is.

        NaN is never among the best. In an evaluating run nothing happens.
        """
        if run.evaluating or math.isnan(value) or not self._improves(value):
            return False
        if not run.store_best(self, value):
            return False
        self._entries.append((value, run.step))
        self._entries.sort(key=lambda entry: (self._rank(entry[0]), entry[1]))
        del self._entries[self._keep :]
        return self._entries[0] == (value, run.step)

    def state(self) -> TrackerState:
        """Return what a checkpoint saves, as JSON."""
        return {"entries": [[value, step] for value, step in self._entries]}

    def restore(self, state: TrackerState) -> None:
        """Take what `state()` returned."""
        self._entries = [(value, step) for value, step in state["entries"]]

    def _rank(self, value: float) -> float:
        return -value if self._mode == "max" else value

    def _improves(self, value: float) -> bool:
        if len(self._entries) < self._keep:
            return True
        return self._rank(value) < self._rank(self._entries[-1][0])


class Stall:
    """Tells when a number has not improved for a while.

    An improvement is more than `min_delta` better than the best so far.
    """

    def __init__(
        self, *, mode: Mode = "max", patience: Every, min_delta: float = 0.0
    ) -> None:
        self._sign = 1.0 if mode == "max" else -1.0
        self._patience, self._min_delta = patience, min_delta
        self._best: float | None = None
        self._since = 0

    def update(self, window: Window, value: float) -> bool:
        """Take in `value`; tell whether the last improvement is `patience` ago.

        NaN is no improvement. In an evaluating run nothing happens.
        """
        if window.evaluating:
            return False
        ahead = math.inf if self._best is None else self._sign * (value - self._best)
        if ahead > self._min_delta and not math.isnan(value):
            self._best, self._since = value, window.step
        patience = self._patience.period(window.steps_per_epoch)
        return window.step - self._since >= patience

    def state(self) -> TrackerState:
        """Return what a checkpoint saves, as JSON."""
        return {"best": self._best, "since": self._since}

    def restore(self, state: TrackerState) -> None:
        """Take what `state()` returned."""
        self._best, self._since = state["best"], state["since"]
