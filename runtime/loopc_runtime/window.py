"""A stop of the training loop, at which the host may act."""

from dataclasses import dataclass

from loopc_runtime.cadence import Calendar, Every


@dataclass(frozen=True, kw_only=True)
class Window:
    """The moment after `step` completed steps.

    In an evaluating run there is one window, and everything is due in it.
    """

    step: int
    calendar: Calendar
    evaluating: bool = False

    @property
    def steps_per_epoch(self) -> int | None:
        """The steps of an epoch; None in a run without epochs."""
        return self.calendar.steps_per_epoch

    @property
    def epoch(self) -> int | None:
        """The number of completed epochs; None in a run without epochs."""
        return self.calendar.epoch(self.step)

    @property
    def ends_epoch(self) -> bool:
        """Whether an epoch ends here."""
        return self.evaluating or self.calendar.ends_epoch(self.step)

    def due(self, cadence: Every) -> bool:
        """Tell whether `cadence` fires here."""
        return self.evaluating or self.calendar.due(cadence, self.step)
