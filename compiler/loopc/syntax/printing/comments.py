"""Comments in the order of the text, handed out as the printer passes their places."""

from loopc.records import dataclass
from loopc.source import Source
from loopc.syntax import ast
from loopc.syntax.printing.document import Document, HardLine, Remark, concat


@dataclass(frozen=True, slots=True)
class Gap:
    """The comments between two parts of a statement.

    `behind` ends the line of the part before; `above` stands on lines of its own before
    the part after, `below` is the same where a closing bracket follows instead.
    """

    behind: Document
    above: Document
    below: Document
    is_empty: bool


class Comments:
    """A cursor over the comments of one program; each is handed out once."""

    def __init__(self, source: Source, comments: tuple[ast.Comment, ...]) -> None:
        self.source = source
        self.comments = comments
        self.next = 0

    def take(self, until: int) -> list[ast.Comment]:
        """The comments before an offset that were not handed out yet."""
        start = self.next
        while (
            self.next < len(self.comments)
            and self.comments[self.next].span.start < until
        ):
            self.next += 1
        return list(self.comments[start : self.next])

    def between(self, until: int) -> Gap:
        """The comments before an offset, as they stand between two parts of a
        statement.
        """
        taken = self.take(until)
        is_empty = not taken
        first = taken.pop(0) if taken and not taken[0].own_line else None
        return Gap(
            behind="" if first is None else Remark(first.text),
            above=concat(*(concat(c.text, HardLine()) for c in taken)),
            below=concat(*(concat(HardLine(), c.text) for c in taken)),
            is_empty=is_empty,
        )

    def find(self, bracket: str, start: int) -> int:
        """The first place of a bracket from `start` on that is not in a comment."""
        place = self.source.text.find(bracket, start)
        for index in range(self.next, len(self.comments)):
            comment = self.comments[index]
            if comment.span.start > place:
                break
            if comment.span.end > place:
                place = self.source.text.find(bracket, comment.span.end)
        return max(place, start)

    def line_of(self, offset: int) -> int:
        return self.source.position(offset).line

    def behind(self, end: int, until: int) -> ast.Comment | None:
        """The comment that follows a place on its line, before another place."""
        if self.next == len(self.comments):
            return None
        comment = self.comments[self.next]
        if comment.own_line or comment.span.start >= until:
            return None
        if self.line_of(comment.span.start) != self.line_of(end):
            return None
        self.next += 1
        return comment
