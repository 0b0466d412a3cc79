"""A schedule over a run, at as many counts as a plot has room for."""

from collections.abc import Mapping
from typing import Any

from loopc.planning.schedule_values import Horizon, ScheduleReader
from loopc.records import dataclass
from loopc.semantics import checked

MOST_POINTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Values of a schedule at 0-based counts; `boundaries` is where pieces begin."""

    name: str
    counts: tuple[int, ...]
    values: tuple[float, ...]
    boundaries: tuple[int, ...]
    steps: int
    steps_per_epoch: int | None

    def as_json(self) -> dict[str, Any]:
        """The curve as JSON values."""
        return {
            "name": self.name,
            "steps": self.steps,
            "steps_per_epoch": self.steps_per_epoch,
            "boundaries": list(self.boundaries),
            "counts": list(self.counts),
            "values": list(self.values),
        }


def schedule_curve(
    schedule: checked.CheckedSchedule,
    named: Mapping[str, checked.CheckedSchedule],
    horizon: Horizon,
    steps: int,
) -> Curve:
    """The curve of a schedule over `steps` counts.

    Every count has its point where there are few, else evenly spaced ones and those on
    both sides of each boundary. Raises Unknown.
    """
    reader = ScheduleReader(horizon, dict(named))
    inner = (int(b) for b in reader.boundaries(schedule.body))
    boundaries = sorted({b for b in inner if 0 < b < steps})
    stride = max(1, -(-steps // MOST_POINTS))
    counts = {*range(0, steps, stride), steps - 1, *boundaries}
    counts |= {b - 1 for b in boundaries}
    ordered = tuple(sorted(counts))
    return Curve(
        name=schedule.name,
        counts=ordered,
        values=tuple(reader.value(schedule.body, float(c)) for c in ordered),
        boundaries=tuple(boundaries),
        steps=steps,
        steps_per_epoch=horizon.steps_per_epoch,
    )
