"""Lanes of evals: states that each of them carries in variables of its own."""

from dataclasses import replace
from typing import TYPE_CHECKING

from loopc.codegen.steps import StepContext
from loopc.planning import plan

if TYPE_CHECKING:
    from loopc.codegen.context import ScriptPrinter


def lanes_name(script: "ScriptPrinter", item: plan.EvalPlan, state: str) -> str:
    """What the lanes of a state in an eval are called: `valid_memory`."""
    return script.names.of("lanes", f"{script.own(item.name)}_{state}")


def with_own_lanes(
    script: "ScriptPrinter", item: plan.EvalPlan, step: StepContext
) -> StepContext:
    """The step of an eval, handed its own lanes in place of those of the loop."""
    if not item.carried:
        return step
    own = {
        script.names.of("model", state): lanes_name(script, item, state)
        for state in item.carried
    }
    given = (own.get(name, name) for name in step.arguments.split(", "))
    return replace(step, arguments=", ".join(given))
