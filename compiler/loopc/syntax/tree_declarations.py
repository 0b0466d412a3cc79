"""Tree building for what stands at the top of a file but `train`, a method per rule."""

from loopc.syntax import ast
from loopc.syntax.tokens import Token
from loopc.syntax.tree_expressions import string_node
from loopc.syntax.tree_parts import (
    Children,
    covering,
    identifier,
    items_of,
    optional_identifier,
)


class DeclarationRules:
    """Callbacks of the declaration rules."""

    def program(self, children: Children) -> tuple[ast.Declaration, ...]:
        return tuple(children)

    def param(self, children: Children) -> ast.Param:
        _param, name, _colon, type_, _equal, default, _in, range_, _newline = children
        return ast.Param(
            span=covering(children),
            name=identifier(name),
            type=type_,
            default=default,
            range=range_,
        )

    def const(self, children: Children) -> ast.Const:
        _const, name, _equal, value, _newline = children
        return ast.Const(span=covering(children), name=identifier(name), value=value)

    def dim(self, children: Children) -> ast.Dim:
        _dim, name, _in, range_, _buckets, buckets, _newline = children
        return ast.Dim(
            span=covering(children),
            name=identifier(name),
            range=range_,
            buckets=buckets,
        )

    def state(self, children: Children) -> ast.State:
        _state, name, _colon, type_, _equal, initial, _, _, every, _newline = children
        return ast.State(
            span=covering(children),
            name=identifier(name),
            type=type_,
            initial=initial,
            reset_every=every,
        )

    def schedule(self, children: Children) -> ast.Schedule:
        _schedule, name, _equal, value, _newline = children
        return ast.Schedule(span=covering(children), name=identifier(name), value=value)

    def transform_chain(self, children: Children) -> ast.Transform:
        _transform, name, parameters, _equal, value, _newline = children
        return ast.Transform(
            span=covering(children),
            name=identifier(name),
            parameters=None if parameters is None else parameters.items,
            value=value,
        )

    def data(self, children: Children) -> ast.Data:
        _data, name, _open, items, _close, _newline = children
        return ast.Data(span=covering(children), name=identifier(name), items=items)

    def data_items(self, children: Children) -> tuple[ast.DataItem, ...]:
        return tuple(children)

    def source_split(self, children: Children) -> ast.SourceSplit:
        name, _equal, source, _newline = children
        return ast.SourceSplit(
            span=covering(children), name=identifier(name), source=source
        )

    def carved_split(self, children: Children) -> ast.CarvedSplit:
        name, _equal, amount, _of, parent, _by, by, _newline = children
        return ast.CarvedSplit(
            span=covering(children),
            name=identifier(name),
            amount=amount,
            parent=identifier(parent),
            by=optional_identifier(by),
        )

    def field(self, children: Children) -> ast.FieldDeclaration:
        _field, name, _colon, type_, _equal, value, _newline = children
        return ast.FieldDeclaration(
            span=covering(children), name=identifier(name), type=type_, value=value
        )

    def augment(self, children: Children) -> ast.Augment:
        _augment, split, body, _newline = children
        return ast.Augment(span=covering(children), split=identifier(split), body=body)

    def model(self, children: Children) -> ast.Model:
        _model, name, parameters, results, *_equal, body, _newline = children
        return ast.Model(
            span=covering(children),
            name=identifier(name),
            parameters=None if parameters is None else parameters.items,
            results=items_of(results),
            body=body,
        )

    def layer(self, children: Children) -> ast.Layer:
        _layer, name, static, tensors, *_equal, body, _newline = children
        return ast.Layer(
            span=covering(children),
            name=identifier(name),
            static=static.items,
            tensors=tensors.items,
            body=body,
        )

    def function(self, children: Children) -> ast.Function:
        kind, name, parameters, *_equal, body, _newline = children
        return ast.Function(
            span=covering(children),
            kind=kind.value,
            name=identifier(name),
            parameters=parameters.items,
            body=body,
        )

    def import_file(self, children: Children) -> ast.Import:
        _import, names, _from, path, _newline = children
        return ast.Import(
            span=covering(children), names=items_of(names), path=string_node(path)
        )

    def extern(self, children: Children) -> ast.Extern:
        _extern, kind, name, first, second, results, _equal, target, _newline = children
        static, parameters = (None, first) if second is None else (first, second)
        return ast.Extern(
            span=covering(children),
            kind=kind.value,
            name=identifier(name),
            static=None if static is None else static.items,
            parameters=items_of(parameters),
            results=items_of(results),
            target=string_node(target),
        )

    def extern_kind(self, children: Children) -> Token:
        (kind,) = children
        assert isinstance(kind, Token)
        return kind
