"""`train` blocks: how long, with what settings, the step, evals and what watches."""

from collections.abc import Sequence
from typing import TypeVar

from loopc.records import dataclass
from loopc.semantics import step_bodies
from loopc.semantics.checked import (
    Cadence,
    CheckedEval,
    CheckedStage,
    CheckedTrain,
    Duration,
    Static,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import runs as run_errors
from loopc.semantics.errors import schedules as schedule_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.nonfinite import check_nonfinite
from loopc.semantics.options import as_int
from loopc.semantics.parts import verify_devices, verify_parts
from loopc.semantics.plateaus import check_plateaus
from loopc.semantics.run_clock import RunClock, verify_cadence, verify_clocks
from loopc.semantics.settings import check_settings, default_log
from loopc.semantics.stages import check_stages, whole_duration
from loopc.semantics.starts import check_starts
from loopc.semantics.states import resets
from loopc.semantics.streams import check_stream
from loopc.semantics.trackers import (
    Watched,
    check_export,
    check_goal,
    check_keep,
    check_stop,
    written_reports,
)
from loopc.semantics.train_order import train_head, train_name
from loopc.syntax import ast

RUN_UNITS = frozenset({"steps", "epochs", "seconds"})
CADENCE_UNITS = frozenset({"steps", "epochs"})

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The items of a train block by kind, in file order."""

    settings: list[ast.Setting]
    steps: list[ast.Step]
    evals: list[ast.Eval]
    checkpoints: list[ast.Checkpoint]
    keeps: list[ast.Keep]
    stops: list[ast.Stop]
    goals: list[ast.StopAt]
    exports: list[ast.Export]
    policies: list[ast.OnNonfinite]
    starts: list[ast.Start]
    stages: list[ast.Stage]


def check_train(context: Context, node: ast.Train) -> CheckedTrain | None:
    """Check one loop; None where it was complained about."""
    body = Body(context, "static")
    parts = _sort_items(node)
    settings = check_settings(body, parts.settings)
    step = _the_step(body, node, parts)
    if step is None:
        return None
    stages = check_stages(body, parts.stages, step.stream is not None)
    duration = _duration(body, node, parts, stages)
    header = check_stream(context, step, step.body)
    clock = _clock(body, duration, step)
    statements = step_bodies.check_step(context, step, header)
    statements = (*statements, *resets(context, statements))
    verify_parts(context, header, statements)
    verify_devices(context, settings, header, statements)
    evals = [_eval(body, item, clock) for item in _distinct(body, node, parts.evals)]
    known = [item for item in evals if item is not None]
    checkpoint = _checkpoint(body, parts, clock)
    written = {e.name.text: written_reports(e) for e in parts.evals}
    watched = Watched(train_name(node), statements, step, known, written)
    keeps = _all([check_keep(body, item, watched) for item in parts.keeps])
    stops = _all([check_stop(body, item, watched, clock) for item in parts.stops])
    goals = _all([check_goal(body, item, watched) for item in parts.goals])
    plateaus = check_plateaus(body, (*statements, *(stages or ())), watched)
    kept = bool(parts.keeps)
    exports = _all([check_export(body, item, kept) for item in parts.exports])
    whole = header is not None and header.batch_size is None
    log_every = settings.log_every or default_log(duration and duration[0], whole)
    if clock is not None:
        verify_clocks(context, clock, statements, known)
        verify_cadence(context, clock, log_every)
    failed = duration is None or len(known) < len(evals) or settings.failed
    if failed or duration is None or stages is None:
        return None
    return CheckedTrain(
        span=node.span,
        name=train_name(node),
        duration=duration[0],
        duration_value=duration[1],
        seed=settings.seed,
        execution=settings.execution,
        precision=settings.precision,
        log_every=log_every,
        stream=header,
        body=statements,
        evals=tuple(known),
        checkpoint_every=checkpoint[0],
        checkpoint_keep=checkpoint[1],
        keeps=keeps,
        stops=stops,
        goals=goals,
        exports=exports,
        starts=tuple(check_starts(body, parts.starts)),
        stages=stages,
        nonfinite=check_nonfinite(body, parts.policies, parts.checkpoints),
        plateaus=plateaus,
        devices=settings.devices,
    )


def _all(items: Sequence[Item | None]) -> tuple[Item, ...]:
    return tuple(item for item in items if item is not None)


def _sort_items(node: ast.Train) -> Parts:
    def of(kind: type[Item]) -> list[Item]:
        return [item for item in node.items if isinstance(item, kind)]

    return Parts(
        settings=of(ast.Setting),
        steps=of(ast.Step),
        evals=of(ast.Eval),
        checkpoints=of(ast.Checkpoint),
        keeps=of(ast.Keep),
        stops=of(ast.Stop),
        goals=of(ast.StopAt),
        exports=of(ast.Export),
        policies=of(ast.OnNonfinite),
        starts=of(ast.Start),
        stages=of(ast.Stage),
    )


def _once(body: Body, what: str, items: Sequence[ast.Node]) -> None:
    for item in items[1:]:
        body.add(errors.once_only(what, item.span, items[0].span))


def _duration(
    body: Body,
    node: ast.Train,
    parts: Parts,
    stages: Sequence[CheckedStage] | None,
) -> tuple[Duration, Static] | None:
    """How long the loop says that it runs, or the sum of its stages."""
    if parts.stages:
        if node.duration is not None:
            first = parts.stages[0].name.span
            body.add(run_errors.stages_and_length(node.duration.span, first))
        return whole_duration(stages) if stages else None
    if node.duration is None:
        body.add(schedule_errors.no_duration(train_head(node)))
        return None
    return duration_of(body, "the length of a run", node.duration, RUN_UNITS)


def _the_step(body: Body, node: ast.Train, parts: Parts) -> ast.Step | None:
    _once(body, "`step`", parts.steps)
    if not parts.steps:
        title, help = "the loop has no `step`", "write `step (x, y) from ... { ... }`"
        body.add(errors.missing_part(title, train_head(node), help))
        return None
    return parts.steps[0]


def _clock(
    body: Body, duration: tuple[Duration, Static] | None, step: ast.Step
) -> RunClock | None:
    if duration is None:
        return None
    clock = RunClock(duration[0], duration[1].span, step.stream is not None)
    if duration[0].unit == "epochs" and not clock.has_epochs:
        body.add(schedule_errors.epochs_without_stream(clock.span))
    return clock


def _distinct(body: Body, node: ast.Train, evals: Sequence[ast.Eval]) -> list[ast.Eval]:
    names: dict[str, ast.Eval] = {}
    step = train_name(node)  # what the step reports has that name
    for item in evals:
        if item.name.text == step:
            body.add(name_errors.reserved_eval(step, item.name.span))
        first = names.setdefault(item.name.text, item)
        if first is not item:
            span, where = item.name.span, first.name.span
            body.add(name_errors.already_declared(item.name.text, span, where))
    return list(names.values())


def _eval(body: Body, node: ast.Eval, clock: RunClock | None) -> CheckedEval | None:
    every: Cadence | None = None
    if node.every is not None:
        every = cadence(body, "the interval", node.every, clock)
    stream = check_stream(body.context, node, node.body)
    statements = step_bodies.check_eval(body.context, node, stream)
    if stream is None or (node.every is not None and every is None):
        return None
    return CheckedEval(
        span=node.span,
        name=node.name.text,
        stream=stream,
        every=every,
        body=statements,
    )


def cadence(
    body: Body, what: str, node: ast.Expression, clock: RunClock | None
) -> Cadence | None:
    """`every 500 steps`, `every 1 epoch`."""
    found = duration_of(body, what, node, CADENCE_UNITS)
    if found is None:
        return None
    made = Cadence(span=node.span, duration=found[0], value=found[1])
    if clock is not None:
        verify_cadence(body.context, clock, made)
    return made


def _checkpoint(
    body: Body, parts: Parts, clock: RunClock | None
) -> tuple[Cadence | None, int]:
    _once(body, "`checkpoint`", parts.checkpoints)
    if not parts.checkpoints:
        return None, 1
    node = parts.checkpoints[0]
    every = cadence(body, "the interval", node.every, clock)
    if node.keep is None:
        return every, 1
    keep = as_int(body, "the number of checkpoints", node.keep, 1)
    count = 1 if keep is None else keep.value
    return every, count if isinstance(count, int) else 1
