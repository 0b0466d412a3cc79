"""The context of a loop: the lines of its function, in the order of making."""

from collections.abc import Iterator, Sequence

from loopc.codegen.bodies import INDENT
from loopc.codegen.config import ConfigBuilder, LoopConfig
from loopc.codegen.context import ScriptPrinter
from loopc.codegen.derived import decay_schedule
from loopc.codegen.derived_lines import DerivedPrinter, restart_lines
from loopc.codegen.docstrings import docstring, remark
from loopc.codegen.literals import string
from loopc.codegen.loop import EventContext, LoopPrinter, tuple_text
from loopc.codegen.measuring import measured_chain
from loopc.codegen.schedule_names import schedules_made
from loopc.codegen.stages import StagePrinter
from loopc.codegen.step_parameters import advanced
from loopc.codegen.trained_variables import variables_text
from loopc.planning import plan
from loopc.planning.again import AGAIN
from loopc.records import dataclass

TRAINING = "Train, resuming from a checkpoint in `workdir`; return the last metrics."


@dataclass(frozen=True, slots=True)
class LoopContext:
    """`setup` comes before the run, `run_arguments` go into it, `end` follows it."""

    function: str
    parameters: str
    docstring: tuple[str, ...]
    seed: str
    setup: tuple[str, ...]
    run_arguments: tuple[str, ...]
    window: str
    window_arguments: str
    events: tuple[EventContext, ...]
    end: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SequenceContext:
    """`train_and_evaluate` of several loops: what they share, and a call for each."""

    parameters: str
    seed: str
    setup: tuple[str, ...]
    calls: tuple[tuple[str, ...], ...]


def loop_context(script: ScriptPrinter, config: ConfigBuilder) -> LoopContext:
    """The only loop of a program, which makes all that it needs."""
    loop = _printer(script, LoopConfig(config))
    setup = (*_data_lines(script), *_own_lines(script, loop, whole=True))
    return _loop(script, loop, "train_and_evaluate", _parameters([script]), setup)


def _printer(script: ScriptPrinter, config: LoopConfig) -> LoopPrinter:
    stages, data = StagePrinter(script), script.program.data
    own = script.own("")
    return LoopPrinter(script.train, config, script.names, data, stages, own=own)


def block_context(script: ScriptPrinter, config: ConfigBuilder) -> LoopContext:
    """One of several loops, which is handed data and models."""
    name = script.train.name
    own = LoopConfig(config, name)
    loop = _printer(script, own)
    given = [("config", "Config"), ("workdir", "Path"), *_handed_over(script)]
    parameters = ", ".join(f"{n}: {t}" for n, t in given) + ", *, mode: RunMode"
    setup = tuple(_own_lines(script, loop, whole=False))
    return _loop(script, loop, block_name(script), parameters, setup)


def sequence_context(scripts: Sequence[ScriptPrinter]) -> SequenceContext:
    """What calls the loops one after the other."""
    first = scripts[0]
    setup = (*_data_lines(first), *_model_lines(first))
    return SequenceContext(
        parameters=_parameters(scripts),
        seed=first.seed,
        setup=setup,
        calls=tuple(_call(script) for script in scripts),
    )


def _call(script: ScriptPrinter) -> tuple[str, ...]:
    """The lines that start a loop's models, and run it."""
    call = _block_call(script)
    return (*start_lines(script), call)


def start_lines(script: ScriptPrinter) -> Iterator[str]:
    """One call for each earlier loop, and each file, that weights come from."""
    loops = {train.name: train for train in script.planned.trains}
    starts = script.train.train.starts
    for start in (s for s in starts if s.file):
        model = script.names.of("model", start.model)
        script.imports.need("start_from_file")
        yield f"start_from_file({model}, data_dir, {string(start.file)})"
    for loop, best in dict.fromkeys((s.loop, s.best) for s in starts if s.loop):
        models = [s.model for s in starts if (s.loop, s.best) == (loop, best)]
        pairs = ", ".join(f'"{m}": {script.names.of("model", m)}' for m in models)
        given = f'workdir / "{loop}", {{{pairs}}}'
        if best:
            keep = loops[loop].train.keeps[0]
            given += f', best="{keep.eval}.{keep.metric}"'
        script.imports.need("start_from")
        yield f"start_from({given})"
    yield from restart_lines(script, [s.model for s in starts])


def _block_call(script: ScriptPrinter) -> str:
    given = ["config", f'workdir / "{script.train.name}"']
    given += [name for name, _ in _handed_over(script)]
    return f"results |= {block_name(script)}({', '.join(given)}, mode=mode)"


def block_name(script: ScriptPrinter) -> str:
    name = script.train.name
    return script.names.of("train block", name, f"train_{name}")


