"""Tree building for expressions and types: one method per rule of the grammar, named
after it.
"""

from loopc.diagnostics.model import CompilerBug
from loopc.source import Span
from loopc.syntax import ast
from loopc.syntax.literals import LiteralProblem, parse_number, parse_string
from loopc.syntax.tokens import Token
from loopc.syntax.tree_parts import (
    Children,
    Listed,
    covering,
    identifier,
    items_of,
    listed,
    nodes,
)


def number_value(text: str) -> int | float:
    """The value of a number that the lexer has checked already."""
    value = parse_number(text)
    if isinstance(value, LiteralProblem):
        raise CompilerBug(f"an unchecked number reached the tree: {text!r}")
    return value


def string_node(token: Token) -> ast.String:
    """The node of a string that the lexer has checked already."""
    value = parse_string(str(token))
    if isinstance(value, LiteralProblem):
        raise CompilerBug(f"an unchecked string reached the tree: {token!r}")
    return ast.String(span=covering((token,)), value=value)


class ExpressionRules:
    """Callbacks of the expression rules."""

    def name(self, children: Children) -> ast.Name:
        (token,) = children
        return ast.Name(
            span=Span(token.start_pos, token.end_pos), text=str.__str__(token)
        )

    def number(self, children: Children) -> ast.Number:
        (token,) = children
        text = str.__str__(token)
        return ast.Number(
            span=Span(token.start_pos, token.end_pos),
            text=text,
            value=number_value(text),
        )

    def percent(self, children: Children) -> ast.Percent:
        text = str.__str__(children[0])
        return ast.Percent(
            span=covering(children), text=text, value=number_value(text.rstrip("%"))
        )

    def string(self, children: Children) -> ast.String:
        return string_node(children[0])

    def boolean(self, children: Children) -> ast.Boolean:
        return ast.Boolean(span=covering(children), value=children[0].type == "TRUE")

    def rest(self, children: Children) -> ast.Rest:
        return ast.Rest(span=covering(children))

    def parenthesized(self, children: Children) -> ast.Parenthesized:
        _open, value, _close = children
        return ast.Parenthesized(span=covering(children), value=value)

    def list_literal(self, children: Children) -> ast.ListLiteral:
        return ast.ListLiteral(span=covering(children), items=nodes(children))

    def quantity(self, children: Children) -> ast.Quantity:
        amount, unit = children
        return ast.Quantity(
            span=covering(children), amount=amount, unit=identifier(unit)
        )

    def at_clock(self, children: Children) -> ast.AtClock:
        value, _at, clock = children
        return ast.AtClock(
            span=covering(children), value=value, clock=identifier(clock)
        )

    def attribute(self, children: Children) -> ast.Attribute:
        value, _dot, name = children
        return ast.Attribute(
            span=covering(children), value=value, name=identifier(name)
        )

    def call(self, children: Children) -> ast.Call:
        callee, *rest = children
        return ast.Call(span=covering(children), callee=callee, arguments=nodes(rest))

    def argument(self, children: Children) -> ast.Argument:
        value = children[-1]
        name = children[0] if len(children) > 1 else None
        return ast.Argument(span=covering(children), name=name, value=value)

    def slot(self, children: Children) -> ast.Identifier:
        return identifier(children[0])

    def arrow(self, children: Children) -> ast.Arrow:
        start, _arrow, end = children
        return ast.Arrow(span=covering(children), start=start, end=end)

    def index(self, children: Children) -> ast.Index:
        value, *rest = children
        return ast.Index(span=covering(children), value=value, items=nodes(rest))

    def index_item(self, children: Children) -> ast.Expression | ast.Slice:
        if len(children) == 1:
            expression: ast.Expression = children[0]
            return expression
        start, _colon, stop = children
        return ast.Slice(span=covering(children), start=start, stop=stop)

    def unary(self, children: Children) -> ast.Unary:
        operator, operand = children
        return ast.Unary(
            span=covering(children), operator=operator.value, operand=operand
        )

    def binary(self, children: Children) -> ast.Binary:
        left, operator, right = children
        return ast.Binary(
            span=Span(left.span.start, right.span.end),
            operator=operator.value,
            left=left,
            right=right,
        )

    def choice(self, children: Children) -> ast.Conditional:
        then, _if, condition, _else, otherwise = children
        return ast.Conditional(
            span=covering(children),
            then=then,
            condition=condition,
            otherwise=otherwise,
        )

    def pipe(self, children: Children) -> ast.Pipe:
        left, _pipe, right = children
        return ast.Pipe(span=covering(children), left=left, right=right)

    def then(self, children: Children) -> ast.Then:
        first, _then, second = children
        return ast.Then(span=covering(children), first=first, second=second)

    def range(self, children: Children) -> ast.Range:
        low, _range, high = children
        return ast.Range(span=covering(children), low=low, high=high)

    def groups(self, children: Children) -> ast.Groups:
        return ast.Groups(span=covering(children), groups=nodes(children))

    def group(self, children: Children) -> ast.Group:
        pattern, _maps, chain, _newline = children
        is_string = pattern.type == "STRING"
        return ast.Group(
            span=covering(children),
            pattern=string_node(pattern) if is_string else identifier(pattern),
            chain=chain,
        )

    def type(self, children: Children) -> ast.TypeExpression:
        base, arguments, axes = children
        return ast.TypeExpression(
            span=covering(children),
            base=identifier(base),
            arguments=items_of(arguments),
            axes=None if axes is None else axes.items,
        )

    def type_arguments(self, children: Children) -> Listed:
        return listed(children)

    def axes(self, children: Children) -> Listed:
        return listed(children)

    def parameters(self, children: Children) -> Listed:
        return listed(children)

    def parameter(self, children: Children) -> ast.Parameter:
        name, _colon, type_, _equal, default = children
        return ast.Parameter(
            span=covering(children), name=identifier(name), type=type_, default=default
        )

    def results(self, children: Children) -> Listed:
        return listed(children)
