"""Probes at the two ends of a chain, for `gradients(net)` and `updates(net)`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from loopc.codegen.literals import literal, string
from loopc.codegen.weight_groups import SelectionPrinter
from loopc.planning import plan
from loopc.planning.derivation import holds_back
from loopc.semantics import checked

if TYPE_CHECKING:
    from loopc.codegen.context import ScriptPrinter


def measured_chain(script: "ScriptPrinter", update: plan.UpdatePlan, made: str) -> str:
    """A chain, made by `made`, with what reports measure of its gradients in front of
    it, and what they measure of its steps behind it.
    """
    found = [
        leaf.measure
        for leaf in script.train.step.report.leaves
        if leaf.measure is not None and leaf.measure.site == update.site
    ]
    before = list(_probes(script, [m for m in found if m.place == "gradients"], False))
    held = holds_back(update.chain)
    behind = list(_probes(script, [m for m in found if m.place == "updates"], held))
    if not before and not behind:
        return made
    script.imports.need("chain", "probe")
    return f"chain({', '.join([*before, made, *behind])})"


def _probes(
    script: "ScriptPrinter", measures: list[checked.Measure], held: bool
) -> Iterator[str]:
    """A call for each point; `held`: steps that are held back do not count."""
    for name in dict.fromkeys(measure.probe for measure in measures):
        of_point = [measure for measure in measures if measure.probe == name]
        kinds = [measure.measure for measure in of_point]
        given = [string(name)]
        if kinds != ["norm"]:
            given.append(f"measures={literal(tuple(kinds))}")
        if of_point[0].tasks:
            given.append(f"tasks={literal(of_point[0].tasks)}")
        if held:
            given.append("skip_zeros=True")
        yield _selected(script, f"probe({', '.join(given)})", of_point[0].only)


def _selected(
    script: "ScriptPrinter", probe: str, only: checked.CheckedSelection | None
) -> str:
    if only is None:
        return probe
    program, imports = script.program, script.imports
    imports.need("masked", "weights_of")
    if any(only.pattern == model.name for model in program.models):
        return f"masked({probe}, weights_of({script.names.of('model', only.pattern)}))"
    selections = SelectionPrinter(program.models, script.names, imports)
    return f"masked({probe}, {selections.text(only)})"
