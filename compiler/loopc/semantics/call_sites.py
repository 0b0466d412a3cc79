"""A call as it stands in the text, before it is known what is called."""

from loopc.records import dataclass
from loopc.semantics.checked import CheckedExpression
from loopc.semantics.context import Body
from loopc.source import Span
from loopc.syntax import ast


@dataclass(frozen=True, slots=True)
class CallSite:
    """A called name, its arguments, and the value that a pipeline brings first."""

    name: ast.Name
    arguments: tuple[ast.Argument, ...]
    span: Span
    piped: CheckedExpression | None = None

    @property
    def text(self) -> str:
        return self.name.text

    def has_named(self, name: str) -> bool:
        return any(a.name is not None and a.name.text == name for a in self.arguments)

    def positional(self) -> list[ast.Argument]:
        return [a for a in self.arguments if a.name is None]

    def named(self) -> list[ast.Argument]:
        return [a for a in self.arguments if a.name is not None]

    def operands(
        self, body: Body, most: int | None
    ) -> tuple[list[CheckedExpression], list[ast.Argument]]:
        """Check up to `most` positional arguments, the piped value first.

        Returns the checked operands, and the arguments that are left.
        """
        values = [] if self.piped is None else [self.piped]
        left: list[ast.Argument] = []
        for argument in self.arguments:
            room = most is None or len(values) < most
            if argument.name is None and room:
                values.append(body.check(argument.value))
            else:
                left.append(argument)
        return values, left
