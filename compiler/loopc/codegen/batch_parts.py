"""A step in parts of its batch: a function of one part for each pass over them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from loopc.planning import plan

if TYPE_CHECKING:
    from loopc.codegen.steps import StepPrinter


def print_passes(step: "StepPrinter", pieces: plan.PiecesPlan) -> None:
    """Print the passes one after another, each with the updates that follow it."""
    step.printer.imports.need("Part", "on_devices" if pieces.devices else "in_parts")
    for each in pieces.passes:
        first = each.updates[0].site if each.updates else "last"
        before = "" if len(pieces.passes) == 1 else f"{first}_"
        part = step.printer.names.of("block", f"{before}part")
        for update in each.updates:
            variables = step.name(update.site, "variables")
            step.line(f"{variables} = {step.trained(update)}")
        fields = _print_part(step, each, part)
        gradients = _grouped(_gradients(step, each)) if each.updates else "_"
        report = _report_name(step, each, f"{before}report")
        step.line(f"{gradients}, {report} = {_call(step, pieces, [part, *fields])}")
        for update in each.then:
            step.apply(update)


def _call(step: "StepPrinter", pieces: plan.PiecesPlan, given: list[str]) -> str:
    """The call that adds up what the parts of a batch give."""
    count = None if pieces.count is None else step.printer.statics.value(pieces.count)
    if not pieces.devices:
        return f"in_parts({', '.join([count.text if count else '1', *given])})"
    parts = [] if count is None else [f"parts={count.text}"]
    return f"on_devices({', '.join([step.devices, *given, *parts])})"


def _print_part(step: "StepPrinter", each: plan.PassPlan, part: str) -> list[str]:
    """Print the function of a part; the fields that it takes."""
    step.line("")
    start = len(step.written)
    with step.indented():
        step.parts(each.parts)
        for text in step.report.lines(each.block):
            step.line(text)
        step.line(f"return Part({', '.join(_values(step, each))})")
    text = "\n".join(step.written[start:])
    read = [f for f in step.fields if re.search(rf"\b{f}\b", text)]
    fields = read or list(step.fields[:1])  # one tells how many examples there are
    step.line("")
    parameters = ", ".join(f"{field}: tf.Tensor" for field in fields)
    step.written.insert(start, f"def {part}({parameters}) -> Part:")
    return fields


def _values(step: "StepPrinter", each: plan.PassPlan) -> Iterator[str]:
    yield _grouped(_gradients(step, each)) if each.updates else "[]"
    yield step.report.returned(each.block)
    weights = [
        "None" if weight is None else step.printer.weight_sum(weight)
        for weight in each.weights
    ]
    if any(each.weights):
        yield f"weight={_grouped(weights)}"


def _gradients(step: "StepPrinter", each: plan.PassPlan) -> list[str]:
    return [step.name(update.site, "gradients") for update in each.updates]


def _grouped(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"({', '.join(values)})"


def _report_name(step: "StepPrinter", each: plan.PassPlan, wanted: str) -> str:
    """What the report of a pass is called; its values are some of the step's."""
    if not step.report.leaves(each.block):
        return "_"
    name = step.printer.names.of("block", wanted)
    step.occasional[each.block] = name
    return name
