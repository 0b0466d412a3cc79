"""One line per finding, to search and jump by: `file:line:column: error[CODE]`."""

from collections.abc import Sequence

from loopc.diagnostics.render.finding import Finding, begin
from loopc.diagnostics.visible import visible


def render_concise(findings: Sequence[Finding]) -> str:
    """Return the findings, one a line."""
    return "".join(f"{concise(finding)}\n" for finding in findings)


def concise(finding: Finding) -> str:
    """Return one finding as a line without its end."""
    diagnostic = finding.diagnostic
    position = begin(finding.place)
    name = visible(finding.place.source.name)
    kind = f"{diagnostic.severity.value}[{diagnostic.code}]"
    place = f"{name}:{position.line}:{position.column}"
    return f"{place}: {kind} {visible(diagnostic.title)}"
