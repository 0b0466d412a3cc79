"""The parameters of `make_train_step`: what a step calls, moves and reads."""

from typing import TYPE_CHECKING

from loopc.codegen.derived import decay_name
from loopc.codegen.names import reads_config
from loopc.codegen.schedule_names import shallow
from loopc.codegen.steps import StepPrinter
from loopc.planning import plan
from loopc.planning.derivation import followers
from loopc.planning.walk import calls, walk
from loopc.semantics import checked

if TYPE_CHECKING:
    from loopc.codegen.context import ScriptPrinter


def step_parameters(
    script: "ScriptPrinter",
    body: tuple[checked.CheckedStatement, ...],
    step: plan.StepPlan,
    printed: StepPrinter,
    texts: tuple[str, ...],
) -> list[tuple[str, str]]:
    """Models, optimizers, schedules and the clock that a step reads."""
    models = models_in(script, body)
    kind = script.models_printer.kind
    found = [(script.names.of("model", m), kind(m)) for m in models]
    found += [(printed.name(u.site, "optimizer"), "Optimizer") for u in step.updates]
    for node in walk(body):
        if isinstance(node, checked.Drawn):
            found.append((script.names.of("draw", node.stream.name), "Draw"))
    own = list(shallow(body, chains=False))
    read = {n.schedule.name for n in own if isinstance(n, checked.ScheduleValue)}
    read |= set(map(decay_name, advanced(script, step)))
    for schedule in (*script.program.schedules, *script.factory_printer.decays()):
        if schedule.name in read:
            found.append((script.names.of("schedule", schedule.name), "Schedule"))
    clocked = checked.ScheduleValue | checked.ClockValue | checked.Cadence
    if any(isinstance(n, clocked) for n in own):
        found.append(("clock", "Clock"))
    if reads_config(texts):
        found.insert(0, ("config", "Config"))
    return found


def followers_in(script: "ScriptPrinter", trained: tuple[str, ...]) -> tuple[str, ...]:
    return followers(models_used(script), script.contains(), trained)


def models_used(script: "ScriptPrinter") -> tuple[checked.CheckedModel, ...]:
    """The models of this loop, in the order in which they are made."""
    return tuple(map(script.planned.model, script.train.models))


def advanced(
    script: "ScriptPrinter", step: plan.StepPlan
) -> list[checked.CheckedModel]:
    """Averages and snapshots that the updates of a step move."""
    moved = {m for u in step.updates for m in followers_in(script, u.trained)}
    return [m for m in script.derived() if m.name in moved]


def models_in(
    script: "ScriptPrinter", body: tuple[checked.CheckedStatement, ...]
) -> list[str]:
    through = script.models_printer.callable_models()
    called = set(calls(body))
    called |= {m for c in called for m in through.get(c, ())}
    updates = (s for s in walk(body) if isinstance(s, checked.CheckedUpdate))
    trained = [update.trained for update in updates]
    called = called.union(*trained)
    called |= {m for t in trained for m in followers_in(script, t)}
    return [m.name for m in script.program.models if m.name in called]
