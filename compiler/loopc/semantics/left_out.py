"""What the parser left out of the tree: nothing else is complained of because of it."""

from collections.abc import Iterator

from loopc.records import dataclass
from loopc.source import Span
from loopc.syntax import ast

# What binds names in a body that nobody read, or brings names from elsewhere.
OPENERS = frozenset({"draw", "every", "import", "repeat", "stage", "step", "train"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Statements in error, in file order, and all the names that they would bind."""

    statements: tuple[ast.Lost, ...] = ()
    names: frozenset[str] = frozenset()

    def explains(self, name: str, span: Span) -> bool:
        """Whether an unknown name, read at `span`, may have been bound by one."""
        if name in self.names:
            return True
        before = (lost for lost in self.statements if lost.span.start < span.start)
        return any(lost.keyword in OPENERS for lost in before)

    def within(self, span: Span, keyword: str | None = None) -> bool:
        """Whether one (that opens with `keyword`) stands inside of `span`."""
        return any(
            span.start <= lost.span.start < span.end and keyword in (None, lost.keyword)
            for lost in self.statements
        )

    def bound_between(self, start: int, end: int) -> Iterator[ast.Identifier]:
        """Yield the names that statements between two offsets would bind."""
        for lost in self.statements:
            if start <= lost.span.start < end:
                yield from lost.names


def left_out_of(program: ast.Program) -> LeftOut:
    names = frozenset(name.text for lost in program.lost for name in lost.names)
    imports = (
        ast.Lost(span=declaration.span, keyword="import", names=())
        for declaration in program.declarations
        if isinstance(declaration, ast.Import)  # brings what is not read yet
    )
    return LeftOut((*program.lost, *imports), names)
