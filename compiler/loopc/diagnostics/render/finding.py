"""What renderers draw: a diagnostic and the texts that its spans point into."""

from collections import Counter
from collections.abc import Iterable, Sequence

from loopc.diagnostics.model import Diagnostic, Severity
from loopc.diagnostics.sources import Place, Sources
from loopc.records import dataclass
from loopc.source import Position, Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic of one compilation."""

    diagnostic: Diagnostic
    sources: Sources

    @property
    def place(self) -> Place:
        return self.sources.locate(self.diagnostic.span)


def findings(diagnostics: Iterable[Diagnostic], sources: Sources) -> list[Finding]:
    """Pair each diagnostic with the texts of its compilation."""
    return [Finding(diagnostic, sources) for diagnostic in diagnostics]


def begin(place: Place) -> Position:
    """Return the line and column of the first code point of a place."""
    return place.source.position(place.span.start)


def end(place: Place) -> Position:
    """Return the line and column just after the last code point of a place."""
    return place.source.position(place.span.end)


def local(sources: Sources, span: Span) -> tuple[Place, Position, Position]:
    """Return where a span lies, its first position and the one after its last."""
    place = sources.locate(span)
    return place, begin(place), end(place)


def count(findings: Sequence[Finding]) -> str:
    """Say how many of each severity there are: `2 errors, 1 warning`."""
    numbers = Counter(finding.diagnostic.severity for finding in findings)
    return ", ".join(
        _amount(numbers[severity], severity)
        for severity in Severity
        if numbers[severity]
    )


def _amount(number: int, severity: Severity) -> str:
    plural = number != 1 and severity is not Severity.ADVICE
    return f"{number} {severity.value}{'s' if plural else ''}"
