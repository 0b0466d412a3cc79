"""Diagnostics are values: what was found and where, not how it is worded or drawn."""

from collections.abc import Iterable, Iterator
from dataclasses import field
from enum import Enum
from typing import Literal

from loopc.records import dataclass
from loopc.source import Span


class CompilerBug(Exception):
    """The compiler broke its own rules; never the user's fault."""


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and the local fact about it; the first label is the primary one."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the text that a tool may make; `safe` ones keep the meaning."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Literal["safe", "unsafe"] = "unsafe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding: stable code and slug, a title that stands alone, places, help."""

    code: str
    slug: str
    severity: Severity
    title: str
    labels: tuple[Label, ...]
    help: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()

    @property
    def span(self) -> Span:
        return self.labels[0].span


@dataclass(slots=True)
class Diagnostics:
    """Collects findings in any order and gives them back by place, each once."""

    limit: int = 100
    _items: list[Diagnostic] = field(default_factory=list)
    _seen: set[tuple[str, Span, str]] = field(default_factory=set)

    def add(self, diagnostic: Diagnostic) -> None:
        key = (diagnostic.code, diagnostic.span, diagnostic.title)
        if key not in self._seen:
            self._seen.add(key)
            self._items.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self._items)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return `limit` findings by place; where there are more, errors stay."""
        ranks = list(Severity)
        kept = sorted(self._items, key=lambda d: (ranks.index(d.severity), *_place(d)))
        return tuple(sorted(kept[: self.limit], key=_place))

    def every(self) -> tuple[Diagnostic, ...]:
        """Return all findings in the order they were added, without the limit."""
        return tuple(self._items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.sorted())


def _place(diagnostic: Diagnostic) -> tuple[int, int, str, str]:
    span = diagnostic.span
    return span.start, span.end, diagnostic.code, diagnostic.title
