"""`parse_expression`: one expression on its own, such as the right side of `--set`."""

from typing import Final

from loopc.diagnostics.model import Diagnostic, Diagnostics, Label
from loopc.diagnostics.sources import moved
from loopc.source import Source, Span
from loopc.syntax import ast
from loopc.syntax.parser import parse
from loopc.syntax.syntax_errors import report

# An expression is what may stand here; what is reported here speaks of the value.
PREFIX: Final = "const value = "


def parse_expression(source: Source, diagnostics: Diagnostics) -> ast.Expression | None:
    """The syntax tree of a text that is one expression, None if it is not.

    What is wrong is reported with places in this text, as `parse` does for a program.
    """
    found = Diagnostics()
    program = parse(Source(PREFIX + source.text, source.name), found)
    diagnostics.extend(_placed(d, len(source.text)) for d in found.every())
    if program is None or found.has_errors():
        return None
    match program.declarations:
        case (ast.Const(value=value),):
            return moved(value, -len(PREFIX))
        case (_, second, *_):
            place = moved(second.span, -len(PREFIX))
            diagnostics.add(
                report("E101", "the value goes on after its end", Label(place))
            )
    return None


def _placed(diagnostic: Diagnostic, size: int) -> Diagnostic:
    """Move a diagnostic into the text without the prefix; fixes of the prefix go."""
    labels = tuple(
        Label(_clamped(label.span, size), label.text) for label in diagnostic.labels
    )
    return Diagnostic(
        code=diagnostic.code,
        slug=diagnostic.slug,
        severity=diagnostic.severity,
        title=diagnostic.title,
        labels=labels,
        help=diagnostic.help,
        fixes=tuple(
            moved(fix, -len(PREFIX))
            for fix in diagnostic.fixes
            if all(edit.span.start >= len(PREFIX) for edit in fix.edits)
        ),
    )


def _clamped(span: Span, size: int) -> Span:
    start, end = (min(max(o - len(PREFIX), 0), size) for o in (span.start, span.end))
    return Span(start, end)
