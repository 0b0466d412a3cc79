"""Documents of everything but `train` that stands at the top of a file."""

from typing import assert_never

from loopc.syntax import ast
from loopc.syntax.printing.document import Document, concat
from loopc.syntax.printing.statements import names, quoted
from loopc.syntax.printing.train import TrainPrinter


class ProgramPrinter(TrainPrinter):
    """Adds declarations: the whole language."""

    def declaration(self, node: ast.Declaration) -> Document:
        match node:
            case ast.Param():
                return self.param(node)
            case ast.Const(name=name, value=value):
                return self.bind(f"const {name.text}", value)
            case ast.Dim():
                return self.dim(node)
            case ast.Data():
                return self.data(node)
            case ast.Model() | ast.Layer() | ast.Function():
                return self.network(node)
            case ast.Weight():
                return self.weight(node)
            case ast.State():
                return self.state(node)
            case ast.Schedule(name=name, value=value):
                return self.bind(f"schedule {name.text}", value)
            case ast.Transform(name=name, parameters=parameters, value=value):
                head = concat(
                    f"transform {name.text}", self.optional(parameters, node.span.end)
                )
                return self.bind(head, value)
            case ast.Import(names=imported, path=path):
                selected = f"{names(imported)} from " if imported else ""
                return f"import {selected}{quoted(path)}"
            case ast.Extern():
                return self.extern(node)
            case ast.Train():
                return self.train(node)
            case _:
                assert_never(node)

    def param(self, node: ast.Param) -> Document:
        head = concat(f"param {node.name.text}: ", self.type(node.type))
        bound = self.bind(head, node.default)
        if node.range is None:
            return bound
        return concat(bound, " in ", self.expression(node.range))

    def dim(self, node: ast.Dim) -> Document:
        head = concat(f"dim {node.name.text} in ", self.expression(node.range))
        if node.buckets is None:
            return head
        return concat(head, " buckets ", self.expression(node.buckets))

    def state(self, node: ast.State) -> Document:
        head = concat(f"state {node.name.text}: ", self.type(node.type))
        bound = self.bind(head, node.initial)
        if node.reset_every is None:
            return bound
        return concat(bound, " reset every ", self.expression(node.reset_every))

    def data(self, node: ast.Data) -> Document:
        start, end = node.name.span.end, node.span.end
        items = self.braces(node.items, self.data_item, start, end)
        return concat(f"data {node.name.text} ", items)

    def data_item(self, node: ast.DataItem) -> Document:
        match node:
            case ast.SourceSplit(name=name, source=source):
                return self.bind(name.text, source)
            case ast.CarvedSplit(name=name, amount=amount, parent=parent, by=by):
                strata = "" if by is None else f" by {by.text}"
                bound = self.bind(name.text, amount)
                return concat(bound, f" of {parent.text}{strata}")
            case ast.FieldDeclaration(name=name, type=type_, value=value):
                head = concat(f"field {name.text}: ", self.type(type_))
                return head if value is None else self.bind(head, value)
            case ast.Augment(split=split, body=body):
                return concat(f"augment {split.text} ", self.block(body))
            case _:
                assert_never(node)

    def network(self, node: ast.Model | ast.Layer | ast.Function) -> Document:
        """A model, layer, loss or function: its head and its body."""
        body_start = node.body.span.start
        parts: list[Document]
        match node:
            case ast.Model(name=name, parameters=parameters, results=results):
                inner = results[0].span.start if results else body_start
                parts = [f"model {name.text}", self.optional(parameters, inner)]
                parts.append(self.results(results, body_start))
            case ast.Layer(name=name, static=static, tensors=tensors):
                inner = tensors[0].span.start if tensors else body_start
                parts = [f"layer {name.text}", self.parameters(static, inner)]
                parts.append(self.parameters(tensors, body_start))
            case ast.Function(kind=kind, name=name, parameters=parameters):
                parts = [f"{kind} {name.text}", self.parameters(parameters, body_start)]
            case _:
                assert_never(node)
        return self.body(concat(*parts), node.body)

    def extern(self, node: ast.Extern) -> Document:
        start = node.target.span.start
        parts: list[Document] = [f"extern {node.kind} {node.name.text}"]
        static_end = node.parameters[0].span.start if node.parameters else start
        parts.append(self.optional(node.static, static_end))
        if node.static is not None or node.parameters:
            parts.append(self.parameters(node.parameters, start))
        parts.append(self.results(node.results, start))
        return concat(*parts, f" = {quoted(node.target)}")

    def parameters(self, nodes: tuple[ast.Parameter, ...], end: int) -> Document:
        """A parameter list; `end` is where the next part of the head starts, at most."""
        last = nodes[-1].span.end if nodes else 0
        return self.items("(", nodes, ")", self.parameter, min(last, end))

    def optional(self, nodes: tuple[ast.Parameter, ...] | None, end: int) -> Document:
        return "" if nodes is None else self.parameters(nodes, end)

    def results(self, nodes: tuple[ast.TypeExpression, ...], end: int) -> Document:
        if not nodes:
            return ""
        if len(nodes) == 1:
            return concat(" -> ", self.type(nodes[0]))
        last = min(nodes[-1].span.end, end)
        return concat(" -> ", self.items("(", nodes, ")", self.type, last))