def _handed_over(script: ScriptPrinter) -> Iterator[tuple[str, str]]:
    for data in script.used_data():
        yield script.names.of("data", data.name), "Splits"
    for model in script.train.models:
        kind = script.models_printer.kind(model)
        yield script.names.of("model", model), kind


def _loop(
    script: ScriptPrinter,
    loop: LoopPrinter,
    function: str,
    parameters: str,
    setup: tuple[str, ...],
) -> LoopContext:
    events = tuple(loop.events())
    run = tuple(_run_arguments(script, loop))
    _need(script, (*setup, *run, *(t for e in events for t in e.lines)))
    return LoopContext(
        function=function,
        parameters=parameters,
        docstring=docstring(TRAINING, remark(script.program, script.train.name)),
        seed=script.seed,
        setup=setup,
        run_arguments=run,
        window="window" if events else "_",
        window_arguments=_window_arguments(script, loop),
        events=events,
        end=tuple(loop.end_lines()),
    )


def _parameters(scripts: Sequence[ScriptPrinter]) -> str:
    given = ["config: Config", "workdir: Path", 'data_dir: Path = Path(".")', "*"]
    imports = scripts[0].imports
    if any(d["uses_arrays"] for d in scripts[0].datasets):
        given.append("arrays: Mapping[str, Mapping[str, np.ndarray]] | None = None")
        imports.arrays = True
    imports.need("RunMode")
    given.append('mode: RunMode = "train"')
    return ", ".join(given)


def _need(script: ScriptPrinter, lines: tuple[str, ...]) -> None:
    for name in ("Draw", "Every", "KeepBest", "Plateau", "Stall"):
        if any(f"{name}(" in line for line in lines):
            script.imports.need(name)


def _own_lines(
    script: ScriptPrinter, loop: LoopPrinter, *, whole: bool
) -> Iterator[str]:
    """What belongs to this loop; with its models, where it makes the `whole`."""
    yield from _batches_lines(script, loop)
    yield loop.clock_line()
    for draw in script.train.draws:
        yield loop.draw_line(draw)
    if whole:
        yield from _model_lines(script)
        yield from start_lines(script)
    yield from loop.plateau_lines()
    for schedule in schedules_made(script.program):
        if schedule.name not in script.train.schedules:
            continue
        factory = script.factories[f"schedule {schedule.name}"]
        name = script.names.of("schedule", schedule.name)
        made = f"{factory.make}({factory.arguments})"
        yield f"{name} = {loop.stages.in_stages(schedule.name, made)}"
    yield from _decay_lines(script)
    if script.train.train.stages:
        yield from loop.stages.lines()
    else:
        for update in script.train.step.updates:
            yield _optimizer_line(script, update)
        step = script.train_step
        yield f"{loop.name('train_step')} = {step.make}({step.arguments})"
    for item in script.train.evals:
        yield from DerivedPrinter(script).lane_lines(item)
    for evaluated in script.eval_steps:
        name = loop.name(evaluated.function)
        yield f"{name} = {evaluated.make}({evaluated.arguments})"
    yield from loop.event_cadences()
    if loop.logs_to_watch():
        yield loop.log_line()
    yield from loop.tracker_lines()


def _data_lines(script: ScriptPrinter) -> Iterator[str]:
    for context in script.datasets:
        yield f"{context['variable']} = {context['load']}({context['arguments']})"


def _model_lines(script: ScriptPrinter) -> Iterator[str]:
    indent = ""
    if script.models and script.train.train.precision != "float32":
        script.imports.need("dtype_policy")
        yield f'with dtype_policy("{script.train.train.precision}"):'
        indent = INDENT
    for model in script.models:
        name = script.names.of("model", model.title.strip('"'))
        yield f"{indent}{name} = {model.make}({model.arguments})"
    yield from DerivedPrinter(script).lines()


def _decay_lines(script: ScriptPrinter) -> Iterator[str]:
    """Schedules of averages that were written in place."""
    moved = {m.name for m in advanced(script, script.train.step)}
    for model in script.derived():
        schedule = decay_schedule(model)
        if schedule is not None and model.name in moved:
            factory = script.factories[f"schedule {schedule.name}"]
            name = script.names.of("schedule", schedule.name)
            yield f"{name} = {factory.make}({factory.arguments})"


def _batches_lines(script: ScriptPrinter, loop: LoopPrinter) -> Iterator[str]:
    train = script.train
    if train.train.stream is not None:
        size = loop.batch_size("", train.train.stream, "data")
        yield f"batches = {loop.batches(train.train.stream, size, trains=True)}"
    for item in train.evals:
        size = loop.batch_size(f"{item.name}_", item.stream, "evaluation")
        name = loop.name(f"{item.name}_batches")
        yield f"{name} = {loop.batches(item.stream, size, trains=False)}"
        for draw in item.draws:
            yield loop.draw_line(draw, trains=False)


