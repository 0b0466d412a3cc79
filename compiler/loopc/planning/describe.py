"""A plan for people and for tools: the update map, models, clocks, streams, state,
files.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from loopc.planning import plan
from loopc.planning.derivation import moved_by, origin_text
from loopc.planning.plan import update_times
from loopc.planning.plan_text import link_text, plan_lines
from loopc.planning.schedule_values import Horizon, ScheduleReader, Unknown
from loopc.planning.stages import stages_as_json
from loopc.planning.tape_map import describe_tapes
from loopc.semantics import checked
from loopc.semantics.checked import Duration
from loopc.vocabulary.types import TensorType, TupleType, ValueType

FORMAT_VERSION = "1.4"


def describe_plan(planned: plan.Plan, rows: Mapping[str, int] | None = None) -> str:
    """The plan as text. `rows` (stream name -> rows) makes steps and schedules
    concrete.
    """
    return "\n".join(plan_lines(plan_as_json(planned, rows))) + "\n"


def plan_as_json(
    planned: plan.Plan, rows: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The plan as JSON values; a minor `format_version` only adds keys."""
    loops = [_loop(planned, train, rows or {}) for train in planned.trains]
    return {
        "format_version": FORMAT_VERSION,
        "title": planned.program.title,
        "externs": [
            {
                "kind": e.kind,
                "name": e.name,
                "signature": e.signature,
                "target": e.target,
            }
            for e in planned.program.externs
        ],
        "params": {p.name: _static(p.value) for p in planned.program.params},
        **loops[0],
        "loops": loops,
    }


def _loop(
    planned: plan.Plan, train: plan.TrainPlan, rows: Mapping[str, int]
) -> dict[str, Any]:
    """One loop; those of a program with several stand under `loops`."""
    horizon = horizon_of(train.train, rows)
    return {
        "run": _run(train, horizon),
        "stages": [
            stage
            | {"schedules": list(_set_by(planned.program, checked_stage, horizon))}
            for stage, checked_stage in zip(
                stages_as_json(planned.program, train), train.train.stages, strict=True
            )
        ],
        "streams": [_stream(s, rows) for s in _streams(train)],
        "models": [_model(planned.model(m)) for m in train.models],
        "updates": [
            _update(u, n) | {"moves": moved_by(planned.program, train.models, u)}
            for u, n in update_times(train.step.parts)
        ],
        "tapes": [
            *describe_tapes(train.step.parts, "train"),
            *(t for e in train.evals for t in describe_tapes(e.step.parts, e.name)),
            *(t for n, b in planned.bodies.items() for t in describe_tapes(b, n)),
        ],
        "schedules": [
            _schedule(planned.program, s, horizon)
            for s in planned.program.schedules
            if s.name in train.schedules
        ],
        "reports": {
            "train": [leaf.name for leaf in train.step.report.leaves],
            **{
                e.name: [leaf.name for leaf in e.step.report.leaves]
                for e in train.evals
            },
        },
        "evaluations": [_evaluation(e) for e in train.evals],
        "execution": {
            "data": train.execution.data,
            "xla": train.execution.xla,
            "reason": train.execution.reason,
            "precision": train.train.precision,
            "devices": train.execution.devices or "1",
        },
        "state": [
            {"name": s.name, "kind": s.kind, "detail": s.detail} for s in train.state
        ],
        "files": list(train.files),
    }


# ------------------------------------------------------------------------- values


def horizon_of(
    train: checked.CheckedTrain,
    rows: Mapping[str, int],
    per_epoch: int | None = None,
) -> Horizon:
    """How long a loop runs, as far as it is known; `per_epoch` where that is said."""
    stream = train.stream
    if per_epoch is None and stream is not None and stream.name in rows:
        per_epoch = steps_per_epoch(stream, rows[stream.name])
    return Horizon(steps_of(train.duration, per_epoch), per_epoch)


def steps_of(duration: Duration, per_epoch: int | None) -> int | None:
    """How many steps a run or a stage has, where that is known."""
    if duration.unit == "steps":
        return int(duration.amount)
    if duration.unit == "epochs" and per_epoch is not None:
        return int(duration.amount) * per_epoch
    return None


def steps_per_epoch(stream: checked.CheckedStream, rows: int) -> int:
    """Batches in `rows` rows, the short last one counted unless it is dropped."""
    if stream.batch_size is None or not isinstance(stream.batch_size.value, int):
        return 1
    full, short = divmod(rows, stream.batch_size.value)
    return full + (short > 0 and not (stream.drop or stream.contiguous))


def _run(train: plan.TrainPlan, horizon: Horizon) -> dict[str, Any]:
    checkpoint = train.train.checkpoint_every
    return {
        "name": train.name,
        "duration": duration_text(train.train.duration),
        "steps": horizon.total_steps,
        "steps_per_epoch": horizon.steps_per_epoch,
        "seed": _static(train.train.seed.value),
        "starts": [f"{s.model} starts from {_start(s)}" for s in train.train.starts],
        "on_nonfinite": _nonfinite(train.train.nonfinite),
        "log_every": duration_text(train.train.log_every.duration),
        "checkpoint_every": (
            None if checkpoint is None else duration_text(checkpoint.duration)
        ),
    }


def _start(start: checked.CheckedStart) -> str:
    which = "best" if start.best else "last"
    return start.file or f"the {which} of {start.loop}"


def _nonfinite(policy: checked.CheckedNonfinite | None) -> str:
    if policy is None:
        return "halt"
    return f"{policy.policy} at most {policy.at_most.value}"


def duration_text(duration: Duration) -> str:
    if duration.unit == "rest":
        return "rest"
    unit = {"percent": "%"}.get(duration.unit, f" {duration.unit}")
    if duration.amount == 1:
        unit = unit.removesuffix("s")
    return f"{duration.amount:,}{unit}"


