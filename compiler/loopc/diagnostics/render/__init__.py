"""Drawing: each format is one pure function from findings to text."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from loopc.diagnostics.model import CompilerBug
from loopc.diagnostics.render.finding import Finding

Format: TypeAlias = Literal["text", "concise", "json", "github", "sarif"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(
    findings: Sequence[Finding], format: Format = "text", *, colour: bool = False
) -> str:
    """Return the findings in one of `FORMATS`; `colour` concerns `text` alone."""
    match format:
        case "text":
            from loopc.diagnostics.render.palette import COLOURS, PLAIN
            from loopc.diagnostics.render.text import render_text

            return render_text(findings, COLOURS if colour else PLAIN)
        case "concise":
            from loopc.diagnostics.render.concise import render_concise

            return render_concise(findings)
        case "json":
            from loopc.diagnostics.render.json_document import render_json

            return render_json(findings)
        case "github":
            from loopc.diagnostics.render.github import render_github

            return render_github(findings)
        case "sarif":
            from loopc.diagnostics.render.sarif import render_sarif

            return render_sarif(findings)
    raise CompilerBug(f"no renderer for the format {format!r}")
