"""Documents that know where they may break, and the renderer that breaks as few as it
must.

The algebra is that of Wadler's "A prettier printer" in the imperative form of Lindig's
"Strictly pretty": a group is laid flat if it fits into the line, else all its own lines
break. Indentation counts in broken groups only, so that a brace block at the end of a
flat line closes below it.
"""

from typing import Final, TypeAlias

from loopc.records import dataclass

WIDTH: Final = 88
STEP: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A place to break; `flat` is what stands there otherwise."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class HardLine:
    """A line end; `blank` adds an empty line."""

    blank: bool = False


@dataclass(frozen=True, slots=True)
class IfBroken:
    """Text that stands in a broken group only: a trailing comma."""

    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment at the end of a line: without width, it breaks the groups around."""

    text: str


@dataclass(frozen=True, slots=True)
class Concat:
    parts: "tuple[Document, ...]"


@dataclass(frozen=True, slots=True)
class Indent:
    body: "Document"


@dataclass(frozen=True, slots=True)
class Group:
    """What stands on one line if it fits and `broken` does not forbid it."""

    body: "Document"
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Braces:
    """A block: always on lines of its own, whatever is around it."""

    body: "Document"


Document: TypeAlias = (
    str | Line | HardLine | IfBroken | Remark | Concat | Indent | Group | Braces
)
SOFT: Final = Line("")
SPACE: Final = Line(" ")

_Item: TypeAlias = tuple[int, bool, Document]  # indentation, laid flat, what


def concat(*parts: Document) -> Concat:
    return Concat(parts)


def must_break(document: Document) -> bool:
    """Whether a comment or line end inside, but outside of braces, forbids one line."""
    match document:
        case Remark() | HardLine():
            return True
        case Concat(parts):
            return any(must_break(part) for part in parts)
        case Indent(body):
            return must_break(body)
        case Group(broken=broken):
            return broken
        case _:
            return False


def group(*parts: Document) -> Group:
    body = concat(*parts)
    return Group(body, must_break(body))


def render(document: Document) -> str:
    """The text of a document, its lines at most WIDTH wide where breaks allow."""
    output: list[str] = []
    column = 0
    stack: list[_Item] = [(0, False, document)]
    while stack:
        indentation, flat, item = stack.pop()
        match item:
            case str():
                output.append(item)
                column += len(item)
            case Remark(text):
                output.append(f"  {text}")
            case IfBroken(text):
                output.append("" if flat else text)
            case HardLine() | Line() if not (flat and isinstance(item, Line)):
                blank = isinstance(item, HardLine) and item.blank
                output.append("\n\n" if blank else "\n")
                output.append(" " * indentation)
                column = indentation
            case Line(text):
                output.append(text)
                column += len(text)
            case _:
                stack += _unfold(item, indentation, flat, WIDTH - column, stack)
    lines = "".join(output).split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _unfold(
    item: Document, indentation: int, flat: bool, room: int, rest: list[_Item]
) -> list[_Item]:
    """The parts of a compound document, last first."""
    match item:
        case Concat(parts):
            return [(indentation, flat, part) for part in reversed(parts)]
        case Indent(body):
            return [(indentation if flat else indentation + STEP, flat, body)]
        case Braces(body):
            return [(indentation, False, body)]
        case Group(body, broken):
            fits = flat or (not broken and _fits(body, room, rest))
            return [(indentation, fits, body)]
        case _:
            raise AssertionError(f"not a compound document: {item!r}")


def _fits(body: Document, room: int, rest: list[_Item]) -> bool:
    """Whether `body`, laid flat, and what follows up to the next line end fit into
    `room`.
    """
    todo: list[tuple[bool, Document]] = [(True, body)]
    following = len(rest)
    while room >= 0:
        if not todo:
            if following == 0:
                return True
            following -= 1
            _, flat, item = rest[following]
            todo.append((flat, item))
            continue
        flat, item = todo.pop()
        match item:
            case str():
                room -= len(item)
            case Line(text):
                if not flat:
                    return True
                room -= len(text)
            case HardLine() | Braces():
                return True
            case Concat(parts):
                todo += [(flat, part) for part in reversed(parts)]
            case Indent(inner):
                todo.append((flat, inner))
            case Group(inner, broken):
                todo.append((flat and not broken, inner))
            case _:
                pass
    return False
