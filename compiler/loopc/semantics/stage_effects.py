"""What stages leave to be trained, and what they set that nobody reads."""

from collections.abc import Sequence

from loopc.semantics.checked import (
    CheckedChain,
    CheckedFreeze,
    CheckedLink,
    CheckedSchedule,
    CheckedStage,
    CheckedTrain,
    CheckedUpdate,
    ScheduleName,
)
from loopc.semantics.checked.weight_paths import (
    WeightPath,
    path_matches,
    weight_paths,
)
from loopc.semantics.context import Context
from loopc.semantics.errors import runs as errors
from loopc.semantics.walk import walk


def verify_stages(context: Context, trains: Sequence[CheckedTrain]) -> None:
    """Check the stages of every loop, once it is known what their updates train."""
    for train in trains:
        updates = [n for n in walk(train.body) if isinstance(n, CheckedUpdate)]
        for stage in train.stages:
            _verify_frozen(context, stage, updates)
            _verify_read(context, train, stage)


def _verify_frozen(
    context: Context, stage: CheckedStage, updates: Sequence[CheckedUpdate]
) -> None:
    frozen: set[WeightPath] = set()
    trained = {w for u in updates for w in weight_paths(context.models, u.trained)}
    for item in stage.frozen:
        matched = frozen_by(context, item)
        if not matched:
            known = [inside(w, item.model) for w in _weights(context, item.model)]
            context.add(errors.freezes_nothing(item.pattern or "", item.span, known))
        elif not trained & set(matched):
            context.add(errors.frozen_untrained(item.model, item.span))
        frozen.update(matched)
    whole = [
        u for u in updates if frozen >= set(weight_paths(context.models, u.trained))
    ]
    for update in (u for u in whole if u.trained):
        if len(whole) == len(updates) or _is_followed(context, update):
            models = " and ".join(update.models)
            problem = errors.frozen_whole(stage.name, models, stage.span, update.span)
            context.add(problem)


def _is_followed(context: Context, update: CheckedUpdate) -> bool:
    """Whether something needs every step of an update: an average of its models, or a
    chain that takes more than gradients.
    """
    models = [m for m in context.models.values() if m is not None]
    trained = {
        name
        for model in models
        if model.name in update.trained
        for name in (model.name, *model.contains)
    }
    links = [n for n in walk(update.chain) if isinstance(n, CheckedLink)]
    again = any(link.needs for link in links)
    return again or any(model.source in trained for model in models)


def _weights(context: Context, model: str) -> list[WeightPath]:
    return list(weight_paths(context.models, [model]))


def frozen_by(context: Context, item: CheckedFreeze) -> list[WeightPath]:
    """The weights that one `freeze` is about."""
    weights = _weights(context, item.model)
    if item.pattern is None:
        return weights
    pattern = item.pattern
    return [w for w in weights if path_matches(pattern, inside(w, item.model))]


def inside(weight: WeightPath, model: str) -> str:
    """The path of a weight below a model: `stem/kernel`, `encoder/stem/kernel`."""
    return weight.path.removeprefix(f"{model}/")


def _verify_read(context: Context, train: CheckedTrain, stage: CheckedStage) -> None:
    """Advise on what a stage sets and nothing in the loop reads."""
    read: set[str] = set()
    functions = tuple(f.body for f in context.functions.values() if f is not None)
    waiting: list[object] = [train.body, tuple(e.body for e in train.evals), functions]
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, CheckedChain):
                read.add(node.name)
                continue
            named = isinstance(node, CheckedSchedule | ScheduleName) and node.name
            if named and named not in read:
                read.add(named)
                waiting.append(context.schedules.get(named))
    for name, value in (*stage.schedules, *stage.chains):
        if name not in read:
            context.add(errors.set_unread(name, value.span))
