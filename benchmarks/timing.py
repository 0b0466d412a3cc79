"""Interleaved measurement: each contestant in turn, round after round; medians."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import NamedTuple, Protocol, TypeVar

T_ = TypeVar("T_")


class Loop(Protocol):
    """A training loop that can be driven in pieces."""

    def advance(self) -> int:
        """Run some steps; return how many."""


class Rate(NamedTuple):
    """Steps per second of the clock, and per second of processor time."""

    wall: float
    cpu: float


def rate(loop: Loop, seconds: float) -> Rate:
    """Return how fast a loop is, over at least `seconds`.

    Processor time counts all threads of this process, and not those of others, which
    take from the clock's on a shared machine.
    """
    steps, began, busy = 0, time.perf_counter(), time.process_time()
    while (spent := time.perf_counter() - began) < seconds:
        steps += loop.advance()
    return Rate(steps / spent, steps / (time.process_time() - busy))


def interleaved(
    contestants: Mapping[str, Callable[[], T_]], rounds: int
) -> dict[str, list[T_]]:
    """Return what each contestant measured in each round, in turns."""
    found: dict[str, list[T_]] = {name: [] for name in contestants}
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
