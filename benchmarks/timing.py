"""Interleaved measurement: each contestant in turn, round after round; medians."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Protocol


class Loop(Protocol):
    """A training loop that can be driven in pieces."""

    def advance(self) -> int:
        """Run some steps; return how many."""


def rate(loop: Loop, seconds: float) -> float:
    """Return the steps per second of a loop over at least `seconds`."""
    steps, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        steps += loop.advance()
    return steps / spent


def interleaved(
    contestants: Mapping[str, Callable[[], float]], rounds: int
) -> dict[str, list[float]]:
    """Return what each contestant measured in each round, in turns."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            found[name].append(measure())
    return found


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return float(median(values))


def spread(values: Sequence[float]) -> float:
    """Return half the distance from the least to the greatest, over the median."""
    return (max(values) - min(values)) / 2 / middle(values)
