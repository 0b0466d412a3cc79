"""From meaning to a plan: order, tapes, reports, execution and state of every step."""

from dataclasses import replace

from loopc.diagnostics.model import CompilerBug
from loopc.planning import plan
from loopc.planning.cuts import mark_cuts
from loopc.planning.derivation import followers, in_making_order
from loopc.planning.draws import plan_draws
from loopc.planning.execution import plan_execution
from loopc.planning.function_bodies import (
    mark_second_order,
    named_gradients,
    place_in_functions,
)
from loopc.planning.function_means import means_at_callers
from loopc.planning.gradients import name_gradients
from loopc.planning.lanes import carried_in, lane_states
from loopc.planning.manifest import run_files, state_manifest
from loopc.planning.means import name_means
from loopc.planning.opening import open_reports
from loopc.planning.pieces import plan_pieces
from loopc.planning.probing import settle_probes
from loopc.planning.reports import plan_report
from loopc.planning.statistics import mark_statistics, models_that_move
from loopc.planning.tapes import place_tapes
from loopc.planning.versions import distinct_names
from loopc.planning.walk import calls, walk
from loopc.semantics import checked


def lower(program: checked.CheckedProgram) -> plan.Plan:
    """Plan the program's train blocks. Raises CompilerBug where `check` let something
    through.
    """
    if not program.trains:
        raise CompilerBug("expected a train block, found none")
    program = means_at_callers(settle_probes(program))
    program = mark_cuts(named_gradients(program))
    contains = _contents(program)
    program = mark_second_order(program, contains)
    trains = tuple(_train_plan(program, train) for train in program.trains)
    read = {name for train in trains for name in train.schedules}
    schedules = tuple(s for s in program.schedules if s.name in read)
    functions = _functions_called(program)
    program = replace(program, schedules=schedules, functions=functions)
    bodies = place_in_functions(functions, contains)
    return plan.Plan(program=program, trains=trains, bodies=bodies)


def _train_plan(
    program: checked.CheckedProgram, train: checked.CheckedTrain
) -> plan.TrainPlan:
    contains = _contents(program)
    models = _models_used(program, train, contains)
    moving = models_that_move(program)
    devices = train.devices is not None
    step = _step_plan(train.body, train.stream, contains, program, moving, devices)
    step = replace(step, scaled=train.precision == "mixed_float16")
    draws = tuple(plan_draws(train.body))
    return plan.TrainPlan(
        name=train.name,
        train=train,
        models=tuple(m.name for m in models),
        schedules=_schedules_used(program, train),
        step=step,
        draws=draws,
        evals=tuple(_eval_plan(e, program, contains) for e in train.evals),
        execution=plan_execution(train, models),
        state=state_manifest(train, models, step, draws),
        files=run_files(train),
    )


def _functions_called(
    program: checked.CheckedProgram,
) -> tuple[checked.CheckedFunction, ...]:
    """Functions that are still called when reports have opened those they look into."""
    functions = {f.name: f for f in program.functions}
    steps = [s for t in program.trains for s in (t.body, *(e.body for e in t.evals))]
    waiting = [n for body in steps for n in calls(open_reports(body, functions))]
    waiting += [n for model in program.models for n in calls(model.body)]
    waiting += [n for layer in program.templates for n in calls(layer.body)]
    waiting += [n for data in program.data for n in calls(data)]
    called: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in functions and name not in called:
            called.add(name)
            waiting.extend(calls(functions[name].body))
    return tuple(f for f in program.functions if f.name in called)


def _schedules_used(
    program: checked.CheckedProgram, train: checked.CheckedTrain
) -> tuple[str, ...]:
    """Schedules that the loop reads, directly or through others, in file order."""
    named = {s.name: s for s in program.schedules}
    origins = [m.origin for m in program.models if m.origin is not None]
    waiting: list[checked.CheckedNode] = [train, *program.functions, *origins]
    used: set[str] = set()
    while waiting:
        for node in walk(waiting.pop()):
            if not isinstance(node, checked.ScheduleName | checked.CheckedSchedule):
                continue
            if node.name in named and node.name not in used:
                used.add(node.name)
                waiting.append(named[node.name])
    return tuple(s.name for s in program.schedules if s.name in used)


def _contents(program: checked.CheckedProgram) -> dict[str, frozenset[str]]:
    """For every model and function: the models that calling it may run, itself
    included.
    """
    contains = {m.name: frozenset({m.name, *m.contains}) for m in program.models}
    for function in program.functions:  # callees come before their callers
        inner = (contains.get(c, frozenset()) for c in calls(function.body))
        contains[function.name] = frozenset[str]().union(*inner)
    return contains


def _models_used(
    program: checked.CheckedProgram,
    train: checked.CheckedTrain,
    contains: dict[str, frozenset[str]],
) -> tuple[checked.CheckedModel, ...]:
    """Models that the loop calls, or that those contain or follow, in an order in
    which they can be made.
    """
    in_evals = frozenset[str]().union(*(calls(e.body) for e in train.evals))
    called = calls(train.body) | (in_evals - lane_states(program))
    called |= {export.model for export in train.exports}
    called |= set(followers(_alive(program), contains, _trained(train)))
    named = {m.name: m for m in program.models}
    followed = {s for c in called if c in named and (s := named[c].source)}
    used = frozenset[str]().union(*(contains[c] for c in called | followed))
    return tuple(m for m in in_making_order(program.models) if m.name in used)


def _alive(program: checked.CheckedProgram) -> list[checked.CheckedModel]:
    """Models that some loop calls or exports: they move in every loop."""
    bodies = [b for t in program.trains for b in (t.body, *(e.body for e in t.evals))]
    called = frozenset[str]().union(*(calls(b) for b in (*bodies, program.functions)))
    exported = {e.model for t in program.trains for e in t.exports}
    return [m for m in program.models if m.name in called | exported]


def _trained(train: checked.CheckedTrain) -> list[str]:
    updates = (n for n in walk(train.body) if isinstance(n, checked.CheckedUpdate))
    return [model for update in updates for model in update.trained]


def _step_plan(
    body: tuple[checked.CheckedStatement, ...],
    stream: checked.CheckedStream | None,
    contains: dict[str, frozenset[str]],
    program: checked.CheckedProgram,
    moving: frozenset[str] = frozenset(),
    devices: bool = False,
) -> plan.StepPlan:
    functions = {f.name: f for f in program.functions}
    fields = tuple(name for name, _ in stream.bindings) if stream else ()
    opened = open_reports(name_gradients(distinct_names(body, fields)), functions)
    named = mark_statistics(name_means(opened), contains, moving)
    parts = place_tapes(named, contains)
    step = plan.StepPlan(parts=parts, report=plan_report(named))
    return plan_pieces(step, named, stream, program, contains, devices)


def _eval_plan(
    item: checked.CheckedEval,
    program: checked.CheckedProgram,
    contains: dict[str, frozenset[str]],
) -> plan.EvalPlan:
    step = _step_plan(item.body, item.stream, contains, program)
    return plan.EvalPlan(
        name=item.name,
        stream=item.stream,
        every=item.every,
        step=step,
        draws=tuple(plan_draws(item.body)),
        carried=carried_in(program, item.body),
    )
