"""How a diagnostic is put together: code, slug, title, places, help."""

from collections.abc import Iterable, Sequence

from loopc.diagnostics.model import (
    Diagnostic,
    Edit,
    Fix,
    Label,
    Severity,
)
from loopc.source import Span

Places = Span | Sequence[Label]


def error(
    code: str, slug: str, title: str, places: Places, *help: str, fix: Fix | None = None
) -> Diagnostic:
    return _make(Severity.ERROR, code, slug, title, places, help, fix)


def warning(
    code: str, slug: str, title: str, places: Places, *help: str, fix: Fix | None = None
) -> Diagnostic:
    return _make(Severity.WARNING, code, slug, title, places, help, fix)


def advice(
    code: str, slug: str, title: str, places: Places, *help: str, fix: Fix | None = None
) -> Diagnostic:
    return _make(Severity.ADVICE, code, slug, title, places, help, fix)


def replace(title: str, span: Span, text: str) -> Fix:
    """A fix that puts `text` where `span` is; it may change the meaning."""
    return Fix(title, (Edit(span, text),))


def listed(names: Iterable[str], limit: int = 12) -> str:
    """Names in backticks, in their order, with what was left out counted."""
    names = list(names)
    shown = ", ".join(f"`{name}`" for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def _make(
    severity: Severity,
    code: str,
    slug: str,
    title: str,
    places: Places,
    help: tuple[str, ...],
    fix: Fix | None,
) -> Diagnostic:
    labels = (Label(places),) if isinstance(places, Span) else tuple(places)
    return Diagnostic(
        code=code,
        slug=slug,
        severity=severity,
        title=title,
        labels=labels,
        help=tuple(text for text in help if text),
        fixes=() if fix is None else (fix,),
    )
