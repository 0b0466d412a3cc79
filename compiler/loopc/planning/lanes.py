"""States of lanes that evals carry: each eval has lanes of its own."""

from collections.abc import Sequence

from loopc.planning.walk import calls
from loopc.semantics import checked


def lane_states(program: checked.CheckedProgram) -> frozenset[str]:
    """States that have a value for each lane of a stream."""
    return frozenset(
        model.name
        for model in program.models
        if isinstance(model.origin, checked.KeptValue) and model.origin.lanes
    )


def carried_in(
    program: checked.CheckedProgram, body: Sequence[checked.CheckedStatement]
) -> tuple[str, ...]:
    """The lanes that an eval reads or sets, in file order."""
    used = lane_states(program) & calls(tuple(body))
    return tuple(model.name for model in program.models if model.name in used)
