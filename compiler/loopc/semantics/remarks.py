"""What a program says in comments about its parts, for those who read the script.

A comment belongs to the declaration, step or eval that begins on the line below it, or
to the param or const that it stands behind. The first comment of a file is its title.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from loopc.syntax import ast

TOLD = "loopc:"  # comments that speak to the compiler begin so
COLUMNS = (2, 4)  # of the items of a train block


def remarks_of(program: ast.Program) -> dict[str, str]:
    """Return the comments by what they are about: `net`, `train` or `train.step`."""
    comments = sorted(program.comments, key=lambda c: c.span.start)
    above = [c for c in comments if c.own_line]
    starts = [d.span.start for d in program.declarations]
    if above and all(above[0].span.start < start for start in starts):
        above = _behind_title(above)
    found: dict[str, str] = {}
    for name, node, columns in _parts(program):
        lines = next(filter(None, (_above(above, node, c) for c in columns)), [])
        text = _text(lines or _behind(comments, node))
        if text:
            found[name] = text
    return found


def _parts(program: ast.Program) -> Iterator[tuple[str, ast.Node, tuple[int, ...]]]:
    """Yield what comments are about, with the columns that it may begin at."""
    for node in program.declarations:
        if isinstance(node, ast.Train):
            loop = node.name.text if node.name is not None else "train"
            yield loop, node, (0,)
            for item in node.items:
                if isinstance(item, ast.Step):
                    yield f"{loop}.step", item, COLUMNS
                elif isinstance(item, ast.Eval):
                    yield f"{loop}.{item.name.text}", item, COLUMNS
        elif not isinstance(node, ast.Import):
            yield node.name.text, node, (0,)


def _behind_title(comments: Sequence[ast.Comment]) -> list[ast.Comment]:
    """The comments without the block at the beginning of the file."""
    number = 1
    for before, after in pairwise(comments):
        if not _follows(before, after, 0):
            break
        number += 1
    return list(comments[number:])


def _follows(before: ast.Node, after: ast.Node, column: int) -> bool:
    """Whether `after` begins at a column of the line that follows `before`."""
    return after.span.start - before.span.end == 1 + column


def _above(
    comments: Sequence[ast.Comment], node: ast.Node, column: int
) -> list[ast.Comment]:
    """The comment lines directly above a node."""
    last = first = bisect_left(comments, node.span.start, key=_start)
    below: ast.Node = node
    while first and _follows(comments[first - 1], below, column):
        first -= 1
        below = comments[first]
    return list(comments[first:last])


def _behind(comments: Sequence[ast.Comment], node: ast.Node) -> list[ast.Comment]:
    """The comment that stands behind a param or const on its line."""
    if not isinstance(node, ast.Param | ast.Const):
        return []
    number = bisect_left(comments, node.span.end, key=_start)
    return [c for c in comments[number : number + 1] if _is_behind(node, c)]


def _is_behind(node: ast.Node, comment: ast.Comment) -> bool:
    return not comment.own_line and comment.span.start - node.span.end <= 2


def _start(node: ast.Node) -> int:
    return node.span.start


def _text(comments: Sequence[ast.Comment]) -> str:
    """The text of some comments, if it is more than a word."""
    lines = (comment.text.lstrip("#").strip() for comment in comments)
    text = " ".join(line for line in lines if line and not line.startswith(TOLD))
    return text if " " in text else ""
