"""Nodes and the names they carry."""

from dataclasses import field

from loopc.records import dataclass
from loopc.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier(Node):
    """A name where it is bound or mentioned outside an expression."""

    text: str
