"""What is written in forms of its own: statements, sources, random draws, gradients.

Pages for people; the checker knows these words from the grammar and its own tables.
"""

from functools import cache
from importlib import import_module
from typing import Literal, TypeAlias

from loopc.records import dataclass

ConstructKind: TypeAlias = Literal["declaration", "statement", "data", "form"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Construct:
    """A word of the language: the ways to write it, what it does, where that is told.

    `section` is a heading of the language reference.
    """

    name: str
    kind: ConstructKind
    written: tuple[str, ...]
    summary: str  # one sentence
    doc: str = ""  # one paragraph
    section: str


@cache
def constructs() -> tuple[Construct, ...]:
    """Return every construct, in the order of its kind."""
    files = ("declarations", "statements", "data", "forms")
    modules = (import_module(f"{__name__}.{file}") for file in files)
    return tuple(one for module in modules for one in module.CONSTRUCTS)
