"""One JSON document for tools: lines and columns from 1, counted in code points.

`format_version` is `major.minor`: a new minor version only adds fields, so readers
ignore fields that they do not know. In messages and names, characters that are not
printable are written as `<U+001B>`; replacements of fixes are exact.
"""

import json
from collections.abc import Sequence
from typing import Any

from loopc.diagnostics.model import Diagnostic, Fix, Label, Severity
from loopc.diagnostics.render.finding import Finding, local
from loopc.diagnostics.sources import Sources
from loopc.diagnostics.visible import visible
from loopc.source import Span

FORMAT_VERSION = "1.0"


def render_json(findings: Sequence[Finding]) -> str:
    """Return the document, indented by two, ending in a line end."""
    document = {
        "format_version": FORMAT_VERSION,
        "diagnostics": [_diagnostic(f.diagnostic, f.sources) for f in findings],
        "summary": {
            f"{severity.value}s" if severity is not Severity.ADVICE else "advice": sum(
                f.diagnostic.severity is severity for f in findings
            )
            for severity in Severity
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _diagnostic(diagnostic: Diagnostic, sources: Sources) -> dict[str, Any]:
    primary, *related = diagnostic.labels
    return {
        "code": diagnostic.code,
        "name": diagnostic.slug,
        "severity": diagnostic.severity.value,
        "message": visible(diagnostic.title),
        **_label(primary, sources, "label"),
        "related": [_label(label, sources, "message") for label in related],
        "help": [visible(text) for text in diagnostic.help],
        "fixes": [_fix(fix, sources) for fix in diagnostic.fixes],
    }


def _label(label: Label, sources: Sources, key: str) -> dict[str, Any]:
    return {**_where(label.span, sources), key: visible(label.text)}


def _fix(fix: Fix, sources: Sources) -> dict[str, Any]:
    return {
        "title": visible(fix.title),
        "applicability": fix.applicability,
        "edits": [
            {**_where(edit.span, sources), "replacement": edit.replacement}
            for edit in fix.edits
        ],
    }


def _where(span: Span, sources: Sources) -> dict[str, Any]:
    place, first, last = local(sources, span)
    return {
        "file": visible(place.source.name),
        "range": {
            "start": {"line": first.line, "column": first.column},
            "end": {"line": last.line, "column": last.column},
        },
    }
