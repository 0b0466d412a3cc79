"""`# loopc: allow(...)`: what it silences, and what is said about idle ones."""

import re
from dataclasses import dataclass

from loopc.diagnostics.model import Diagnostic, Diagnostics, Label, Severity
from loopc.diagnostics.suppressions import suppress
from loopc.source import Source, Span


@dataclass(frozen=True)
class Comment:
    """A comment as the syntax tree has it."""

    span: Span
    own_line: bool


def comments(text: str) -> list[Comment]:
    """Return the comments of a text without strings."""
    return [
        Comment(Span(m.start(2), m.end()), not m.group(1).strip())
        for m in re.finditer(r"^(.*?)(#.*)$", text, re.MULTILINE)
    ]


def left(text: str, *codes: str) -> list[str]:
    """Return the codes left of findings at the word `here`, E codes being errors."""
    start = text.index("here")
    found = Diagnostics()
    for code in codes:
        severity = Severity.ERROR if code.startswith("E") else Severity.WARNING
        found.add(
            Diagnostic(
                code=code,
                slug="x",
                severity=severity,
                title="x",
                labels=(Label(Span(start, start + 4)),),
            )
        )
    return [d.code for d in suppress(found, comments(text), Source(text))]


def test_comment_on_the_line_silences_its_code() -> None:
    """That code, on that line; another code stays."""
    text = "a\nhere  # loopc: allow(W690) a reason\nb\n"

    assert left(text, "W690", "W691") == ["W691"]


def test_comment_above_silences_the_next_line_of_program() -> None:
    """Further comments may stand between the permission and the line."""
    text = "# loopc: allow(W690)\n# and why: see the paper\nhere\n"

    assert left(text, "W690") == []


def test_one_comment_may_allow_several_codes() -> None:
    """Codes between commas, with or without blanks."""
    assert left("here # loopc: allow(W690,W691, W601)\n", "W690", "W691", "W601") == []


def test_errors_cannot_be_silenced() -> None:
    """The error stays; the comment is not judged while there are errors."""
    assert left("here # loopc: allow(E190)\n", "E190") == ["E190"]


def test_idle_comment_is_a_warning() -> None:
    """A permission on the wrong line, for an error or for no code is reported."""
    assert left("# loopc: allow(W690)\n\nhere\n", "W690") == ["W690", "W690"]
    assert left("here # loopc: allow(E190)\n") == ["W690"]
    assert left("here # loopc: allow(W000)\n") == ["W690"]


def test_idle_warning_points_at_the_code() -> None:
    """One of several codes may be idle: the place is the code, not the comment."""
    text = "here # loopc: allow(W601, W602)\n"
    idle, _ = suppress(Diagnostics(), comments(text), Source(text))

    assert text[idle.span.start : idle.span.end] == "W601"


def test_directive_that_is_not_understood_is_a_warning() -> None:
    """Misspelt directives do not pass in silence; ordinary comments do."""
    assert left("here # loopc: ignore W601\n") == ["W691"]
    assert left("here # loopc: allow()\n") == ["W691"]
    assert left("here # about loopc: allow it\n") == []
