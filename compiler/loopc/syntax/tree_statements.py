"""Tree building for the statements of blocks: one method per rule of the grammar."""

from loopc.records import dataclass
from loopc.source import Span
from loopc.syntax import ast
from loopc.syntax.tokens import Token
from loopc.syntax.tree_parts import (
    Children,
    Listed,
    covering,
    identifier,
    listed,
    nodes,
    optional_identifier,
)


@dataclass(frozen=True, slots=True)
class Modifier:
    """`drop`, `contiguous`, or `parts` with its number."""

    span: Span
    word: ast.Identifier
    amount: ast.Expression | None


def bound(source: Listed | Token | None) -> tuple[ast.Binding, ...]:
    """The fields a header binds by name; none where it binds a record."""
    return source.items if isinstance(source, Listed) else ()


def record(source: Listed | Token | None) -> ast.Identifier | None:
    """The record a header binds; None where it binds fields or nothing."""
    return identifier(source) if isinstance(source, Token) else None


class StatementRules:
    """Callbacks of the statement rules."""

    def block(self, children: Children) -> ast.Block:
        _open, statements, _close = children
        return ast.Block(span=covering(children), statements=statements)

    def statements(self, children: Children) -> tuple[ast.Statement, ...]:
        return tuple(children)

    def names(self, children: Children) -> Listed:
        names = (identifier(token) for token in children if token.type == "NAME")
        return Listed(covering(children), tuple(names))

    def assign(self, children: Children) -> ast.Assign:
        targets, _equal, value, _newline = children
        return ast.Assign(span=covering(children), targets=targets.items, value=value)

    def return_values(self, children: Children) -> ast.Return:
        return ast.Return(span=covering(children), values=nodes(children))

    def repeat_count(self, children: Children) -> ast.Repeat:
        _repeat, count, body, _newline = children
        return ast.Repeat(
            span=covering(children), targets=(), iterable=count, body=body
        )

    def repeat_over(self, children: Children) -> ast.Repeat:
        _repeat, targets, _in, iterable, body, _newline = children
        return ast.Repeat(
            span=covering(children), targets=targets.items, iterable=iterable, body=body
        )

    def draw(self, children: Children) -> ast.Draw:
        _draw, source, stream, _newline = children
        return ast.Draw(
            span=covering(children),
            bindings=bound(source),
            record=record(source),
            stream=stream,
        )

    def bindings(self, children: Children) -> Listed:
        return listed(children)

    def binding(self, children: Children) -> ast.Binding:
        name, _equal, field = children
        return ast.Binding(
            span=covering(children),
            name=identifier(name),
            field=identifier(name if field is None else field),
        )

    def stream(self, children: Children) -> ast.Stream:
        _from, data, _dot, split, _batch, size, *modifiers = children
        parts = [m.amount for m in modifiers if m.amount is not None]
        return ast.Stream(
            span=covering(children),
            data=identifier(data),
            split=identifier(split),
            batch_size=None if isinstance(size, Token) else size,
            modifiers=tuple(m.word for m in modifiers if m.amount is None),
            parts=parts[0] if parts else None,
        )

    def modifier(self, children: Children) -> Modifier:
        word, *amount = children
        return Modifier(
            covering(children), identifier(word), amount[0] if amount else None
        )

    def update(self, children: Children) -> ast.Update:
        _update, models, _to, direction, objective, _using, chain, _, every, _ = (
            children
        )
        return ast.Update(
            span=covering(children),
            models=models.items,
            direction=direction,
            objective=objective,
            transform=chain,
            every=every,
        )

    def direction(self, children: Children) -> str:
        return str(children[0])

    def set_state(self, children: Children) -> ast.SetState:
        _set, target, _equal, value, _newline = children
        return ast.SetState(
            span=covering(children), target=identifier(target), value=value
        )

    def report(self, children: Children) -> ast.Report:
        return ast.Report(span=covering(children), items=nodes(children))

    def report_item(self, children: Children) -> ast.ReportItem:
        name, _equal, value = children
        return ast.ReportItem(
            span=covering(children), name=optional_identifier(name), value=value
        )

    def every_block(self, children: Children) -> ast.EveryBlock:
        _every, cadence, body, _newline = children
        return ast.EveryBlock(span=covering(children), cadence=cadence, body=body)

    def weight(self, children: Children) -> ast.Weight:
        _weight, name, _colon, type_, _equal, initial, _newline = children
        return ast.Weight(
            span=covering(children), name=identifier(name), type=type_, initial=initial
        )
