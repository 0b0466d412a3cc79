"""The catalogue: a module of this package that has `ENTRIES` lists a family of codes."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from loopc.diagnostics.catalog.entry import CatalogEntry
from loopc.diagnostics.model import CompilerBug


@cache
def catalog() -> Mapping[str, CatalogEntry]:
    """Return every entry by its code, in the order of the codes.

    Raises CompilerBug if two entries share a code or a slug.
    """
    entries = sorted(_entries(), key=lambda entry: entry.code)
    by_code = {entry.code: entry for entry in entries}
    if len(by_code) < len(entries) or len({e.slug for e in entries}) < len(entries):
        raise CompilerBug("two catalogue entries share a code or a slug")
    return MappingProxyType(by_code)


def find_entry(name: str) -> CatalogEntry | None:
    """Return the entry of a code (`E201`, in any case) or a slug, or None."""
    by_slug = {entry.slug: entry for entry in catalog().values()}
    return catalog().get(name.upper()) or by_slug.get(name.lower())


def _entries() -> Iterator[CatalogEntry]:
    for module in iter_modules(__path__):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "ENTRIES", ())
