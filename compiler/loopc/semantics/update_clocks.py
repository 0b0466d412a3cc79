"""Durations in updates, where the updates of a site and the steps differ in number."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from loopc.records import dataclass
from loopc.semantics.checked import (
    Cadence,
    CheckedChain,
    CheckedEvery,
    CheckedLink,
    CheckedRepeat,
    CheckedSchedule,
    CheckedStatement,
    CheckedTrain,
    CheckedUpdate,
    Duration,
    ScheduleBody,
    ScheduleName,
    SchedulePiece,
    ScheduleValue,
    Static,
)
from loopc.semantics.checked.schedule_lengths import units_of
from loopc.semantics.context import Context
from loopc.semantics.errors import clocks as errors
from loopc.semantics.paces import Pace, Site
from loopc.semantics.walk import walk

Schedules = Mapping[str, CheckedSchedule]
ONCE: Final = Fraction(1)


def verify_update_clocks(context: Context, train: CheckedTrain) -> None:
    """Say where a duration in updates would be taken for one in steps.

    A named schedule is one for all who read it, in updates or in steps. Written in
    place, its durations are those of its site.
    """
    named = {n: s for n, s in context.schedules.items() if s is not None}
    changed = {name for stage in train.stages for name, _ in stage.schedules}
    chains = {name: chain for stage in train.stages for name, chain in stage.chains}
    checker = _Checker(context, named, changed, train)
    sites = list(_sites(train.body, ONCE))
    for update, pace in [(update, pace) for update, pace in sites if pace != ONCE][:1]:
        checker.values(update, pace)
    for update, pace in sites:
        for chain in (update.chain, *_put_in(chains, update)):
            checker.chain(chain, update, pace)


def _put_in(
    chains: Mapping[str, CheckedChain], update: CheckedUpdate
) -> Iterator[CheckedChain]:
    """The chains that stages put in the place of an update's own."""
    yield from (chain for name, chain in chains.items() if name == update.chain.name)


def _sites(
    body: Sequence[CheckedStatement], pace: Pace
) -> Iterator[tuple[CheckedUpdate, Pace]]:
    """Each update, and how many of it are made in a step."""
    for statement in body:
        if isinstance(statement, CheckedUpdate):
            yield statement, _among(pace, statement.every)
        elif isinstance(statement, CheckedRepeat):
            passes = len(statement.values)
            yield from _sites(statement.body, None if pace is None else pace * passes)
        elif isinstance(statement, CheckedEvery):
            yield from _sites(statement.body, _among(pace, statement.cadence))


def _among(pace: Pace, cadence: Cadence | None) -> Pace:
    """The pace of what is done at an interval."""
    if cadence is None or pace is None:
        return pace
    steps = cadence.duration
    return pace / int(steps.amount) if steps.unit == "steps" else None


def _accumulated(pace: Pace, link: CheckedLink) -> Pace:
    """The pace of the real updates within `accumulate`."""
    steps = link.options["steps"]
    if pace is None or not isinstance(steps, Static):
        return None
    return pace / steps.value if isinstance(steps.value, int) else None


@dataclass(slots=True)
class _Checker:
    context: Context
    named: Schedules
    changed: set[str]  # by stages
    train: CheckedTrain

    def chain(self, chain: CheckedChain, update: CheckedUpdate, pace: Pace) -> None:
        for link in chain.links:
            inner = _accumulated(pace, link) if link.name == "accumulate" else pace
            self.link(link, update, inner)

    def link(self, link: CheckedLink, update: CheckedUpdate, pace: Pace) -> None:
        if pace != ONCE:
            for value in link.options.values():
                if isinstance(value, CheckedSchedule):
                    self.schedule(value, link, Site(update.span, pace))
        for chain in link.chains:
            self.chain(chain, update, pace)

    def schedule(self, value: CheckedSchedule, link: CheckedLink, site: Site) -> None:
        span = value.span if not value.name else link.span
        for name, body in self.alternatives(value):
            units = set(units_of(body, self.named))
            only = units == {"updates"} and name not in self.changed
            if "updates" not in units or only:
                continue
            if name or self.names_updates(body):
                shown = name or next(iter(self.names_updates(body)))
                stages = name in self.changed
                written = self.duration_in_updates(body)
                found = errors.updates_of_which(shown, stages, written, span, site)
                self.context.add(found)
                return

    def values(self, update: CheckedUpdate, pace: Pace) -> None:
        """Schedules that the step reads, and with them its steps."""
        for node in walk((self.train.body, tuple(e.body for e in self.train.evals))):
            if isinstance(node, ScheduleValue):
                units = set(units_of(node.schedule.body, self.named))
                if "updates" in units:
                    name, site = node.schedule.name, Site(update.span, pace)
                    written = self.duration_in_updates(node.schedule.body)
                    self.context.add(
                        errors.updates_on_the_step(name, written, node.span, site)
                    )

    def alternatives(
        self, value: CheckedSchedule
    ) -> Iterator[tuple[str, ScheduleBody]]:
        """The schedule, and what stages put in its place."""
        yield value.name, value.body
        for stage in self.train.stages:
            for name, schedule in stage.schedules:
                if value.name and name == value.name:
                    yield name, schedule.body

    def names_updates(self, body: ScheduleBody) -> list[str]:
        """Named schedules with durations in updates that stand in one in place."""
        names = [n.name for n in walk(body) if isinstance(n, ScheduleName)]
        return [
            name
            for name in names
            if "updates" in set(units_of(self.named[name].body, self.named))
        ]

    def duration_in_updates(self, body: ScheduleBody) -> int:
        """How many updates the first duration is that is written in them."""
        for node in walk(body):
            if isinstance(node, ScheduleName):
                found = self.duration_in_updates(self.named[node.name].body)
                if found:
                    return found
            if isinstance(node, SchedulePiece):
                times = (t.value for given in node.times.values() for t in given)
                for time in (node.duration, *times):
                    if isinstance(time, Duration) and time.unit == "updates":
                        return int(time.amount)
        return 0
