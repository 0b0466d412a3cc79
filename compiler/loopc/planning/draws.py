"""What a step draws: its streams, how often in a step, and in which steps."""

from collections.abc import Iterator, Sequence

from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPlan:
    """One `draw`: it is reached `times` in a step; `every` None: in every step."""

    stream: checked.CheckedStream
    times: int
    every: checked.Cadence | None


def plan_draws(
    body: Sequence[checked.CheckedStatement],
    times: int = 1,
    every: checked.Cadence | None = None,
) -> Iterator[DrawPlan]:
    """Yield the draws of a step in the order of the program."""
    for statement in body:
        match statement:
            case checked.CheckedAssign(value=checked.Drawn() as drawn):
                yield DrawPlan(stream=drawn.stream, times=times, every=every)
            case checked.CheckedRepeat():
                inner = times * len(statement.values)
                yield from plan_draws(statement.body, inner, every)
            case checked.CheckedEvery():
                yield from plan_draws(statement.body, times, statement.cadence)
