"""For people: the title, the lines that matter with marks under them, and the help.

A line longer than the window is cut around its first place; what is cut shows as `...`.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from loopc.diagnostics.model import Diagnostic, Severity
from loopc.diagnostics.render.finding import Finding, begin, count, end
from loopc.diagnostics.render.palette import PLAIN, Palette
from loopc.diagnostics.sources import Place
from loopc.diagnostics.visible import cells, visible
from loopc.records import dataclass

BEFORE = 60  # characters of a long line that are shown before its first place
WINDOW = 150  # characters of a line that are shown at most


@dataclass(frozen=True, slots=True)
class _Mark:
    """One label, located: `^` under the primary place, `-` under the others."""

    place: Place
    text: str
    primary: bool

    @property
    def line(self) -> int:
        return begin(self.place).line

    @property
    def columns(self) -> tuple[int, int]:
        """The 0-based first column and the one after the last, on the first line."""
        first, last = begin(self.place), end(self.place)
        if last.line > first.line:
            length = len(self.place.source.line_text(first.line))
            return first.column - 1, max(first.column, length)
        return first.column - 1, max(first.column, last.column - 1)

    @property
    def note(self) -> str:
        first, last = begin(self.place), end(self.place)
        through = f"(to line {last.line})" if last.line > first.line else ""
        return " ".join(filter(None, [visible(self.text), through]))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every line of one block shares."""

    severity: Severity
    gutter: int
    palette: Palette

    def rail(self, number: str = "", mark: str = "|") -> str:
        return self.palette.paint(self.palette.frame, f"{number:>{self.gutter}} {mark}")

    def paint(self, mark: _Mark, text: str) -> str:
        own = self.palette.of(self.severity)
        return self.palette.paint(own if mark.primary else self.palette.frame, text)


def render_text(findings: Sequence[Finding], palette: Palette = PLAIN) -> str:
    """Return a block per finding, a blank line between them, and what to read next."""
    if not findings:
        return ""
    blocks = (_block(finding, palette) for finding in findings)
    return "\n".join(blocks) + f"\n{_summary(findings)}\n"


def _summary(findings: Sequence[Finding]) -> str:
    """Count the findings and name the first error, or else the first, to read on."""
    codes = sorted(findings, key=lambda f: f.diagnostic.severity is not Severity.ERROR)
    return f"{count(findings)}; `loopc explain {codes[0].diagnostic.code}` says more"


def render_block(finding: Finding) -> str:
    """Return one finding without colour, ending in a line end."""
    return _block(finding, PLAIN)


def _block(finding: Finding, palette: Palette) -> str:
    diagnostic = finding.diagnostic
    marks = _marks(finding)
    gutter = len(str(max(mark.line for mark in marks)))
    frame = _Frame(diagnostic.severity, gutter, palette)
    lines = [_title(diagnostic, palette)]
    for _, group in groupby(marks, key=lambda mark: mark.place.source):
        lines.extend(_excerpt(list(group), frame))
    word = palette.paint(palette.strong, "help")
    if diagnostic.help:
        lines.append(frame.rail())
    lines.extend(
        f"{frame.rail(mark='=')} {word}: {visible(text)}" for text in diagnostic.help
    )
    return "".join(f"{line}\n" for line in lines)


def _title(diagnostic: Diagnostic, palette: Palette) -> str:
    severity = diagnostic.severity
    name = palette.paint(palette.of(severity), f"{severity.value}[{diagnostic.code}]")
    return name + palette.paint(palette.strong, f": {visible(diagnostic.title)}")


def _marks(finding: Finding) -> list[_Mark]:
    """Return the labels by place, those in the text of the primary one first."""
    labels = finding.diagnostic.labels
    home = finding.place.source
    marks = [
        _Mark(finding.sources.locate(label.span), label.text, label is labels[0])
        for label in labels
    ]
    return sorted(
        marks, key=lambda m: (m.place.source is not home, m.place.source.name, m.line)
    )


def _excerpt(marks: list[_Mark], frame: _Frame) -> Iterator[str]:
    """Draw the marks of one text: its name, then each marked line below a rail."""
    head = next((mark for mark in marks if mark.primary), marks[0])
    position = begin(head.place)
    name = visible(head.place.source.name)
    arrow = "-->" if head.primary else ":::"
    margin = frame.palette.paint(frame.palette.frame, " " * frame.gutter + arrow)
    yield f"{margin} {name}:{position.line}:{position.column}"
    for line, same_line in groupby(marks, key=lambda mark: mark.line):
        yield frame.rail()
        yield from _snippet(line, list(same_line), frame)


def _snippet(line: int, marks: list[_Mark], frame: _Frame) -> Iterator[str]:
    """Draw one source line and a line of marks for each label on it, from the left."""
    ordered = sorted(marks, key=lambda mark: mark.columns)
    text = marks[0].place.source.line_text(line)
    leader = next((mark for mark in ordered if mark.primary), ordered[0])
    first = max(0, leader.columns[0] - BEFORE) if len(text) > WINDOW else 0
    drawn = cells(text[first : first + WINDOW])
    prefix, suffix = "..." if first else "", "..." if len(text) > first + WINDOW else ""
    shown = prefix + "".join(cell for cell, _ in drawn) + suffix
    yield f"{frame.rail(str(line))} {shown}".rstrip()
    for mark in ordered:
        begins, ends = (min(max(c - first, 0), len(drawn)) for c in mark.columns)
        indent = len(prefix) + sum(width for _, width in drawn[:begins])
        length = max(1, sum(width for _, width in drawn[begins:ends]))
        under = ("^" if mark.primary else "-") * length
        note = f"{under} {mark.note}".rstrip()
        yield f"{frame.rail()} {' ' * indent}{frame.paint(mark, note)}"
