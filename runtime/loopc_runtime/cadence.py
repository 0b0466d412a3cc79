"""When things happen: cadences, and the calendar that turns them into steps."""

from dataclasses import dataclass

from loopc_runtime.errors import RunError


@dataclass(frozen=True, kw_only=True)
class Every:
    """A cadence that is due when the number of completed steps divides by it.

    Exactly one of `steps` and `epochs` is given.
    """

    steps: int | None = None
    epochs: int | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.steps, self.epochs) if value is not None]
        if len(given) != 1 or given[0] < 1:
            raise RunError(
                "a cadence takes one positive number of steps or of epochs, "
                f"not steps={self.steps}, epochs={self.epochs}"
            )

    def period(self, steps_per_epoch: int | None) -> int:
        """Return the cadence in steps."""
        if self.steps is not None:
            return self.steps
        if self.epochs is None or steps_per_epoch is None:
            raise RunError(
                f"a cadence of {self.epochs} epochs has no meaning in a run without "
                "epochs; give it in steps"
            )
        return self.epochs * steps_per_epoch


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The steps of a run at which the device has to stop.

    `cuts_epochs` is false where epochs leave no trace (the whole data is one batch);
    `short_batch` says that the last step of an epoch has its own program.
    """

    steps_per_epoch: int | None
    last_step: int | None
    cadences: tuple[Every, ...] = ()
    stage_ends: tuple[int, ...] = ()
    cuts_epochs: bool = True
    short_batch: bool = False

    def next_stop(self, step: int) -> int | None:
        """Return the first step after `step` at which the device stops, if any."""
        stops = [self._next_multiple(step, self._period(c)) for c in self.cadences]
        stops += [end for end in self.stage_ends if end > step]
        if self.last_step is not None:
            stops.append(self.last_step)
        if self.cuts_epochs and self.steps_per_epoch is not None:
            stops.extend(self._epoch_stops(step, self.steps_per_epoch))
        return min(stops, default=None)

    def due(self, cadence: Every, step: int) -> bool:
        """Tell whether `cadence` fires once `step` steps are completed."""
        return step > 0 and step % self._period(cadence) == 0

    def ends_epoch(self, step: int) -> bool:
        """Tell whether an epoch ends at `step`; not where epochs leave no trace."""
        if not self.cuts_epochs or self.steps_per_epoch is None:
            return False
        return step > 0 and step % self.steps_per_epoch == 0

    def is_short(self, step: int) -> bool:
        """Tell whether the step after `step` completed ones takes the short batch."""
        if not self.short_batch or self.steps_per_epoch is None:
            return False
        return step % self.steps_per_epoch == self.steps_per_epoch - 1

    def epoch(self, step: int) -> int | None:
        """Return the number of completed epochs."""
        return None if self.steps_per_epoch is None else step // self.steps_per_epoch

    def _period(self, cadence: Every) -> int:
        return cadence.period(self.steps_per_epoch)

    def _next_multiple(self, step: int, period: int) -> int:
        return (step // period + 1) * period

    def _epoch_stops(self, step: int, steps_per_epoch: int) -> list[int]:
        end = self._next_multiple(step, steps_per_epoch)
        if self.short_batch and step < end - 1:
            return [end - 1]
        return [end]
