"""Which models are made from which, and what an update moves along with its own."""

from collections.abc import Mapping, Sequence

from loopc.planning.plan import UpdatePlan
from loopc.planning.walk import walk
from loopc.semantics import checked

HOLDING = frozenset({"accumulate", "apply_if_finite", "conditionally_mask"})


def holds_back(chain: checked.CheckedChain | tuple[checked.CheckedLink, ...]) -> bool:
    """Whether not every step of a chain, or of links, is an update."""
    links = (n for n in walk(chain) if isinstance(n, checked.CheckedLink))
    return any(link.name in HOLDING for link in links)


def in_making_order(
    models: Sequence[checked.CheckedModel],
) -> tuple[checked.CheckedModel, ...]:
    """File order, but what a model contains or follows comes before it."""
    named = {m.name: m for m in models}
    made: dict[str, checked.CheckedModel] = {}

    def make(model: checked.CheckedModel) -> None:
        needs = [*model.contains, *([model.source] if model.source else [])]
        for name in needs:
            if name not in made:
                make(named[name])
        made.setdefault(model.name, model)

    for model in models:
        make(model)
    return tuple(made.values())


def followers(
    models: Sequence[checked.CheckedModel],
    contains: Mapping[str, frozenset[str]],
    trained: Sequence[str],
) -> tuple[str, ...]:
    """Models that advance after an update of `trained`, in the order they are made."""
    moved = frozenset[str]().union(*(contains[m] for m in trained))
    return tuple(m.name for m in models if m.source and contains[m.source] & moved)


def moved_by(
    program: checked.CheckedProgram, models: Sequence[str], update: UpdatePlan
) -> list[str]:
    """Averages and snapshots of a loop that advance after an update."""
    contains = {m.name: frozenset({m.name, *m.contains}) for m in program.models}
    used = [m for m in program.models if m.name in models]
    return list(followers(used, contains, update.trained))


def origin_text(model: checked.CheckedModel) -> str:
    """What a model is that has no network of its own; "" for one that has."""
    match model.origin:
        case checked.KeptValue():
            return f"a state of {model.non_trainable:,} numbers"
        case checked.OneWeight():
            return f"a weight of {model.trainable:,} numbers"
        case checked.MovingAverage(source=source):
            return f"moving average of {source}, its count of updates"
        case checked.AveragedByChain(source=source):
            return f"what the chain averages of {source}, its count of updates"
        case checked.SnapshotOf(source=source):
            return f"copy of {source}, its count of updates"
        case checked.FromFile(path=path):
            return f"the weights of {path}"
    return ""
