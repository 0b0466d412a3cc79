"""The functions of a program, with what is known of the names inside them."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from weakref import WeakKeyDictionary

from loopc.codegen.scopes import every_argument
from loopc.codegen.shaking.pieces import Block, Piece, blocks
from loopc.codegen.shaking.world import ClassInfo, ScriptPiece, World

Types = frozenset[str]
UNKNOWN: Types = frozenset()


class Shape:
    """What the text of a function shows, inner functions included."""

    def __init__(self, function: ast.FunctionDef) -> None:
        self.function = function
        self.nodes = list(ast.walk(function))
        self.parameters = {a.arg: a for a in every_argument(function.args)}
        self.assignments = [
            (node, target, value)
            for node in self.nodes
            for target, value in assignments(node)
        ]

    @cached_property
    def bound(self) -> Counter[str]:
        """How often each name is bound in the function or in those inside it."""
        return Counter(filter(None, map(self._binding, self.nodes)))

    def _binding(self, node: ast.AST) -> str | None:
        """Return the name that a node binds, if it binds one."""
        match node:
            case ast.arg(arg=name) | ast.ExceptHandler(name=name):
                return name
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                return name
            case ast.FunctionDef(name=name):
                return None if node is self.function else name
        return None

    @cached_property
    def assigned(self) -> dict[str, ast.expr]:
        """The value of each local name that is assigned once and never again."""
        return {
            target.id: value
            for _, target, value in self.assignments
            if isinstance(target, ast.Name) and self.bound[target.id] == 1
        }

    @cached_property
    def entered(self) -> dict[str, ast.expr]:
        """What `with` statements bind, each name once."""
        return {
            item.optional_vars.id: item.context_expr
            for node in self.nodes
            if isinstance(node, ast.With)
            for item in node.items
            if isinstance(item.optional_vars, ast.Name)
            and self.bound[item.optional_vars.id] == 1
        }

    def loads(self, name: str) -> list[ast.Name]:
        """Return where a local name is read."""
        return [
            node
            for node in self.nodes
            if isinstance(node, ast.Name)
            and node.id == name
            and isinstance(node.ctx, ast.Load)
        ]

    @cached_property
    def blocks(self) -> list[Block]:
        """Every list of statements in the function."""
        return [block for _, block in blocks(self.function)]

    @cached_property
    def loaded(self) -> set[str]:
        """The names that the function's statements mention."""
        return {
            node.id
            for statement in self.function.body
            for node in ast.walk(statement)
            if isinstance(node, ast.Name)
        }

    @cached_property
    def attributes(self) -> list[ast.Attribute]:
        """Every attribute that the function reads or writes."""
        return [node for node in self.nodes if isinstance(node, ast.Attribute)]


class Context:
    """A function of a module or a method of a class, with what it belongs to."""

    def __init__(self, piece: Piece, shape: Shape, owner: ClassInfo | None) -> None:
        self.piece, self.shape, self.owner = piece, shape, owner
        self.function, self.parameters = shape.function, shape.parameters
        self.bound, self.assigned, self.entered = (
            shape.bound,
            shape.assigned,
            shape.entered,
        )

    @property
    def key(self) -> str:
        """What tells functions apart: `name` or `Class.name`."""
        above = f"{self.owner.name}." if self.owner else ""
        return above + self.function.name


def contexts(world: World) -> Iterator[Context]:
    """Yield every function that runs."""
    for piece in world.pieces:
        tree = piece.tree
        owned = isinstance(tree, ast.ClassDef) and not isinstance(piece, ScriptPiece)
        owner = world.classes[tree.name] if owned else None  # type: ignore[attr-defined]
        for shape in shapes(piece):
            yield Context(piece, shape, owner)


SHAPES: WeakKeyDictionary[Piece, list[Shape]] = WeakKeyDictionary()


def shape_of(piece: Piece, function: ast.FunctionDef) -> Shape:
    """Return what one of the functions of a statement shows."""
    return next(s for s in shapes(piece) if s.function is function)


def shapes(piece: Piece) -> list[Shape]:
    """Return the functions of a statement; looked at once."""
    if piece not in SHAPES:
        tree = piece.tree
        body = tree.body if isinstance(tree, ast.ClassDef) else [tree]
        SHAPES[piece] = [Shape(s) for s in body if isinstance(s, ast.FunctionDef)]
    return SHAPES[piece]


def assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield target and value of an assignment, part by part where both are tuples."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from pairs(target, node.value)


def pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what an assignment gives to what."""
    if (
        isinstance(target, ast.Tuple)
        and isinstance(value, ast.Tuple)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts))
    ):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield target, value


class Typing:
    """Which class of the runtime an expression is an instance of, where that shows."""

    def __init__(self, world: World) -> None:
        self.world = world

    def of(self, node: ast.AST, context: Context) -> Types:
        """Return the classes an expression may be of; empty where that is unknown."""
        match node:
            case ast.Name(id="self") if context.owner:
                return frozenset([context.owner.name])
            case ast.Name(id=name):
                return self.of_name(name, context)
            case ast.Attribute(value=value, attr=attribute):
                return self.of_attribute(self.of(value, context), attribute)
            case ast.Call(func=function):
                return self.of_call(function, context)
        return UNKNOWN

    def of_name(self, name: str, context: Context) -> Types:
        parameter = context.parameters.get(name)
        if parameter is not None and context.bound[name] == 1:
            return self.annotated(context.piece, parameter.annotation)
        if name in context.assigned:
            return self.of(context.assigned[name], context)
        if name in context.entered:
            return self.of(context.entered[name], context)
        return UNKNOWN

    def of_call(self, function: ast.expr, context: Context) -> Types:
        name = self.world.ours(context.piece, function)
        if name in self.world.classes:
            return frozenset([name])
        if name in self.world.functions:
            piece = self.world.functions[name]
            assert isinstance(piece.tree, ast.FunctionDef)
            return self.annotated(piece, piece.tree.returns)
        if isinstance(function, ast.Attribute):
            return self.of_method(self.of(function.value, context), function.attr)
        return UNKNOWN

    def of_method(self, owners: Types, name: str) -> Types:
        found = [
            self.annotated(above.piece, above.methods[name].returns)
            for owner in owners
            for above in self.world.classes[owner].line
            if name in above.methods
        ]
        return found[0] if len(owners) == 1 and found else UNKNOWN

    def of_attribute(self, owners: Types, attribute: str) -> Types:
        if len(owners) != 1:
            return UNKNOWN
        for above in self.world.classes[next(iter(owners))].line:
            if attribute in above.fields:
                annotation = above.fields[attribute].annotation
                return self.annotated(above.piece, annotation)
            if attribute in above.methods:
                returns = above.methods[attribute].returns
                return self.annotated(above.piece, returns)
            stored = self.stored(above, attribute)
            if stored is not None:
                return stored
        return UNKNOWN

    def declared(
        self, node: ast.AST, context: Context
    ) -> tuple[Piece, ast.expr] | None:
        """Return the annotation of the parameter that an expression stands for."""
        if isinstance(node, ast.Name) and context.bound[node.id] == 1:
            parameter = context.parameters.get(node.id)
            if parameter is not None and parameter.annotation is not None:
                return context.piece, parameter.annotation
        if isinstance(node, ast.Attribute) and context.owner is not None:
            for shape in shapes(context.piece):
                for _, target, value in shape.assignments:
                    if shape.function.name == "__init__" and is_own(target, node.attr):
                        return self.declared(
                            value, Context(context.piece, shape, context.owner)
                        )
        return None

    def stored(self, owner: ClassInfo, attribute: str) -> Types | None:
        """Return what `__init__` gives an attribute; None where it gives none."""
        init = owner.methods.get("__init__")
        if init is None:
            return None
        shape = shape_of(owner.piece, init)
        for node, target, value in shape.assignments:
            if is_own(target, attribute):
                if isinstance(node, ast.AnnAssign):
                    return self.annotated(owner.piece, node.annotation)
                return self.of(value, Context(owner.piece, shape, owner))
        return None

    def annotated(self, piece: Piece, annotation: ast.expr | None) -> Types:
        """Return the classes that an annotation names: `A`, `A | None`, `"A"`."""
        found: set[str] = set()
        for member in union_members(annotation):
            name = self.world.ours(piece, member)
            if name in self.world.classes:
                found.add(name)
            elif not (isinstance(member, ast.Constant) and member.value is None):
                return UNKNOWN
        return frozenset(found)


def is_own(node: ast.expr, attribute: str) -> bool:
    """Say whether an expression is `self.attribute`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == attribute
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def union_members(annotation: ast.expr | None) -> Iterator[ast.expr]:
    """Yield the types that `A | B` consists of."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        yield from union_members(annotation.left)
        yield from union_members(annotation.right)
    elif annotation is not None:
        yield annotation
