"""A `.loop` text and its places: offsets in code points, lines and columns from 1."""

from bisect import bisect_right
from functools import cached_property

from loopc.records import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range `[start, end)` of code points of one source."""

    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Position:
    """A place as people count it."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """The text of one program and the name it is reported under (never opened)."""

    text: str
    name: str = "<input>"

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        starts = [0]
        starts.extend(i + 1 for i, c in enumerate(self.text) if c == "\n")
        return tuple(starts)

    def position(self, offset: int) -> Position:
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def line_text(self, line: int) -> str:
        start = self.line_starts[line - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")
