"""What reports measure of updates: in the step, or by probes at the ends of a chain."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from loopc.codegen.bodies import LayerPrinter
from loopc.codegen.literals import literal, string
from loopc.codegen.step_reports import ReportPrinter
from loopc.codegen.weight_groups import SelectionPrinter
from loopc.planning import plan
from loopc.planning.derivation import holds_back
from loopc.planning.probing import norms_in_step
from loopc.semantics import checked

if TYPE_CHECKING:
    from loopc.codegen.context import ScriptPrinter


def measured_chain(script: "ScriptPrinter", update: plan.UpdatePlan, made: str) -> str:
    """A chain, made by `made`, with what reports measure of its gradients in front of
    it, and what they measure of its steps behind it.
    """
    step = script.train.step
    in_step = norms_in_step(step, staged=bool(script.train.train.stages))
    found = [
        leaf.measure
        for leaf in step.report.leaves
        if leaf.measure is not None
        and leaf.measure.site == update.site
        and leaf.name not in in_step
    ]
    before = list(_probes(script, [m for m in found if m.place == "gradients"], False))
    held = holds_back(update.chain)
    behind = list(_probes(script, [m for m in found if m.place == "updates"], held))
    if not before and not behind:
        return made
    script.imports.need("chain", "probe")
    return f"chain({', '.join([*before, made, *behind])})"


def report_printer(
    printer: LayerPrinter, step: plan.StepPlan, *, staged: bool
) -> ReportPrinter:
    """The printer of a step's report, which knows what the step has of its updates."""
    return ReportPrinter(
        printer,
        step.report,
        _names(step, printer, "optimizer"),
        _names(step, printer, "gradients"),
        norms_in_step(step, staged=staged),
    )


def _names(step: plan.StepPlan, printer: LayerPrinter, what: str) -> dict[str, str]:
    """What the step calls something of each update: `gradients`, `critic_gradients`."""
    sites = [update.site for update in step.updates]
    single = len(sites) == 1
    return {
        site: what if single else printer.names.of("site", f"{site}_{what}")
        for site in sites
    }


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
