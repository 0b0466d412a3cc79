"""What the stages of a loop freeze, of the weights that an update trains."""

from collections.abc import Mapping, Sequence

from loopc.planning import plan
from loopc.semantics import checked
from loopc.semantics.checked.weight_paths import (
    WeightPath,
    path_matches,
    weight_paths,
)

Models = Mapping[str, checked.CheckedModel]


def frozen_weights(models: Models, stage: checked.CheckedStage) -> set[WeightPath]:
    """The weights that a stage freezes."""
    return {
        weight
        for item in stage.frozen
        for weight in weight_paths(models, [item.model])
        if item.pattern is None
        or path_matches(item.pattern, weight.path.removeprefix(f"{item.model}/"))
    }


def rests(
    models: Models,
    stages: Sequence[checked.CheckedStage],
    update: plan.UpdatePlan,
    source: str,
) -> bool:
    """Whether in some stage an update trains nothing of the model `source`."""
    own = set(weight_paths(models, [source]))
    trained = own.intersection(weight_paths(models, update.trained))
    return any(frozen_weights(models, stage) >= trained for stage in stages)
