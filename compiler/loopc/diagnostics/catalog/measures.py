"""E352 to E354, W632: probes, and what is read of updates."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import STEP, regression

PROBED = 'clip_by_global_norm(1.0) |> probe("clipped") |> adam(0.01)'


def _reporting(report: str, chain: str = "adam(0.01)") -> str:
    step = STEP.replace("adam(0.01)", chain)
    return regression(step.replace("report loss", f"report loss, {report}"))


ENTRIES = (
    catalog_entry(
        "E352",
        "unknown-probe",
        "a report reads a probe that no chain has",
        'A probe is named twice, in the chain and in the report: `probe("clipped")`.'
        " The update whose chain has it stands in front of the report.",
        _reporting('size = probe("cliped").norm', PROBED),
        _reporting('size = probe("clipped").norm', PROBED),
    ),
    catalog_entry(
        "E353",
        "measure-misplaced",
        "a measure of an update stands where there is none",
        "What is measured of updates is a mean over the window of the log. It is read"
        " in the reports of a step, behind the update, and meets other means there, by"
        " plain arithmetic.",
        _reporting("size = loss * gradients(net).norm").replace(
            "mean_squared_error(y, net(x))", "squared_error(y, net(x))"
        ),
        _reporting("size = gradients(net).norm"),
    ),
    catalog_entry(
        "E354",
        "measure-misfits",
        "a measure does not fit the gradients",
        "A cosine is of the gradients of several objectives, in front of a chain that"
        " takes one for each; a norm there is of one of them, which `of:` names.",
        _reporting("size = gradients(net).cosine"),
        _reporting("size = gradients(net).norm"),
    ),
    catalog_entry(
        "W632",
        "probe-never-read",
        "a probe that no report reads",
        "It is left out of the compiled step, and costs nothing.",
        regression(STEP.replace("adam(0.01)", PROBED)),
        _reporting('size = probe("clipped").norm', PROBED),
    ),
)
