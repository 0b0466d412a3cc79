"""The context of `train_and_evaluate`: its lines, in the order of making."""

from collections.abc import Iterator

from loopc.codegen.config import ConfigBuilder
from loopc.codegen.context import ScriptPrinter
from loopc.codegen.loop import EventContext, LoopPrinter
from loopc.codegen.schedule_names import schedules_made
from loopc.codegen.steps import variables_text
from loopc.planning import plan
from loopc.records import dataclass


@dataclass(frozen=True, slots=True)
class LoopContext:
    parameters: str
    seed: str
    setup: tuple[str, ...]
    run_arguments: tuple[str, ...]
    window: str
    window_arguments: str
    events: tuple[EventContext, ...]
    end: tuple[str, ...]


def loop_context(script: ScriptPrinter, config: ConfigBuilder) -> LoopContext:
    loop = LoopPrinter(script.train, config, script.names)
    setup = tuple(_setup(script, loop))
    events = tuple(loop.events())
    run = tuple(_run_arguments(script, loop))
    _need(script, (*setup, *run, *(t for e in events for t in e.lines)))
    return LoopContext(
        parameters=_parameters(script),
        seed=script.seed,
        setup=setup,
        run_arguments=run,
        window="window" if events else "_",
        window_arguments=_window_arguments(script, loop),
        events=events,
        end=tuple(loop.end_lines()),
    )


def _parameters(script: ScriptPrinter) -> str:
    given = ["config: Config", "workdir: Path", 'data_dir: Path = Path(".")', "*"]
    if any(d["uses_arrays"] for d in script.datasets):
        given.append("arrays: Mapping[str, Mapping[str, np.ndarray]] | None = None")
        script.imports.arrays = True
    script.imports.need("RunMode")
    given.append('mode: RunMode = "train"')
    return ", ".join(given)


def _need(script: ScriptPrinter, lines: tuple[str, ...]) -> None:
    for name in ("Every", "KeepBest", "Stall"):
        if any(f"{name}(" in line for line in lines):
            script.imports.need(name)


def _setup(script: ScriptPrinter, loop: LoopPrinter) -> Iterator[str]:
    yield from _data_lines(script, loop)
    yield loop.clock_line()
    for model in script.models:
        name = script.names.of("model", model.title.strip('"'))
        yield f"{name} = {model.make}({model.arguments})"
    for schedule in schedules_made(script.program):
        factory = script.factory_of(f"schedule {schedule.name}")
        name = script.names.of("schedule", schedule.name)
        yield f"{name} = {factory.make}({factory.arguments})"
    for update in script.train.step.updates:
        yield _optimizer_line(script, update)
    step = script.train_step
    yield f"{loop.name('train_step')} = {step.make}({step.arguments})"
    for evaluated in script.eval_steps:
        name = loop.name(evaluated.function)
        yield f"{name} = {evaluated.make}({evaluated.arguments})"
    yield from loop.event_cadences()
    yield from loop.tracker_lines()


def _data_lines(script: ScriptPrinter, loop: LoopPrinter) -> Iterator[str]:
    for data, context in zip(script.used_data(), script.datasets, strict=True):
        name = script.names.of("data", data.name)
        yield f"{name} = {context['load']}({context['arguments']})"
    train = script.train
    if train.train.stream is not None:
        size = loop.batch_size("", train.train.stream)
        yield loop.batches_line("batches", train.train.stream, size)
    for item in train.evals:
        size = loop.batch_size(f"{item.name}_", item.stream)
        yield loop.batches_line(loop.name(f"{item.name}_batches"), item.stream, size)


def _optimizer_line(script: ScriptPrinter, update: plan.UpdatePlan) -> str:
    factory = script.factory_of(script.chain_key(update))
    printer = script.layer_printer("True", "")
    variables = variables_text(update.trained, script.contains(), printer)
    name = optimizer_name(script, update)
    given = f"{factory.make}({factory.arguments}), {variables}"
    if len(script.train.step.updates) > 1:
        given += f', name="{name}"'
    return f"{name} = Optimizer({given})"


def optimizer_name(script: ScriptPrinter, update: plan.UpdatePlan) -> str:
    single = len(script.train.step.updates) == 1
    name = "optimizer" if single else f"{update.site}_optimizer"
    return name if single else script.names.of("site", name)


def _run_arguments(script: ScriptPrinter, loop: LoopPrinter) -> Iterator[str]:
    train = script.train.train
    yield "workdir"
    yield "config=config"
    yield "clock=clock"
    yield "execution=EXECUTION"
    pairs = ", ".join(
        f'"{m}": {script.names.of("model", m)}' for m in script.train.models
    )
    yield f"models={{{pairs}}}"
    updates = script.train.step.updates
    pairs = ", ".join(f'"{u.site}": {optimizer_name(script, u)}' for u in updates)
    yield f"optimizers={{{pairs}}}"
    if loop.trackers():
        yield f"trackers={loop.trackers()}"
    yield f"log={loop.every('cadence', 'log_every', train.log_every)}"
    if train.checkpoint_every is not None:
        every = loop.every("cadence", "checkpoint_every", train.checkpoint_every)
        yield f"checkpoint={every}"
        yield f"keep={train.checkpoint_keep}"
    fitted = [c["fitted_json"] for c in script.datasets if c["fitted_mapping"]]
    if fitted:
        yield f"fitted={' | '.join(str(f) for f in fitted)}"
    yield "mode=mode"


def _window_arguments(script: ScriptPrinter, loop: LoopPrinter) -> str:
    batches = "batches" if script.train.train.stream is not None else "None"
    given = [loop.name("train_step"), batches]
    cuts = list(loop.cadences.values())
    if cuts:
        comma = "," if len(cuts) == 1 else ""
        given.append(f"cuts=({', '.join(cuts)}{comma})")
    if script.train.step.report.summary:
        given.append(f"summarize={script.names.of('summarize', 'train')}")
    return ", ".join(given)
