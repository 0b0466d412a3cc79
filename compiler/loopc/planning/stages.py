"""The stages of a loop, for people: what each freezes, sets and starts anew."""

from collections.abc import Iterator
from typing import Any

from loopc.planning import plan
from loopc.semantics import checked
from loopc.semantics.checked.weight_paths import path_matches, weight_paths


def stages_as_json(
    program: checked.CheckedProgram, train: plan.TrainPlan
) -> list[dict[str, Any]]:
    """One entry for each stage, in order."""
    before: checked.CheckedStage | None = None
    found = []
    for stage in train.train.stages:
        frozen = {w for item in stage.frozen for w in _frozen(program, item)}
        found.append(
            {
                "name": stage.name,
                "duration": f"{stage.duration.amount:,} {stage.duration.unit}",
                "freezes": [_freeze_text(item) for item in stage.frozen],
                "frozen_weights": sorted(frozen),
                "sets": [name for name, _ in (*stage.schedules, *stage.chains)],
                "starts_anew": list(_anew(train, before, stage)),
            }
        )
        before = stage
    return found


def stage_line(stage: dict[str, Any]) -> str:
    """`head for 2 epochs: freezes encoder/*; sets rate`."""
    facts = [f"freezes {each}" for each in stage["freezes"]]
    if stage["sets"]:
        facts.append(f"sets {', '.join(stage['sets'])}")
    facts += [f"the chain of {site} starts anew" for site in stage["starts_anew"]]
    return f"{stage['name']} for {stage['duration']}: {'; '.join(facts) or 'all as is'}"


def _freeze_text(item: checked.CheckedFreeze) -> str:
    return f"{item.model}/{item.pattern or '*'}"


def _frozen(
    program: checked.CheckedProgram, item: checked.CheckedFreeze
) -> Iterator[str]:
    models = {model.name: model for model in program.models}
    for weight in weight_paths(models, [item.model]):
        path = weight.path.removeprefix(f"{item.model}/")
        if item.pattern is None or path_matches(item.pattern, path):
            yield weight.path


def _anew(
    train: plan.TrainPlan,
    before: checked.CheckedStage | None,
    stage: checked.CheckedStage,
) -> Iterator[str]:
    """Update sites whose chain is another than in the stage before."""
    for update in train.step.updates if before is not None else ():
        chains = [
            dict(each.chains).get(update.chain.name, update.chain)
            for each in (before, stage)
            if each is not None
        ]
        if chains[0] != chains[-1]:
            yield update.site
