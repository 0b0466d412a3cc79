"""The state manifest: everything a checkpoint holds, and every file a run writes."""

from collections.abc import Sequence

from loopc.planning.derivation import origin_text
from loopc.planning.draws import DrawPlan
from loopc.planning.plan import StateEntry, StepPlan
from loopc.semantics import checked

RUN_FILES = (
    "spec.loop",
    "overrides.json",
    "script.py",
    "config.json",
    "versions.json",
    "metrics.jsonl",
    "times.jsonl",
    "tensorboard/",
    "result.json",
)


def state_manifest(
    train: checked.CheckedTrain,
    models: tuple[checked.CheckedModel, ...],
    step: StepPlan,
    draws: Sequence[DrawPlan],
) -> tuple[StateEntry, ...]:
    entries = [StateEntry(name="step", kind="counter", detail="completed steps, int64")]
    entries += [_model_entry(m) for m in models]
    slots = "slots of its chain, update counter"
    slots += ", loss scale" if step.scaled else ""
    entries += [
        StateEntry(name=u.site, kind="optimizer", detail=slots) for u in step.updates
    ]
    header = [] if train.stream is None else [train.stream]
    for stream in (*header, *(draw.stream for draw in draws)):
        detail = "none stored: order = f(seed, epoch), position = f(step)"
        entries.append(StateEntry(name=stream.name, kind="stream", detail=detail))
    entries += [_keep_entry(k) for k in train.keeps]
    entries += [_stop_entry(s) for s in train.stops]
    if train.nonfinite is not None:
        detail = "steps that gave NaN or infinity, counted"
        entries.append(StateEntry(name="nonfinite", kind="counter", detail=detail))
    entries += [_plateau_entry(p) for p in train.plateaus]
    detail = "sums and weights of the open log window and epoch"
    entries.append(StateEntry(name="train", kind="window", detail=detail))
    return tuple(entries)


def _model_entry(model: checked.CheckedModel) -> StateEntry:
    plain = f"{model.trainable:,} trainable, {model.non_trainable:,} other numbers"
    plain += "" if model.counted else ", and those of its extern layers"
    detail = origin_text(model) or plain
    return StateEntry(name=model.name, kind="model", detail=detail)


def _keep_entry(keep: checked.CheckedKeep) -> StateEntry:
    name = f"best {keep.eval}.{keep.metric}"
    return StateEntry(
        name=name, kind="tracker", detail=f"best value so far ({keep.mode})"
    )


def _stop_entry(stop: checked.CheckedStop) -> StateEntry:
    name = f"stall {stop.eval}.{stop.metric}"
    return StateEntry(name=name, kind="tracker", detail="best value, last improvement")


def _plateau_entry(plateau: checked.CheckedPlateau) -> StateEntry:
    name = f"plateau {plateau.eval}.{plateau.metric}"
    detail = "the factor, best value, evaluations since"
    return StateEntry(name=name, kind="tracker", detail=detail)


def run_files(train: checked.CheckedTrain) -> tuple[str, ...]:
    files = list(RUN_FILES)
    if train.checkpoint_every is not None:
        files.append("checkpoints/step-*/")
    if train.keeps:
        files.append("best/")
    files += [export.path for export in train.exports]
    return tuple(files)
