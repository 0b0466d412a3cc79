"""What the tree-building callbacks share: spans over children and lists that know their
place.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

from loopc.records import dataclass
from loopc.source import Span
from loopc.syntax import ast
from loopc.syntax.tokens import Token

Children: TypeAlias = list[Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """The nodes of a separated list, without its punctuation."""

    span: Span
    items: tuple[Any, ...]


def span_of(part: Any) -> Span:
    """The place of a token or node."""
    if isinstance(part, Token):
        assert part.start_pos is not None
        assert part.end_pos is not None
        return Span(part.start_pos, part.end_pos)
    span: Span = part.span
    return span


def covering(children: Iterable[Any]) -> Span:
    """From the first to the last child that is there, the line end not counted."""
    parts = [part for part in children if part is not None]
    last = parts[-1]
    if isinstance(last, Token) and last.type == "NEWLINE":
        last = parts[-2]
    return Span(span_of(parts[0]).start, span_of(last).end)


def nodes(children: Children) -> tuple[Any, ...]:
    """The nodes among the children: neither punctuation nor missing options."""
    return tuple(
        part for part in children if part is not None and not isinstance(part, Token)
    )


def listed(children: Children) -> Listed:
    return Listed(covering(children), nodes(children))


def items_of(part: Listed | None) -> tuple[Any, ...]:
    return () if part is None else part.items


def identifier(token: Token) -> ast.Identifier:
    return ast.Identifier(span=span_of(token), text=str.__str__(token))


def optional_identifier(token: Token | None) -> ast.Identifier | None:
    return None if token is None else identifier(token)
