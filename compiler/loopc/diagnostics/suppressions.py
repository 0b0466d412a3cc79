"""`# loopc: allow(W601) reason`: warnings that a comment silences, and idle comments.

A comment behind a statement speaks of its own line; one that stands alone speaks of the
next line that is not such a comment itself. Errors cannot be silenced.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Protocol

from loopc.diagnostics.model import Diagnostic, Diagnostics, Label, Severity
from loopc.records import dataclass
from loopc.source import Source, Span

_DIRECTIVE = re.compile(r"#\s*loopc:\s*")
_ALLOW = re.compile(r"allow\(([^()]*)\)(?:\s|$)")
_CODE = re.compile(r"[^\s,]+")


class Comment(Protocol):
    """What this module reads of a comment of the syntax tree."""

    @property
    def span(self) -> Span: ...

    @property
    def own_line(self) -> bool: ...


@dataclass(slots=True)
class _Permit:
    """One code that one comment allows on one line."""

    code: str
    line: int
    span: Span
    used: bool = field(default=False)


def suppress(
    found: Diagnostics, comments: Iterable[Comment], source: Source
) -> Diagnostics:
    """Return what is left of the findings, with a warning for each idle comment.

    Idle comments are only looked for where there are no errors: a program that has some
    is not checked to its end, so its warnings may not have come up.
    """
    permits, misread = _read(list(comments), source)
    left = Diagnostics(found.limit)
    left.extend(d for d in found.every() if not _allowed(d, permits, source))
    if not left.has_errors():
        left.extend(misread)
        left.extend(_unused(permit) for permit in permits if not permit.used)
    return left


def _allowed(diagnostic: Diagnostic, permits: list[_Permit], source: Source) -> bool:
    in_program = diagnostic.span.start <= len(source.text)
    if diagnostic.severity is Severity.ERROR or not in_program:
        return False
    line = source.position(diagnostic.span.start).line
    matching = [p for p in permits if p.line == line and p.code == diagnostic.code]
    for permit in matching:
        permit.used = True
    return bool(matching)


def _read(
    comments: list[Comment], source: Source
) -> tuple[list[_Permit], list[Diagnostic]]:
    alone = {source.position(c.span.start).line for c in comments if c.own_line}
    permits: list[_Permit] = []
    misread: list[Diagnostic] = []
    for comment in comments:
        text = source.text[comment.span.start : comment.span.end]
        directive = _DIRECTIVE.match(text)
        if directive is None:
            continue
        allow = _ALLOW.match(text, directive.end())
        codes = list(_codes(allow, comment.span.start)) if allow else []
        if not codes:
            misread.append(_unknown(comment.span))
        line = _target(comment, alone, source)
        permits.extend(_Permit(code, line, span) for code, span in codes)
    return permits, misread


def _codes(allow: re.Match[str], offset: int) -> Iterator[tuple[str, Span]]:
    start = offset + allow.start(1)
    for code in _CODE.finditer(allow.group(1)):
        yield code.group(), Span(start + code.start(), start + code.end())


def _target(comment: Comment, alone: set[int], source: Source) -> int:
    line = source.position(comment.span.start).line
    while line in alone:
        line += 1
    return line


def _unused(permit: _Permit) -> Diagnostic:
    from loopc.diagnostics.catalog import catalog

    entry = catalog().get(permit.code)
    if entry is None:
        fact = "there is no such code"
    elif entry.severity is Severity.ERROR:
        fact = "an error cannot be allowed"
    else:
        fact = f"line {permit.line} has no {permit.code}"
    return _warning("W690", Label(permit.span, fact), "remove it from the comment")


def _unknown(span: Span) -> Diagnostic:
    advice = "write `# loopc: allow(W601) reason`, or leave out `loopc:`"
    return _warning("W691", Label(span), advice)


def _warning(code: str, label: Label, advice: str) -> Diagnostic:
    from loopc.diagnostics.catalog import catalog

    entry = catalog()[code]
    return Diagnostic(
        code=code,
        slug=entry.slug,
        severity=entry.severity,
        title=entry.title,
        labels=(label,),
        help=(advice,),
    )
