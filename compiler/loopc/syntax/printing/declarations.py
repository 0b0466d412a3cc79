"""Documents of everything but `train` that stands at the top of a file."""

from typing import assert_never

from loopc.syntax import ast
from loopc.syntax.printing.document import Document, Group, concat, group
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
                head = concat(f"transform {name.text}", self.optional(parameters))
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
        results: Document = ""
        match node:
            case ast.Model(name=name, parameters=parameters):
                head, lists = f"model {name.text}", [self.optional(parameters)]
                results = self.results(node.results)
            case ast.Layer(name=name, static=static, tensors=tensors):
                head = f"layer {name.text}"
                lists = [self.parameters(static), self.parameters(tensors)]
            case ast.Function(kind=kind, name=name, parameters=parameters):
                head, lists = f"{kind} {name.text}", [self.parameters(parameters)]
            case _:
                assert_never(node)
        return self.body(signature(head, lists, results), node.body)

    def extern(self, node: ast.Extern) -> Document:
        lists = [self.optional(node.static)]
        if node.static is not None or node.parameters:
            lists.append(self.parameters(node.parameters))
        head = f"extern {node.kind} {node.name.text}"
        whole = signature(head, lists, self.results(node.results))
        return concat(whole, f" = {quoted(node.target)}")

    def parameters(self, nodes: tuple[ast.Parameter, ...]) -> Document:
        return self.items("(", nodes, ")", self.parameter, self.closer(nodes, ")"))

    def optional(self, nodes: tuple[ast.Parameter, ...] | None) -> Document:
        return "" if nodes is None else self.parameters(nodes)

    def results(self, nodes: tuple[ast.TypeExpression, ...]) -> Document:
        if not nodes:
            return ""
        if len(nodes) == 1:
            return concat(" -> ", self.type(nodes[0]))
        end = self.closer(nodes, ")")
        return concat(" -> ", self.items("(", nodes, ")", self.type, end))


def signature(head: str, lists: list[Document], results: Document) -> Document:
    """Parameter lists and results; the last list breaks before the results do."""
    *first, last = lists
    if isinstance(last, Group):
        return concat(head, *first, group(last.body, results))
    return concat(head, *lists, results)
