"""The tapes of a step for people: what each block records, on which tapes, and why."""

from collections.abc import Iterator
from typing import Any

from loopc.planning import plan
from loopc.planning.gradients import taken_by
from loopc.planning.recording import gradient_site
from loopc.planning.walk import walk
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True)
class _Tape:
    """A tape by what it is for, and what lies on its way."""

    title: str
    why: str


def describe_tapes(
    parts: tuple[plan.StepPart, ...], reader: str
) -> list[dict[str, Any]]:
    """Every block that records, in order; `reader` is `train`, an eval, a function."""
    named = dict(_named(parts))
    made_before: set[str] = set()
    found = []
    for part in _parts(parts):
        if isinstance(part, plan.TapeOpening):
            made_before.add(part.site)
        elif isinstance(part, plan.TapeBlock):
            found.append(_block(part, reader, named, made_before))
    return found


def _parts(parts: tuple[plan.StepPart, ...]) -> Iterator[plan.StepPart]:
    """Each part, those recorded in blocks too."""
    for part in plan.every_part(parts):
        yield part
        if isinstance(part, plan.TapeBlock):
            yield from _parts(part.statements)


def _block(
    block: plan.TapeBlock,
    reader: str,
    named: dict[str, _Tape],
    made_before: set[str],
) -> dict[str, Any]:
    whys = [named[site].why for site in block.tapes]
    if len(block.tapes) > 1:
        whys.append(f"computed once for {len(block.tapes)} gradients")
    if set(block.tapes) & {*block.persistent, *made_before}:
        whys.append("on a tape that several passes share")
    return {
        "reader": reader,
        "for": [named[site].title for site in block.tapes],
        "opened": [named[site].title for site in block.opened],
        "persistent": [named[site].title for site in block.persistent],
        "records": [name for part in block.statements for name in _bound(part)],
        "why": "; ".join(whys),
    }


def _named(parts: tuple[plan.StepPart, ...]) -> Iterator[tuple[str, _Tape]]:
    """What is known of each site."""
    for part in _parts(parts):
        taken = taken_by(part)
        if isinstance(part, plan.UpdatePlan):
            goal = " and ".join(f"{model}/*" for model in part.trained)
            why = f"from {_name(part.objective)} to {goal}"
            yield part.site, _Tape(f"update of {part.site}", why)
        elif isinstance(taken, checked.Gradient):
            names = ", ".join(variable.name for variable in taken.variables)
            why = f"from {_name(taken.value)} to {names}"
            title = f"gradient of {_name(taken.value)}"
            yield gradient_site(taken), _Tape(title, why)
        elif isinstance(taken, checked.UpdatedModel):
            why = f"from {_name(taken.objective)} to the weights of {taken.model.name}"
            yield gradient_site(taken), _Tape(f"step of {taken.model.name}", why)


def _name(value: checked.CheckedExpression) -> str:
    while isinstance(value, checked.Average):
        value = value.value
    return value.name if isinstance(value, checked.Local) else "the objective"


def _bound(part: plan.StepPart) -> list[str]:
    """Names that a recorded part binds, in order."""
    if isinstance(part, plan.RepeatPlan):
        part = part.statement
    nodes = walk(part)
    assigns = (n for n in nodes if isinstance(n, checked.CheckedAssign))
    return list(dict.fromkeys(name for a in assigns for name in a.names))
