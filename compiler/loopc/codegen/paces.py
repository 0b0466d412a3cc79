"""How often a site updates: what schedules in steps are read by."""

from collections.abc import Mapping

from loopc.codegen.statics import StaticPrinter
from loopc.planning import plan
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked.schedule_lengths import units_of

PER_EPOCH = "clock.steps_per_epoch"


@dataclass(frozen=True, slots=True)
class Pace:
    """How many updates a site makes in a step: `times` in one of `among` steps."""

    times: int = 1
    among: str = ""

    @property
    def text(self) -> str:
        return f"{self.times} / {self.among}" if self.among else str(self.times)

    def in_steps(self, updates: str) -> str:
        """A number of updates, as a product, in steps."""
        longer = f"{updates} * {self.among}" if self.among else updates
        return longer if self.times == 1 else f"{longer} / {self.times}"

    def among_steps(self, steps: str) -> "Pace":
        """The pace of one in `steps` of these updates."""
        among = f"({self.among} * {steps})" if self.among else steps
        return Pace(self.times, among)


ONE_A_STEP = Pace()


def pace_of(
    step: plan.StepPlan, update: plan.UpdatePlan, statics: StaticPrinter
) -> Pace:
    """The pace of a site of `step`."""
    times = {site.site: n for site, n in plan.update_times(step.parts)}
    cadence = step.cadence_of(update.site)
    if cadence is None:
        return Pace(times[update.site])
    amount = statics.amount(cadence)
    if cadence.duration.unit == "epochs":
        amount = PER_EPOCH if amount == "1" else f"({amount} * {PER_EPOCH})"
    return Pace(times[update.site], amount)


def counts_updates(
    body: checked.ScheduleBody, declared: Mapping[str, checked.CheckedSchedule]
) -> bool:
    """Whether all durations of a schedule are written in updates, and there are some:
    it is then read by the counter of its site as it is.
    """
    return set(units_of(body, declared)) == {"updates"}
