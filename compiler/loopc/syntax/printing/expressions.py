"""Documents of expressions and types."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar, assert_never

from loopc.syntax import ast
from loopc.syntax.literals import quote
from loopc.syntax.printing.comments import Comments
from loopc.syntax.printing.document import (
    SOFT,
    SPACE,
    Braces,
    Document,
    HardLine,
    IfBroken,
    Indent,
    concat,
    group,
)

Item = TypeVar("Item", bound=ast.Node)

# Operators side by side in one chain: `a + b - c` breaks before both or neither.
CHAINS: Final = {"+": "sum", "-": "sum", "*": "product", "/": "product"} | {
    "//": "product",
    "@": "product",
    "and": "and",
    "or": "or",
}


class ExpressionPrinter:
    """Builds documents left to right, so that comments are met in the order of the
    text.
    """

    def __init__(self, comments: Comments) -> None:
        self.comments = comments

    def expression(self, node: ast.Expression, indented: bool = True) -> Document:
        """The document of an expression; `indented`: what breaks stands deeper than its
        start.
        """
        match node:
            case ast.Name(text=text) | ast.Number(text=text) | ast.Percent(text=text):
                return text
            case ast.String(value=value):
                return quote(value)
            case ast.Boolean(value=value):
                return "true" if value else "false"
            case ast.Rest():
                return "rest"
            case ast.Quantity(amount=amount, unit=unit):
                return concat(self.expression(amount), " ", unit.text)
            case ast.AtClock(value=value, clock=clock):
                return concat(self.expression(value), " at ", clock.text)
            case ast.Attribute(value=value, name=name):
                return concat(self.expression(value), ".", name.text)
            case ast.Call() | ast.Index() | ast.ListLiteral() | ast.Parenthesized():
                return self.bracketed(node)
            case ast.Unary(operator=operator, operand=operand):
                sign = "not " if operator == "not" else operator
                return concat(sign, self.expression(operand))
            case ast.Range(low=low, high=high):
                return concat(self.expression(low), " .. ", self.expression(high))
            case ast.Arrow(start=start, end=end):
                return concat(self.expression(start), " -> ", self.expression(end))
            case ast.Groups():
                return self.groups(node)
            case ast.Binary() | ast.Pipe() | ast.Then() | ast.Conditional():
                return self.operators(node, indented)
            case _:
                assert_never(node)

    def bracketed(
        self, node: ast.Call | ast.Index | ast.ListLiteral | ast.Parenthesized
    ) -> Document:
        end = node.span.end
        match node:
            case ast.Call(callee=callee, arguments=arguments):
                head = self.expression(callee)
                return concat(head, self.items("(", arguments, ")", self.argument, end))
            case ast.Index(value=value, items=items):
                head = self.expression(value)
                return concat(head, self.items("[", items, "]", self.index_item, end))
            case ast.ListLiteral(items=items):
                return self.items("[", items, "]", self.expression, end)
            case ast.Parenthesized(value=value):
                before = self.comments.between(value.span.start)
                inner = self.expression(value, indented=False)
                after = self.comments.between(end)
                body = concat(SOFT, before.above, inner, after.behind, after.below)
                return group("(", before.behind, Indent(body), SOFT, ")")
            case _:
                assert_never(node)

    def items(
        self,
        opener: str,
        items: Sequence[Item],
        closer: str,
        print_item: Callable[[Item], Document],
        end: int,
    ) -> Document:
        """A bracketed list: on one line, or one item a line with a comma after each."""
        if not items:
            return self.empty(opener, closer, end)
        first = self.comments.between(items[0].span.start)
        parts: list[Document] = [SOFT, first.above, print_item(items[0])]
        for item in items[1:]:
            gap = self.comments.between(item.span.start)
            parts += [",", gap.behind, SPACE, gap.above, print_item(item)]
        last = self.comments.between(end)
        parts += [IfBroken(","), last.behind, last.below]
        return group(opener, first.behind, Indent(concat(*parts)), SOFT, closer)

    def empty(self, opener: str, closer: str, end: int) -> Document:
        gap = self.comments.between(end)
        if gap.is_empty:
            return f"{opener}{closer}"
        return group(opener, gap.behind, Indent(gap.below), SOFT, closer)

    def closer(self, items: Sequence[ast.Node], bracket: str) -> int:
        """Where the bracket after the last item stands; 0 where there is no item."""
        return self.comments.find(bracket, items[-1].span.end) if items else 0

    def argument(self, node: ast.Argument) -> Document:
        value = self.expression(node.value)
        return value if node.name is None else concat(node.name.text, ": ", value)

    def index_item(self, node: ast.Expression | ast.Slice) -> Document:
        if not isinstance(node, ast.Slice):
            return self.expression(node)
        start = "" if node.start is None else self.expression(node.start)
        stop = "" if node.stop is None else self.expression(node.stop)
        return concat(start, ":", stop)

    def operators(
        self, node: ast.Binary | ast.Pipe | ast.Then | ast.Conditional, indented: bool
    ) -> Document:
        """A chain of operators: on one line, or a line end before each."""
        if isinstance(node, ast.Binary) and node.operator == "^":
            return concat(
                self.expression(node.left), " ^ ", self.expression(node.right)
            )
        first, links = chain(node)
        parts: list[Document] = []
        head = self.expression(first)
        for operator, operand in links:
            gap = self.comments.between(operand.span.start)
            value = self.expression(operand)
            parts += [gap.behind, SPACE, gap.above, f"{operator} ", value]
        body = concat(*parts)
        return group(head, Indent(body) if indented else body)

    def groups(self, node: ast.Groups) -> Document:
        """`{ pattern => chain ... }`, always one group a line."""
        parts: list[Document] = []
        for entry in node.groups:
            gap = self.comments.between(entry.span.start)
            pattern = entry.pattern
            if isinstance(pattern, ast.Identifier):
                key = pattern.text
            else:
                key = quote(pattern.value)
            value = self.expression(entry.chain)
            parts += [gap.behind, HardLine(), gap.above, f"{key} => ", value]
        last = self.comments.between(node.span.end)
        parts += [last.behind, last.below]
        return concat("{", Braces(concat(Indent(concat(*parts)), HardLine())), "}")

    def type(self, node: ast.TypeExpression) -> Document:
        """`class(65)[time]`."""
        parts: list[Document] = [node.base.text]
        end = node.span.end
        if node.arguments:
            close = self.closer(node.arguments, ")")
            parts.append(self.items("(", node.arguments, ")", self.expression, close))
        if node.axes is not None:
            parts.append(self.items("[", node.axes, "]", self.expression, end))
        return concat(*parts)

    def parameter(self, node: ast.Parameter) -> Document:
        parts: list[Document] = [node.name.text]
        if node.type is not None:
            parts += [": ", self.type(node.type)]
        if node.default is not None:
            parts += [" = ", self.expression(node.default)]
        return concat(*parts)


def chain(
    node: ast.Binary | ast.Pipe | ast.Then | ast.Conditional,
) -> tuple[ast.Expression, list[tuple[str, ast.Expression]]]:
    """The first operand, and each further one with the operator before it."""
    if isinstance(node, ast.Conditional):
        links: list[tuple[str, ast.Expression]]
        links = [("if", node.condition), ("else", node.otherwise)]
        return node.then, links
    links = []
    first: ast.Expression = node
    kind = chain_kind(node)
    while kind is not None and chain_kind(first) == kind:
        match first:
            case ast.Pipe(left=left, right=right):
                links.append(("|>", right))
            case ast.Then(first=left, second=right):
                links.append(("then", right))
            case ast.Binary(operator=operator, left=left, right=right):
                links.append((operator, right))
            case _:
                break
        first = left
        if kind == "comparison":
            break
    return first, links[::-1]


def chain_kind(node: ast.Expression) -> str | None:
    """Which chain an operator belongs to; None for what is no operator."""
    match node:
        case ast.Pipe():
            return "pipe"
        case ast.Then():
            return "then"
        case ast.Binary(operator="^"):
            return None
        case ast.Binary(operator=operator):
            return CHAINS.get(operator, "comparison")
        case _:
            return None
