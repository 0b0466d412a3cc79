"""What the tree-building callbacks share: spans over children and lists that know their place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from lark import Token

from loopc.source import Span
from loopc.syntax import ast

Children: TypeAlias = list[Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """The nodes of a separated list, without the punctuation around and between them."""

    span: Span
    items: tuple[Any, ...]


def _start(part: Any) -> int:
    start: int = part.start_pos if isinstance(part, Token) else part.span.start
    return start


def _end(part: Any) -> int:
    end: int = part.end_pos if isinstance(part, Token) else part.span.end
    return end


def covering(children: Iterable[Any]) -> Span:
    """From the first to the last child that is there, the line end not counted."""
    parts = [part for part in children if part is not None]
    last = parts[-1]
    if isinstance(last, Token) and last.type == "NEWLINE":
        last = parts[-2]
    return Span(_start(parts[0]), _end(last))


def nodes(children: Children) -> tuple[Any, ...]:
    """The nodes among the children: what is neither punctuation nor a missing option."""
    return tuple(
        part for part in children if part is not None and not isinstance(part, Token)
    )


def listed(children: Children) -> Listed:
    return Listed(covering(children), nodes(children))


def items_of(part: Listed | None) -> tuple[Any, ...]:
    return () if part is None else part.items


def identifier(token: Token) -> ast.Identifier:
    return ast.Identifier(
        span=Span(_start(token), _end(token)), text=str.__str__(token)
    )


def optional_identifier(token: Token | None) -> ast.Identifier | None:
    return None if token is None else identifier(token)
