"""SARIF 2.1.0, which code-scanning services read; columns count Unicode code points.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from loopc.diagnostics.catalog import catalog
from loopc.diagnostics.model import Diagnostic, Fix, Label, Severity
from loopc.diagnostics.render.finding import Finding, local
from loopc.diagnostics.sources import Sources
from loopc.diagnostics.visible import visible
from loopc.source import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.ADVICE: "note",
}


def render_sarif(findings: Sequence[Finding]) -> str:
    """Return the log with one run, in ASCII, indented by two."""
    codes = sorted({finding.diagnostic.code for finding in findings})
    run = {
        "tool": {"driver": {"name": "loopc", "rules": [_rule(c) for c in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(f.diagnostic, f.sources, codes) for f in findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    entry = catalog().get(code)
    if entry is None:
        return {"id": code}
    return {
        "id": code,
        "name": entry.slug,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.meaning},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
    }


def _result(
    diagnostic: Diagnostic, sources: Sources, codes: list[str]
) -> dict[str, Any]:
    primary, *related = diagnostic.labels
    result = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _message(diagnostic)},
        "locations": [{"physicalLocation": _physical(primary.span, sources)}],
    }
    if related:
        result["relatedLocations"] = [_related(label, sources) for label in related]
    if diagnostic.fixes:
        result["fixes"] = [_fix(fix, sources) for fix in diagnostic.fixes]
    return result


def _message(diagnostic: Diagnostic) -> str:
    facts = ": ".join(filter(None, [diagnostic.title, diagnostic.labels[0].text]))
    return "\n".join(visible(part) for part in [facts, *diagnostic.help])


def _related(label: Label, sources: Sources) -> dict[str, Any]:
    return {
        "physicalLocation": _physical(label.span, sources),
        "message": {"text": visible(label.text)},
    }


def _fix(fix: Fix, sources: Sources) -> dict[str, Any]:
    changes = [
        {
            "artifactLocation": _physical(edit.span, sources)["artifactLocation"],
            "replacements": [
                {
                    "deletedRegion": _physical(edit.span, sources)["region"],
                    "insertedContent": {"text": edit.replacement},
                }
            ],
        }
        for edit in fix.edits
    ]
    return {"description": {"text": visible(fix.title)}, "artifactChanges": changes}


def _physical(span: Span, sources: Sources) -> dict[str, Any]:
    place, first, last = local(sources, span)
    return {
        "artifactLocation": {"uri": _uri(place.source.name)},
        "region": {
            "startLine": first.line,
            "startColumn": first.column,
            "endLine": last.line,
            "endColumn": last.column,
        },
    }


def _uri(name: str) -> str:
    """Return a relative or absolute path as a URI reference."""
    path = name.replace("\\", "/").encode(errors="surrogateescape")
    return f"file://{quote(path)}" if name.startswith("/") else quote(path)
