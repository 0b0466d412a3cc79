"""Which names of a module's statement belong to the module: Python's scoping rules.

A name belongs to the module (or to the builtins) where no function, comprehension or
class body around it binds it. Names inside quoted annotations count too.
"""

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field

from loopc.records import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(slots=True)
class Quoted:
    """An annotation in quotes, with its expression."""

    constant: ast.Constant
    expression: ast.expr


@dataclass(slots=True)
class ModuleNames:
    """The nodes of a statement that name something of the module."""

    nodes: list[ast.Name] = field(default_factory=list)
    quoted: list[Quoted] = field(default_factory=list)


def module_names(statement: ast.stmt) -> ModuleNames:
    """Find what a top-level statement reads or binds of its module."""
    finder = _Finder()
    finder.visit(statement)
    return finder.found


def names_bound(statement: ast.stmt) -> Iterator[str]:
    """Yield what a statement binds in its own scope, nested scopes left out."""
    binder = _Binder()
    binder.visit(statement)
    yield from binder.names


class _Binder(ast.NodeVisitor):
    """Collects the names that a function's statements make local to it."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.outer: set[str] = set()

    def visit_outer(self, node: ast.Global | ast.Nonlocal) -> None:
        self.outer.update(node.names)

    visit_Global = visit_Nonlocal = visit_outer

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.names.add(node.id)

    def visit_alias(self, node: ast.alias) -> None:
        self.names.add(node.asname or node.name.split(".")[0])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.names.update(filter(None, [node.name]))
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.names.update(filter(None, [node.name]))
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self.names.update(filter(None, [node.name]))

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.names.update(filter(None, [node.rest]))
        self.generic_visit(node)

    def visit_definition(self, node: Definition) -> None:
        self.names.add(node.name)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_definition

    def visit_Lambda(self, node: ast.Lambda) -> None:
        pass  # a scope of its own

    def visit_comprehension_scope(self, node: Comprehension) -> None:
        """Only `:=` reaches out of a comprehension."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self.names.add(inner.target.id)

    visit_ListComp = visit_SetComp = visit_comprehension_scope
    visit_DictComp = visit_GeneratorExp = visit_comprehension_scope


@dataclass(slots=True)
class _Scope:
    names: set[str]
    is_class: bool = False


class _Finder(ast.NodeVisitor):
    """Walks a statement with the scopes around each node."""

    def __init__(self) -> None:
        self.found = ModuleNames()
        self.scopes: list[_Scope] = []

    def is_local(self, name: str) -> bool:
        functions = any(name in s.names for s in self.scopes if not s.is_class)
        innermost = self.scopes[-1:]
        return functions or any(name in s.names for s in innermost)

    @contextmanager
    def scope(self, names: Iterable[str], *, is_class: bool = False) -> Iterator[None]:
        self.scopes.append(_Scope(set(names), is_class))
        yield
        self.scopes.pop()

    def visit_each(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        in_class = bool(self.scopes) and self.scopes[-1].is_class
        binds_member = in_class and not isinstance(node.ctx, ast.Load)
        if not binds_member and not self.is_local(node.id):
            self.found.nodes.append(node)

    # ------------------------------------------------------------- new scopes

    def visit_function(self, node: Function) -> None:
        arguments = every_argument(node.args)
        self.visit_each([*node.args.defaults, *node.args.kw_defaults])
        self.visit_annotations(a.annotation for a in arguments)
        statements = [node.body] if isinstance(node, ast.Lambda) else node.body
        if not isinstance(node, ast.Lambda):
            self.visit_each(node.decorator_list)
            self.visit_annotations([node.returns])
        with self.scope(locals_of(arguments, statements)):
            self.visit_each(statements)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = visit_function

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.visit_each([*node.decorator_list, *node.bases])
        self.visit_each(keyword.value for keyword in node.keywords)
        with self.scope((), is_class=True):
            for statement in node.body:
                self.visit(statement)
                if not is_bare_annotation(statement):
                    self.scopes[-1].names.update(names_bound(statement))

    def visit_comprehension_scope(self, node: Comprehension) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        targets = {
            name.id
            for generator in node.generators
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name)
        }
        with self.scope(targets):
            self.visit_each([first.target, *first.ifs, *others])
            if isinstance(node, ast.DictComp):
                self.visit_each([node.key, node.value])
            else:
                self.visit(node.elt)

    visit_ListComp = visit_SetComp = visit_comprehension_scope
    visit_DictComp = visit_GeneratorExp = visit_comprehension_scope

    # ------------------------------------------------------------ annotations

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit_annotations([node.annotation])
        self.visit_each([node.target, node.value])

    def visit_annotations(self, annotations: Iterable[ast.expr | None]) -> None:
        for annotation in annotations:
            if annotation is not None:
                self.visit(annotation)
                for constant in quoted_types(annotation):
                    self.visit_quoted(constant)

    def visit_quoted(self, constant: ast.Constant) -> None:
        expression = ast.parse(str(constant.value), mode="eval").body
        self.found.quoted.append(Quoted(constant, expression))
        self.visit(expression)


def is_bare_annotation(statement: ast.stmt) -> bool:
    """Say whether a statement of a class only declares a name (`width: int`)."""
    return isinstance(statement, ast.AnnAssign) and statement.value is None


def every_argument(arguments: ast.arguments) -> list[ast.arg]:
    """Return all parameters, `*args` and `**kwargs` included."""
    rest = [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]


def locals_of(arguments: list[ast.arg], body: Iterable[ast.AST]) -> set[str]:
    """Return the names that are local to a function."""
    binder = _Binder()
    for statement in body:
        binder.visit(statement)
    return ({a.arg for a in arguments} | binder.names) - binder.outer


def quoted_types(annotation: ast.expr) -> Iterator[ast.Constant]:
    """Yield the strings in an annotation that stand for types; not those of Literal."""
    pending: list[ast.AST] = [annotation]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        elif not _is_literal_type(node):
            pending.extend(ast.iter_child_nodes(node))


def _is_literal_type(node: ast.AST) -> bool:
    if not isinstance(node, ast.Subscript):
        return False
    return ast.unparse(node.value) in ("Literal", "typing.Literal")
