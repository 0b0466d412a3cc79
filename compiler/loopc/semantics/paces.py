"""How many updates a step makes, where that is not one."""

from fractions import Fraction
from typing import TypeAlias

from loopc.records import dataclass
from loopc.source import Span

Pace: TypeAlias = Fraction | None  # updates in a step, None where that is not known


@dataclass(frozen=True, slots=True)
class Site:
    """An update, and how many of it are made in a step."""

    span: Span
    pace: Pace

    @property
    def words(self) -> str:
        if self.pace is None:
            return "not one update in each step"
        updates, steps = self.pace.as_integer_ratio()
        made = "one update" if updates == 1 else f"{updates} updates"
        if steps == 1:
            return f"{made} in each step"
        return f"{made} in {steps} steps"

    def in_steps(self, updates: int) -> int | None:
        """So many updates in steps, where that is a whole number."""
        if self.pace is None or not self.pace or not updates:
            return None
        steps = updates / self.pace
        return int(steps) if steps.denominator == 1 else None
