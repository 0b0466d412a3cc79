"""Stages of a loop: how long each lasts, what it freezes, what it sets."""

from collections.abc import Iterator, Sequence

from loopc.semantics.chains import check_chain
from loopc.semantics.checked import (
    CheckedChain,
    CheckedFreeze,
    CheckedSchedule,
    CheckedStage,
    Duration,
    Static,
)
from loopc.semantics.context import Body
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import runs as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.models import check_model_named
from loopc.semantics.run_clock import RunClock, verify_body
from loopc.semantics.schedule_values import check_schedule
from loopc.semantics.values import static
from loopc.syntax import ast
from loopc.vocabulary import suggest

STAGE_UNITS = frozenset({"steps", "epochs"})


def check_stages(
    body: Body, nodes: Sequence[ast.Stage], has_epochs: bool
) -> tuple[CheckedStage, ...] | None:
    """Check the stages of a loop in order; None where one was complained about."""
    first: dict[str, ast.Stage] = {}
    found = []
    for node in nodes:
        earlier = first.setdefault(node.name.text, node)
        if earlier is not node:
            name, span = node.name.text, node.name.span
            body.add(name_errors.already_declared(name, span, earlier.name.span))
        found.append(_stage(body, node, has_epochs))
    sound = tuple(stage for stage in found if stage is not None)
    if len(sound) < len(found) or len(first) < len(nodes):
        return None
    for stage in sound[1:]:
        if stage.duration.unit != sound[0].duration.unit:
            unit, place = sound[0].duration.unit, sound[0].duration_value.span
            body.add(errors.stage_units(unit, stage.duration_value.span, place))
            return None
    return sound


def whole_duration(stages: Sequence[CheckedStage]) -> tuple[Duration, Static]:
    """The length of a run: the sum of its stages."""
    total = sum(stage.duration.amount for stage in stages)
    duration = Duration(total, stages[0].duration.unit)
    span = stages[0].duration_value.span.to(stages[-1].duration_value.span)
    return duration, static(duration, span)


def _stage(body: Body, node: ast.Stage, has_epochs: bool) -> CheckedStage | None:
    what = "the length of a stage"
    duration = duration_of(body, what, node.duration, STAGE_UNITS)
    frozen = [_freeze(body, i) for i in node.items if isinstance(i, ast.Freeze)]
    changes = list(_changes(body, node))
    if duration is None or None in frozen or None in changes:
        return None
    clock = RunClock(duration[0], node.duration.span, has_epochs)
    known = [change for change in changes if change is not None]
    for _, value in known:
        if isinstance(value, CheckedSchedule) and not value.name:
            verify_body(body.context, clock, value.body, set())
    return CheckedStage(
        span=node.name.span,
        name=node.name.text,
        duration=duration[0],
        duration_value=duration[1],
        frozen=tuple(item for item in frozen if item is not None),
        schedules=tuple((n, v) for n, v in known if isinstance(v, CheckedSchedule)),
        chains=tuple((n, v) for n, v in known if isinstance(v, CheckedChain)),
    )


def _freeze(body: Body, node: ast.Freeze) -> CheckedFreeze | None:
    """`freeze backbone`, `freeze "stem/*" of backbone`."""
    declarations = body.context.declarations
    declaration = declarations.use(node.model.text)
    if not isinstance(declaration, ast.Model):
        known = declarations.of_kind(ast.Model)
        guess = suggest(node.model.text, known)
        name, span = node.model.text, node.model.span
        problem = name_errors.unknown_model(name, span, guess, known)
        body.context.add_unknown(name, problem)
        return None
    if check_model_named(body.context, declaration) is None:
        return None
    return CheckedFreeze(
        span=node.span,
        model=node.model.text,
        pattern=None if node.pattern is None else node.pattern.value,
    )


Change = tuple[str, CheckedSchedule | CheckedChain]


def _changes(body: Body, node: ast.Stage) -> Iterator[Change | None]:
    """What the stage sets: schedules and chains by the name of their declaration."""
    first: dict[str, ast.SetSchedule] = {}
    for item in node.items:
        if not isinstance(item, ast.SetSchedule):
            continue
        name = item.name.text
        earlier = first.setdefault(name, item)
        if earlier is not item:
            what = f"`set {name}`"
            body.add(value_errors.once_only(what, item.span, earlier.span))
            yield None
            continue
        value = _set_value(body, item)
        yield None if value is None else (name, value)


def _set_value(
    body: Body, item: ast.SetSchedule
) -> CheckedSchedule | CheckedChain | None:
    declaration = body.context.declarations.use(item.name.text)
    match declaration:
        case ast.Schedule():
            return check_schedule(body, item.value)
        case ast.Transform(parameters=None):
            return check_chain(body.context, item.value)
    declarations = body.context.declarations
    known = [*declarations.of_kind(ast.Schedule), *declarations.of_kind(ast.Transform)]
    name, span = item.name.text, item.name.span
    guess = suggest(name, known)
    problem = errors.set_target(name, span, guess, known)
    if declaration is None:
        body.context.add_unknown(name, problem)
    else:
        body.add(problem)
    return None
