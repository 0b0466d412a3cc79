"""Import statements in the order that isort and ruff want them."""

import sys
from collections.abc import Iterable, Iterator

from loopc.codegen.runtime_source import Import


def import_block(imports: Iterable[Import]) -> str:
    """Return import statements: the standard library's, then those of others."""
    distinct = set(imports)
    ours = {i for i in distinct if is_standard(i)}
    sections = ["\n".join(import_lines(group)) for group in (ours, distinct - ours)]
    return "\n\n".join(filter(None, sections)) + "\n"


def is_standard(item: Import) -> bool:
    """Whether a module is one of Python's own."""
    return item.module.split(".")[0] in sys.stdlib_module_names


def import_lines(imports: set[Import]) -> Iterator[str]:
    """Yield the statements of one section."""
    modules = sorted((i.module, i.name) for i in imports if i.member is None)
    for module, name in modules:
        yield f"import {module}" if module == name else f"import {module} as {name}"
    for module in sorted({i.module for i in imports if i.member is not None}):
        members = {i for i in imports if i.module == module and i.member is not None}
        plain = sorted((i for i in members if i.name == i.member), key=_member_order)
        if plain:
            yield f"from {module} import {', '.join(i.name for i in plain)}"
        for item in sorted(members - set(plain), key=_member_order):
            yield f"from {module} import {item.member} as {item.name}"


def _member_order(item: Import) -> tuple[int, str, str]:
    """CONSTANTS, then Classes, then functions."""
    member = item.member or ""
    rank = (
        0 if member.isupper() and len(member) > 1 else 1 if member[:1].isupper() else 2
    )
    return rank, member, item.name