def _optimizer_line(script: ScriptPrinter, update: plan.UpdatePlan) -> str:
    factory = script.factory_printer.of_update(update)
    printer = script.layer_printer("True", "")
    variables = variables_text(update, script.contains(), printer)
    name = optimizer_name(script, update)
    made = measured_chain(script, update, f"{factory.make}({factory.arguments})")
    given = f"{made}, {variables}"
    if update.chain.needs & AGAIN:
        given += _statistics(script)
    if len(script.train.step.updates) > 1:
        given += f', name="{name}"'
    if script.train.step.scaled:
        script.imports.need("LossScale")
        given += ", loss_scale=LossScale()"
    return f"{name} = Optimizer({given})"


def _statistics(script: ScriptPrinter) -> str:
    """What computing an objective again must leave as it is."""
    models = [script.planned.model(m) for m in script.train.models]
    names = [script.names.of("model", m.name) for m in models if m.has_statistics]
    kept = " + ".join(f"{name}.non_trainable_variables" for name in names)
    return f", statistics={kept}" if kept else ""


def optimizer_name(script: ScriptPrinter, update: plan.UpdatePlan) -> str:
    single = len(script.train.step.updates) == 1
    name = "optimizer" if single else f"{update.site}_optimizer"
    return name if single else script.names.of("site", name)


def _run_arguments(script: ScriptPrinter, loop: LoopPrinter) -> Iterator[str]:
    train = script.train.train
    yield "workdir"
    yield "config=config"
    yield from _identity(script, loop)
    yield "clock=clock"
    yield f"execution={script.execution_name}"
    pairs = ", ".join(
        f'"{m}": {script.names.of("model", m)}' for m in script.train.models
    )
    yield f"models={{{pairs}}}"
    updates = script.train.step.updates
    made = {u.site: optimizer_name(script, u) for u in updates}
    made = loop.stages.optimizers or made
    pairs = ", ".join(f"{string(key)}: {name}" for key, name in made.items())
    yield f"optimizers={{{pairs}}}"
    if loop.trackers():
        yield f"trackers={loop.trackers()}"
    if loop.logs_to_watch():
        yield f"log={loop.name('log')}"
    else:
        yield f"log={loop.every('cadence', 'log_every', train.log_every)}"
    if train.checkpoint_every is not None:
        every = loop.every("cadence", "checkpoint_every", train.checkpoint_every)
        yield f"checkpoint={every}"
        yield f"keep={train.checkpoint_keep}"
    if train.nonfinite is not None:
        policy, limit = train.nonfinite.policy, train.nonfinite.at_most
        at_most = loop.config.static("run", "nonfinite_steps", limit)
        script.imports.need("OnNonfinite")
        yield f"nonfinite=OnNonfinite({string(policy)}, at_most={at_most})"
    fitted = _fitted(script)
    if fitted:
        yield f"fitted={' | '.join(str(f) for f in fitted)}"
    yield "mode=mode"


def _identity(script: ScriptPrinter, loop: LoopPrinter) -> Iterator[str]:
    """What tells a run from those before it; the only one of a program has defaults."""
    trains = script.planned.trains
    if script.train.name != "train":
        yield f'name="{script.train.name}"'
    if script.train is not trains[0]:
        yield f'after="{trains[trains.index(script.train) - 1].name}"'
    seed = script.train.train.seed
    if seed != trains[0].train.seed:
        yield f"seed={loop.config.static('run', 'seed', seed)}"


def _fitted(script: ScriptPrinter) -> list[str]:
    used = {data.name for data in script.used_data()}
    return [
        str(context["fitted_json"])
        for context in script.datasets
        if context["fitted_mapping"] and context["name"] in used
    ]


def _window_arguments(script: ScriptPrinter, loop: LoopPrinter) -> str:
    batches = "batches" if script.train.train.stream is not None else "None"
    step = "stages" if script.train.train.stages else loop.name("train_step")
    given = [step, batches]
    draws = [script.names.of("draw", d.stream.name) for d in script.train.draws]
    cuts = list(loop.cadences.values())
    if loop.logs_to_watch():
        cuts.append(loop.name("log"))
    for name, values in (("draws", draws), ("cuts", cuts)):
        if values:
            given.append(f"{name}={tuple_text(values)}")
    if script.train.step.report.summary:
        name = script.names.of("summarize", script.loop_name)
        given.append(f"summarize={name}")
    return ", ".join(given)
