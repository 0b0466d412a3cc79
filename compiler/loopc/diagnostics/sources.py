"""The texts of one compilation in one count of offsets: the program, its overrides.

A span is two numbers, so a program and the right sides of `--set` share one numbering:
the program starts at 0, and every further text begins after the end of the one before
it.
"""

from bisect import bisect_right
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import TypeVar, cast

from loopc.records import dataclass
from loopc.source import Source, Span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A span of one source, counted from the beginning of that source."""

    source: Source
    span: Span


@dataclass(frozen=True)
class Sources:
    """The program first; `bases[i]` is the offset that the i-th text starts at."""

    texts: tuple[Source, ...]

    @property
    def program(self) -> Source:
        return self.texts[0]

    @cached_property
    def bases(self) -> tuple[int, ...]:
        lengths = (len(source.text) + 1 for source in self.texts[:-1])
        return tuple(accumulate(lengths, initial=0))

    def locate(self, span: Span) -> Place:
        """Return the source that a span lies in and its place there, cut at the end."""
        index = bisect_right(self.bases, span.start) - 1
        source, base = self.texts[index], self.bases[index]
        size = len(source.text)
        start = min(span.start - base, size)
        return Place(source, Span(start, max(start, min(span.end - base, size))))


def moved(value: T, by: int) -> T:
    """Return a node, diagnostic or tuple of them with every span in it moved."""
    if isinstance(value, Span):
        return cast("T", Span(value.start + by, value.end + by))
    if isinstance(value, tuple):
        return cast("T", tuple(moved(item, by) for item in value))
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: moved(getattr(value, f.name), by) for f in fields(value)}
        return replace(value, **parts)
    return value
