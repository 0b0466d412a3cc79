"""Taking items out of a list: arguments, parameters, elements, targets."""

import ast
from collections.abc import Iterator, Sequence

from loopc.codegen.shaking.pieces import Edit, Piece

Span = tuple[int, int]


def removed_items(
    piece: Piece,
    items: Sequence[ast.AST],
    gone: Sequence[ast.AST],
    *,
    single: bool = False,
) -> Iterator[Edit]:
    """Yield the edits that take `gone` out of `items`, with the commas between them.

    `single`: one is left, and needs a comma behind it.
    """
    spans = [piece.span(item) for item in items]
    flags = [any(item is each for each in gone) for item in items]
    yield from removed_spans(piece.raw, spans, flags, single=single)


def removed_spans(
    raw: bytes, spans: Sequence[Span], gone: Sequence[bool], *, single: bool = False
) -> Iterator[Edit]:
    """Yield the edits that take out the spans that are `gone`."""
    number = 0
    while number < len(spans):
        if not gone[number]:
            number += 1
            continue
        after = number
        while after < len(spans) and gone[after]:
            after += 1
        if after < len(spans):
            yield Edit(spans[number][0], spans[after][0])
        elif number > 0:
            yield Edit(spans[number - 1][1], spans[-1][1], "," if single else "")
        else:
            yield Edit(spans[0][0], behind_comma(raw, spans[-1][1]))
        number = after
    kept = [index for index, is_gone in enumerate(gone) if not is_gone]
    if single and kept and kept[0] == len(spans) - 1 and any(gone):
        end = spans[-1][1]
        if behind_comma(raw, end) == end:
            yield Edit(end, end, ",")


def behind_comma(raw: bytes, place: int) -> int:
    """Return the place behind a comma that follows, else the same place."""
    rest = raw[place:]
    spaces = len(rest) - len(rest.lstrip())
    return place + spaces + 1 if rest.lstrip().startswith(b",") else place
