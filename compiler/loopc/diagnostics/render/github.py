"""Workflow commands of GitHub Actions, which show as annotations on the changed lines.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Severity
from loopc.diagnostics.render.finding import Finding, begin, end
from loopc.diagnostics.visible import visible

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.ADVICE: "notice",
}


def render_github(findings: Sequence[Finding]) -> str:
    """Return one command per finding, one a line."""
    return "".join(_command(finding) for finding in findings)


def _command(finding: Finding) -> str:
    diagnostic = finding.diagnostic
    first, last = begin(finding.place), end(finding.place)
    properties = {
        "title": f"loopc {diagnostic.code}",
        "file": finding.place.source.name,
        "line": str(first.line),
        "endLine": str(last.line),
    }
    if first.line == last.line:  # GitHub takes columns only within one line
        properties |= {
            "col": str(first.column),
            "endColumn": str(max(first.column, last.column - 1)),
        }
    listed = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    command = _COMMANDS[diagnostic.severity]
    return f"::{command} {listed}::{_data(_message(diagnostic))}\n"


def _message(diagnostic: Diagnostic) -> str:
    parts = [diagnostic.title, diagnostic.labels[0].text]
    return "\n".join(
        visible(part) for part in [": ".join(filter(None, parts)), *diagnostic.help]
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