def _static(value: checked.StaticValue) -> Any:
    if isinstance(value, Duration):
        return duration_text(value)
    return list(value) if isinstance(value, tuple) else value


def _streams(train: plan.TrainPlan) -> Iterator[tuple[str, checked.CheckedStream]]:
    if train.train.stream is not None:
        yield "train", train.train.stream
    for draw in train.draws:
        yield "draw", draw.stream
    for item in train.evals:
        yield item.name, item.stream
        for draw in item.draws:
            yield f"draw of {item.name}", draw.stream


def _stream(
    named: tuple[str, checked.CheckedStream], rows: Mapping[str, int]
) -> dict[str, Any]:
    reader, stream = named
    size = stream.batch_size
    return {
        "reader": reader,
        "stream": stream.name,
        "batch_size": "all" if size is None else _static(size.value),
        "drop": stream.drop,
        "parts": None if stream.parts is None else _static(stream.parts.value),
        "order": _order(reader, stream),
        "fields": [f for _, f in stream.bindings],
        "rows": rows.get(stream.source),
    }


def _order(reader: str, stream: checked.CheckedStream) -> str:
    if stream.contiguous:
        return "in lanes that continue"
    if stream.batch_size is None:
        return "as stored"
    if stream.draw:
        lasting = "without end" if reader == "draw" else "from the first in each pass"
        return f"shuffled by seed and its own epochs, {lasting}"
    return "shuffled by seed and epoch" if reader == "train" else "as stored"


def _model(model: checked.CheckedModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "inputs": {n: type_text(t) for n, t in model.inputs},
        "output": type_text(model.output),
        "origin": origin_text(model),
        "trainable": model.trainable,
        "non_trainable": model.non_trainable,
        "counted": model.counted,
        "layers": [
            {
                "path": f"{model.name}/{layer.path}",
                "layer": layer.layer,
                "output": type_text(layer.output),
                "trainable": layer.trainable,
                "non_trainable": layer.non_trainable,
                "counted": layer.counted,
                "shared": layer.shared,
            }
            for layer in model.layers
            if layer.path
        ],
    }


def type_text(kind: ValueType) -> str:
    """A type as it is declared, without the batch."""
    if isinstance(kind, TupleType):
        return f"({', '.join(type_text(i) for i in kind.items)})"
    if not isinstance(kind, TensorType):
        return str(kind)
    axes = ", ".join(str(a) for a in kind.shape)
    bare = str(TensorType(kind.dtype, (), kind.kind, kind.classes))
    return f"{bare}[{axes}]" if axes else bare


def _update(update: plan.UpdatePlan, times: int) -> dict[str, Any]:
    return {
        "site": update.site,
        "models": list(update.models),
        "trained": list(update.trained),
        "objective": _objective(update.objective),
        "direction": "maximize" if update.maximize else "minimize",
        "chain": [_link(link) for link in update.chain.links],
        "clock": f"updates of {update.site}: {_rhythm(update, times)}",
    }


def _rhythm(update: plan.UpdatePlan, times: int) -> str:
    each = "one" if times == 1 else f"{times}"
    if update.every is None:
        return f"{each} a step"
    return f"{each} every {duration_text(update.every.duration)}"


def _objective(value: checked.CheckedExpression) -> str:
    if isinstance(value, checked.TupleValue):
        return f"[{', '.join(map(_objective, value.items))}]"
    if isinstance(value, checked.Average):
        return f"mean({_objective(value.value)})"
    return value.name if isinstance(value, checked.Local) else "an expression"


def _link(link: checked.CheckedLink) -> dict[str, Any]:
    options = {n: _option(v) for n, v in link.options.items()}
    for group in link.groups:
        options[group.pattern or "otherwise"] = _option(group.chain)
    if link.only is not None:
        options["only"] = link.only.pattern
    return {"transform": link.label, "options": options}


def _option(value: checked.LinkOption) -> Any:
    if isinstance(value, checked.CheckedChain):
        return " |> ".join(link_text(_link(link)) for link in value.links)
    if isinstance(value, checked.CheckedSchedule):
        return f"schedule {value.name}".strip()
    return _static(value.value)


def _schedule(
    program: checked.CheckedProgram, schedule: checked.CheckedSchedule, horizon: Horizon
) -> dict[str, Any]:
    reader = ScheduleReader(horizon, {s.name: s for s in program.schedules})
    values: dict[str, float] = {}
    try:
        counts = {0.0, *reader.boundaries(schedule.body)}
        if horizon.total_steps is not None:
            last = horizon.total_steps - 1
            counts = {min(count, last) for count in (*counts, last)}
        for count in sorted(counts):
            values[f"{int(count):,}"] = reader.value(schedule.body, float(int(count)))
    except Unknown as reason:
        return {"name": schedule.name, "values": values, "unknown": str(reason)}
    return {"name": schedule.name, "values": values, "unknown": None}


def _set_by(
    program: checked.CheckedProgram, stage: checked.CheckedStage, horizon: Horizon
) -> Iterator[dict[str, Any]]:
    """The schedules that a stage sets, by the steps of the stage."""
    per_epoch = horizon.steps_per_epoch
    within = Horizon(steps_of(stage.duration, per_epoch), per_epoch)
    for name, schedule in stage.schedules:
        yield _schedule(program, schedule, within) | {"name": name}


def _evaluation(item: plan.EvalPlan) -> dict[str, Any]:
    every = "at end" if item.every is None else duration_text(item.every.duration)
    return {
        "name": item.name,
        "stream": item.stream.name,
        "every": every,
        "carries": list(item.carried),
    }
