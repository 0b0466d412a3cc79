"""Documents of statements, blocks and the items of a training loop."""

from collections.abc import Callable, Sequence
from typing import TypeVar, assert_never

from loopc.syntax import ast
from loopc.syntax.literals import quote
from loopc.syntax.printing.document import (
    SPACE,
    Braces,
    Document,
    HardLine,
    Indent,
    Remark,
    concat,
    group,
)
from loopc.syntax.printing.expressions import ExpressionPrinter

Item = TypeVar("Item", bound=ast.Node)

# Values that break inside their own brackets rather than after the `=` before them.
HUGS = (ast.Call, ast.Index, ast.ListLiteral, ast.Parenthesized, ast.Groups)


class StatementPrinter(ExpressionPrinter):
    """Adds blocks and what stands in them."""

    def sequence(
        self, items: Sequence[Item], print_item: Callable[[Item], Document], end: int
    ) -> list[Document]:
        """Statements and comments, with at most one empty line between them."""
        lines: list[Document] = []
        last_line = 0

        def add(document: Document, start: int, stop: int) -> None:
            nonlocal last_line
            if lines:
                gap = self.comments.line_of(start) - last_line
                lines.append(HardLine(blank=gap > 1))
            lines.append(document)
            last_line = self.comments.line_of(stop)

        for item in items:
            for comment in self.comments.take(item.span.start):
                add(comment.text, comment.span.start, comment.span.end)
            document = print_item(item)
            stop = item.span.end
            inside = self.comments.take(stop)
            behind = inside.pop(0) if inside else self.comments.behind(stop, end)
            if behind is not None:
                document = concat(document, Remark(behind.text))
            add(document, item.span.start, stop)
            for comment in inside:
                add(comment.text, stop, stop)
        for comment in self.comments.take(end):
            add(comment.text, comment.span.start, comment.span.end)
        return lines

    def braces(
        self,
        items: Sequence[Item],
        print_item: Callable[[Item], Document],
        start: int,
        end: int,
    ) -> Document:
        """`{ }` with a statement a line; `start` and `end` are the places of the
        braces.
        """
        first = items[0].span.start if items else end
        behind = self.comments.behind(start, first)
        opening = "" if behind is None else Remark(behind.text)
        lines = self.sequence(items, print_item, end)
        if not lines and behind is None:
            return "{}"
        body = Indent(concat(opening, HardLine(), *lines)) if lines else opening
        return concat("{", Braces(concat(body, HardLine())), "}")

    def block(self, node: ast.Block) -> Document:
        return self.braces(
            node.statements, self.statement, node.span.start, node.span.end
        )

    def bind(self, head: Document, value: ast.Expression) -> Document:
        """`head = value`, broken after the `=` where the value has no bracket to break
        in.
        """
        gap = self.comments.between(value.span.start)
        if isinstance(value, HUGS) and gap.is_empty:
            return concat(head, " = ", self.expression(value))
        printed = self.expression(value, indented=False)
        broken = Indent(concat(SPACE, gap.above, printed))
        return concat(head, " =", group(gap.behind, broken))

    def body(self, head: Document, body: ast.Expression | ast.Block) -> Document:
        """A declaration's `= expression` or `{ ... }`."""
        if isinstance(body, ast.Block):
            return concat(head, " ", self.block(body))
        return self.bind(head, body)

    def listing(
        self, head: str, items: Sequence[Item], print_item: Callable[[Item], Document]
    ) -> Document:
        """`report a, b`: items without brackets, where a comma lets the line go on."""
        parts: list[Document] = [head, print_item(items[0])]
        rest: list[Document] = []
        for item in items[1:]:
            gap = self.comments.between(item.span.start)
            rest += [",", gap.behind, SPACE, gap.above, print_item(item)]
        return group(*parts, Indent(concat(*rest)))

    def statement(self, node: ast.Statement) -> Document:
        match node:
            case ast.Assign(targets=targets, value=value):
                return self.bind(names(targets), value)
            case ast.Return(values=values):
                return self.listing("return ", values, self.expression)
            case ast.Report(items=items):
                return self.listing("report ", items, self.report_item)
            case ast.Repeat():
                return self.repeat(node)
            case ast.Draw(stream=stream):
                source = self.source(node)
                return concat("draw ", source, self.stream(stream))
            case ast.Update():
                return self.update(node)
            case ast.SetState(target=target, value=value):
                return self.bind(f"set {target.text}", value)
            case ast.EveryBlock(cadence=cadence, body=body):
                head = concat("every ", self.expression(cadence), " ")
                return concat(head, self.block(body))
            case ast.Weight():
                return self.weight(node)
            case _:
                assert_never(node)

    def repeat(self, node: ast.Repeat) -> Document:
        targets = f"{names(node.targets)} in " if node.targets else ""
        head = concat("repeat ", targets, self.expression(node.iterable), " ")
        return concat(head, self.block(node.body))

    def update(self, node: ast.Update) -> Document:
        head = f"update {names(node.models)} to {node.direction} "
        objective = self.expression(node.objective)
        gap = self.comments.between(node.transform.span.start)
        parts = [
            gap.behind,
            SPACE,
            gap.above,
            "using ",
            self.expression(node.transform),
        ]
        if node.every is not None:
            parts += [" every ", self.expression(node.every)]
        return group(head, objective, Indent(concat(*parts)))

    def report_item(self, node: ast.ReportItem) -> Document:
        value = self.expression(node.value)
        return value if node.name is None else concat(node.name.text, " = ", value)

    def weight(self, node: ast.Weight) -> Document:
        head = concat(f"weight {node.name.text}: ", self.type(node.type))
        return head if node.initial is None else self.bind(head, node.initial)

    def source(self, node: ast.Draw | ast.Step | ast.Eval) -> Document:
        """The fields or the record that a header binds, and a blank; empty for a bare
        step.
        """
        if node.record is not None:
            return f"{node.record.text} "
        if not node.bindings:
            return ""
        end = node.span.end if node.stream is None else node.stream.span.start
        return concat(self.items("(", node.bindings, ")", self.binding, end), " ")

    def binding(self, node: ast.Binding) -> Document:
        name, field = node.name.text, node.field.text
        return name if node.name.span == node.field.span else f"{name} = {field}"

    def stream(self, node: ast.Stream) -> Document:
        size = node.batch_size
        batch: Document = "all" if size is None else self.expression(size)
        parts: list[Document] = [
            f"from {node.data.text}.{node.split.text} batch ",
            batch,
        ]
        parts += [f" {modifier.text}" for modifier in node.modifiers]
        if node.parts is not None:
            parts += [" parts ", self.expression(node.parts)]
        return concat(*parts)


def names(identifiers: Sequence[ast.Identifier]) -> str:
    return ", ".join(identifier.text for identifier in identifiers)


def quoted(node: ast.String) -> str:
    return quote(node.value)
