"""A whole file."""

from dataclasses import field
from typing import TypeAlias

from loopc.records import dataclass
from loopc.syntax.ast.base import Identifier, Node
from loopc.syntax.ast.declarations import (
    Const,
    Data,
    Dim,
    Extern,
    Function,
    Import,
    Layer,
    Model,
    Param,
    Schedule,
    State,
    Transform,
)
from loopc.syntax.ast.statements import Weight
from loopc.syntax.ast.train import Train

Declaration: TypeAlias = (
    Param | Const | Dim | Data | Model | Layer | Function | Weight | State | Schedule
    | Transform | Import | Extern | Train
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Node):
    """`# text`, without the newline; `own_line` when nothing but blanks stands before
    it.
    """

    text: str
    own_line: bool = field(compare=False)  # layout, like spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Node):
    """A statement left out of the tree for a syntax error, reported already.

    `keyword` is the word it opens with (`train`, `step`), empty where it binds names.
    """

    keyword: str
    names: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Node):
    """A file; `lost` explains what may seem to be missing in it."""

    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...]
    lost: tuple[Lost, ...] = ()
