"""Durations in updates, where the updates of a site and the steps differ in number."""

from collections.abc import Iterator, Mapping, Sequence

from loopc.records import dataclass
from loopc.semantics.checked import (
    CheckedChain,
    CheckedEvery,
    CheckedLink,
    CheckedRepeat,
    CheckedSchedule,
    CheckedStatement,
    CheckedTrain,
    CheckedUpdate,
    ScheduleBody,
    ScheduleName,
    ScheduleValue,
)
from loopc.semantics.checked.schedule_lengths import units_of
from loopc.semantics.context import Context
from loopc.semantics.errors import schedules as errors
from loopc.semantics.walk import walk

Schedules = Mapping[str, CheckedSchedule]


def verify_update_clocks(context: Context, train: CheckedTrain) -> None:
    """Say where a duration in updates would be taken for one in steps.

    A named schedule is one for all who read it, in updates or in steps. Written in
    place, its durations are those of its site.
    """
    named = {n: s for n, s in context.schedules.items() if s is not None}
    changed = {name for stage in train.stages for name, _ in stage.schedules}
    chains = {name: chain for stage in train.stages for name, chain in stage.chains}
    checker = _Checker(context, named, changed, train)
    sites = list(_sites(train.body, paced=False))
    for update in [update for update, paced in sites if paced][:1]:
        checker.values(update)
    for update, paced in sites:
        for chain in (update.chain, *_put_in(chains, update)):
            checker.chain(chain, update, paced)


def _put_in(
    chains: Mapping[str, CheckedChain], update: CheckedUpdate
) -> Iterator[CheckedChain]:
    """The chains that stages put in the place of an update's own."""
    yield from (chain for name, chain in chains.items() if name == update.chain.name)


def _sites(
    body: Sequence[CheckedStatement], paced: bool
) -> Iterator[tuple[CheckedUpdate, bool]]:
    """Each update, and whether it is made more or less often than once a step."""
    for statement in body:
        if isinstance(statement, CheckedUpdate):
            yield statement, paced or statement.every is not None
        elif isinstance(statement, CheckedRepeat):
            yield from _sites(statement.body, paced or len(statement.values) != 1)
        elif isinstance(statement, CheckedEvery):
            yield from _sites(statement.body, paced=True)


@dataclass(slots=True)
class _Checker:
    context: Context
    named: Schedules
    changed: set[str]  # by stages
    train: CheckedTrain

    def chain(self, chain: CheckedChain, update: CheckedUpdate, paced: bool) -> None:
        for link in chain.links:
            self.link(link, update, paced or link.name == "accumulate")

    def link(self, link: CheckedLink, update: CheckedUpdate, paced: bool) -> None:
        if paced:
            for value in link.options.values():
                if isinstance(value, CheckedSchedule):
                    self.schedule(value, link, update)
        for chain in link.chains:
            self.chain(chain, update, paced)

    def schedule(
        self, value: CheckedSchedule, link: CheckedLink, update: CheckedUpdate
    ) -> None:
        span = value.span if not value.name else link.span
        for name, body in self.alternatives(value):
            units = set(units_of(body, self.named))
            only = units == {"updates"} and name not in self.changed
            if "updates" not in units or only:
                continue
            if name or self.names_updates(body):
                shown = name or next(iter(self.names_updates(body)))
                stages = name in self.changed
                found = errors.updates_of_which(shown, stages, span, update.span)
                self.context.add(found)
                return

    def values(self, update: CheckedUpdate) -> None:
        """Schedules that the step reads, and with them its steps."""
        for node in walk((self.train.body, tuple(e.body for e in self.train.evals))):
            if isinstance(node, ScheduleValue):
                units = set(units_of(node.schedule.body, self.named))
                if "updates" in units:
                    name, span = node.schedule.name, node.span
                    found = errors.updates_on_the_step(name, span, update.span)
                    self.context.add(found)

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
