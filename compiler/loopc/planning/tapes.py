"""Where tapes go: one short tape a gradient, shared forward passes recorded once.

A statement is recorded on the tapes of those sites whose gradient passes through it
(`recording.py`). The order of effects is kept. Between two effects, statements that
need no tape move in front of the recorded ones, or behind where they read them. A tape
that is needed again after another update is entered again, so it never records that
update. It is persistent only where one tape serves several passes of a loop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from loopc.planning import plan
from loopc.planning.again import Path, given_back, take_paths
from loopc.planning.gradients import gradient_of
from loopc.planning.recording import (
    Body,
    Place,
    Recording,
    gradient_site,
    record,
    takes_gradients,
    updates_in,
)
from loopc.planning.segments import Placed, absorbed, all_wanted, in_order
from loopc.planning.walk import names_bound, names_read, walk
from loopc.records import dataclass
from loopc.semantics import checked


def place_tapes(
    body: Body, contains: Mapping[str, frozenset[str]]
) -> tuple[plan.StepPart, ...]:
    """Arrange a step body. `contains`: a model to itself and the models inside it."""
    recording = record(body, contains)
    again = take_paths(body, recording)
    return _Arranger(recording, body, again).body(body, ())


@dataclass(slots=True)
class _Arranger:
    recording: Recording
    whole: Body
    again: Mapping[str, Path]  # of objectives that are computed more than once
    opened: set[str] = field(default_factory=set)
    made_before: set[str] = field(default_factory=set)  # before the loop they serve

    def body(self, body: Body, prefix: Place) -> tuple[plan.StepPart, ...]:
        """The parts of one body: segments of statements, and effects between them."""
        parts: list[plan.StepPart] = []
        segment: list[Placed] = []
        for index, statement in enumerate(body):
            place = (*prefix, index)
            if isinstance(statement, checked.CheckedReport):
                continue
            if not _is_effect(statement):
                tapes = tuple(self.recording.tapes.get(place, ()))
                segment.append(Placed(statement, tapes, place))
                continue
            if isinstance(statement, checked.CheckedUpdate):
                parts.extend(self.updated(segment, statement, parts))
            elif isinstance(statement, checked.CheckedSet):
                parts.extend([*self.segment(segment), statement])
            else:
                parts.extend(self.segment(segment))
                parts.extend(self.nested(statement, place))
            segment = []
        parts.extend(self.segment(segment))
        return tuple(parts)

    def nested(
        self, statement: checked.CheckedStatement, place: Place
    ) -> list[plan.StepPart]:
        """A loop or block with updates, behind the tapes that go on beyond it."""
        assert isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery)
        openings: list[plan.StepPart] = []
        for site in self.needed_in(place):
            if len(self.recording.home[site]) < len(place) and site not in self.opened:
                openings.append(self.opening(site))
        parts = self.body(statement.body, place)
        if isinstance(statement, checked.CheckedRepeat):
            return [*openings, plan.RepeatPlan(statement=statement, parts=parts)]
        name, cadence = statement.name, statement.cadence
        return [*openings, plan.EveryPlan(name=name, cadence=cadence, parts=parts)]

    def needed_in(self, place: Place) -> list[str]:
        """Sites that record something below `place`."""
        found: dict[str, None] = {}
        for inner, sites in self.recording.tapes.items():
            if inner[: len(place)] == place:
                found.update(dict.fromkeys(sites))
        return list(found)

    def opening(self, site: str) -> plan.TapeOpening:
        self.opened.add(site)
        self.made_before.add(site)
        persistent = site in self.recording.persistent
        return plan.TapeOpening(site=site, persistent=persistent)

    def updated(
        self,
        segment: list[Placed],
        statement: checked.CheckedUpdate,
        before: list[plan.StepPart],
    ) -> list[plan.StepPart]:
        """Statements, the objective at the end of its tape, then the update.

        The tape may be one of the parts `before`.
        """
        partial = statement.site in self.recording.second_order
        update = update_plan(statement, partial)
        if update.site in self.again:
            return self.evaluated(segment, update)
        front, recorded, back = in_order(segment, update)
        blocks = self.blocks(recorded)
        bound = {name for placed in front for name in placed.binds}
        earlier = [] if bound & names_read(update.objective) else before
        self.compute_objective(update, earlier, blocks)
        return [*self.all(front), *blocks, *self.all(back), update]

    def evaluated(
        self, segment: list[Placed], update: plan.UpdatePlan
    ) -> list[plan.StepPart]:
        """An update whose chain computes the objective again: a function of it.

        Statements on other tapes too, or of another moment, stand in it once more.
        """
        site, path = update.site, self.again[update.site]
        marked = [
            replace(p, tapes=(site,)) if p.place in path and not p.tapes else p
            for p in segment
        ]
        if "per_example" in update.chain.needs:
            marked = all_wanted(marked, update)
        front, recorded, back = in_order(marked, update)
        own = [p for p in recorded if set(p.tapes) <= {site}]
        others = [p for p in recorded if not set(p.tapes) <= {site}]
        places = [p.place for p in own]
        copied = [s for place, s in path.items() if place not in places]
        kept = [self.settled(p.statement) for p in own]
        block = self.block((site,), [*copied, *kept], (update,), (site,))
        names = given_back(self.whole, site, places, kept)
        block = replace(block, returned=names)
        return [*self.all(front), *self.blocks(others), block, *self.all(back), update]

    def compute_objective(
        self,
        update: plan.UpdatePlan,
        before: list[plan.StepPart],
        blocks: list[plan.StepPart],
    ) -> None:
        """Put the objective at the end of the last block that is on its tape.

        That may stand before another update, if no weights are read by the objective.
        """
        settled = _is_settled(update.objective)
        for parts in (blocks, before) if settled else (blocks,):
            index = _last_on_tape(update, parts)
            block = None if index is None else parts[index]
            if index is not None and isinstance(block, plan.TapeBlock):
                objectives = (*block.objectives, update)
                parts[index] = replace(block, objectives=objectives)
                return
            if any(_binds(part) & names_read(update.objective) for part in parts):
                break
        new = self.new_tapes((update.site,))
        blocks.append(self.block((update.site,), [], (update,), new))

    def segment(self, segment: list[Placed]) -> list[plan.StepPart]:
        front, recorded, back = in_order(segment, None)
        return [*self.all(front), *self.blocks(recorded), *self.all(back)]

    def all(self, placed: Sequence[Placed]) -> list[plan.StepPart]:
        return self.plain([p.statement for p in placed], [p.place for p in placed])

    def blocks(self, recorded: Sequence[Placed]) -> list[plan.StepPart]:
        """Runs of statements on the same tapes; those on none stand between them."""
        parts: list[plan.StepPart] = []
        run: list[Placed] = []
        for placed in [*absorbed(recorded), None]:
            if run and (placed is None or placed.tapes != run[0].tapes):
                parts.extend(self.run(run))
                run = []
            if placed is not None:
                run.append(placed)
        return parts

    def run(self, run: Sequence[Placed]) -> list[plan.StepPart]:
        """Statements on the same tapes, as one block where they are on any."""
        if not run[0].tapes:
            return self.plain([p.statement for p in run], [p.place for p in run])
        new = self.new_tapes(run[0].tapes)
        inner: list[plan.StepPart] = []
        openings: list[plan.StepPart] = []
        for placed in run:
            for part in self.plain([placed.statement], [placed.place]):
                into = openings if isinstance(part, plan.TapeOpening) else inner
                into.append(part)
        return [*openings, self.block(run[0].tapes, inner, (), new)]

    def plain(
        self, statements: Sequence[checked.CheckedStatement], places: Sequence[Place]
    ) -> list[plan.StepPart]:
        """Statements as they are; loops that take gradients have parts."""
        parts: list[plan.StepPart] = []
        for statement, place in zip(statements, places, strict=True):
            is_loop = isinstance(statement, checked.CheckedRepeat)
            if is_loop and takes_gradients(statement):
                parts.extend(self.nested(statement, place))
            else:
                parts.append(self.settled(statement))
        return parts

    def settled(self, statement: checked.CheckedStatement) -> checked.CheckedStatement:
        """A gradient of second order may not depend on all that it is taken of."""
        gradient = gradient_of(statement)
        if gradient is None or not isinstance(statement, checked.CheckedAssign):
            return statement
        partial = gradient_site(gradient) in self.recording.second_order
        return replace(statement, value=replace(gradient, partial=partial))

    def new_tapes(self, tapes: tuple[str, ...]) -> tuple[str, ...]:
        new = tuple(t for t in tapes if t not in self.opened)
        self.opened.update(new)
        return new

    def block(
        self,
        tapes: tuple[str, ...],
        statements: Sequence[plan.StepPart],
        objectives: tuple[plan.UpdatePlan, ...],
        new: tuple[str, ...],
    ) -> plan.TapeBlock:
        return plan.TapeBlock(
            tapes=tapes,
            opened=new,
            persistent=tuple(t for t in new if t in self.recording.persistent),
            watched=self.watched(tapes, new),
            statements=tuple(statements),
            objectives=objectives,
        )

    def watched(
        self, tapes: tuple[str, ...], new: tuple[str, ...]
    ) -> tuple[tuple[str, tuple[checked.Local, ...]], ...]:
        """What tapes have to watch: when new, or when first entered in a loop."""
        return tuple(
            (t, self.recording.watched[t])
            for t in tapes
            if t in self.recording.watched and (t in new or t in self.made_before)
        )


def _is_settled(objective: checked.CheckedExpression) -> bool:
    """Whether an objective is made of names alone, and the same after an update."""
    made_of = checked.Local | checked.Average
    return all(isinstance(node, made_of) for node in walk(objective))


def _last_on_tape(
    update: plan.UpdatePlan, parts: Sequence[plan.StepPart]
) -> int | None:
    """Where the objective can be computed: nothing that it reads is bound later."""
    wanted = names_read(update.objective)
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if isinstance(part, plan.TapeBlock) and update.site in part.tapes:
            return index
        if _binds(part) & wanted:
            return None
    return None


def _binds(part: plan.StepPart) -> frozenset[str]:
    if isinstance(part, plan.RepeatPlan):
        return names_bound(part.statement)
    if isinstance(part, plan.TapeBlock):
        return frozenset(name for s in part.statements for name in _binds(s))
    return names_bound(part) if isinstance(part, checked.CheckedNode) else frozenset()


def _is_effect(statement: checked.CheckedStatement) -> bool:
    """Whether a statement keeps its place among updates."""
    if isinstance(statement, checked.CheckedRepeat):
        return updates_in(statement)
    effects = checked.CheckedUpdate | checked.CheckedEvery | checked.CheckedSet
    return isinstance(statement, effects)


def update_plan(statement: checked.CheckedUpdate, partial: bool) -> plan.UpdatePlan:
    return plan.UpdatePlan(
        site=statement.site,
        models=statement.models,
        trained=statement.trained,
        objective=statement.objective,
        maximize=statement.maximize,
        chain=statement.chain,
        every=statement.every,
        left_out=statement.left_out,
        partial=partial or statement.zeros,
    )
