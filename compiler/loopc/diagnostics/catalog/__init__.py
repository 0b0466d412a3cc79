"""The catalogue: every module of this package lists a family of codes as `ENTRIES`."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from loopc.diagnostics.catalog.entry import CatalogEntry


@cache
def catalog() -> Mapping[str, CatalogEntry]:
    """Return every entry by its code, in the order of the codes."""
    entries = sorted(all_entries(), key=lambda entry: entry.code)
    return MappingProxyType({entry.code: entry for entry in entries})


def find_entry(name: str) -> CatalogEntry | None:
    """Return the entry of a code (`E201`, in any case) or a slug, or None."""
    by_slug = {entry.slug: entry for entry in catalog().values()}
    return catalog().get(name.upper()) or by_slug.get(name.lower())


def all_entries() -> Iterator[CatalogEntry]:
    """Yield the entries of all families; some modules only hold text for others."""
    for module in iter_modules(__path__):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "ENTRIES", ())
