"""Where the names of a program are mentioned, and what they are mentioned for."""

import ast
from collections.abc import Iterable
from dataclasses import field
from weakref import WeakKeyDictionary

from loopc.codegen.shaking.contexts import UNKNOWN, Context, Types, Typing, shapes
from loopc.codegen.shaking.pieces import Piece
from loopc.codegen.shaking.reach import attributes_asked_for
from loopc.codegen.shaking.world import ScriptPiece, World
from loopc.records import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """A call, by whom, and whether the script makes it itself."""

    node: ast.Call
    context: Context | None
    piece: Piece

    @property
    def is_of_script(self) -> bool:
        return isinstance(self.piece, ScriptPiece)


@dataclass(slots=True)
class Mentions:
    """Calls of functions, classes and methods; what is used without being called."""

    calls: dict[str, list[Site]] = field(default_factory=dict)
    method_calls: dict[str, list[tuple[Site, Types]]] = field(default_factory=dict)
    escaped: set[str] = field(default_factory=set)
    escaped_methods: dict[str, list[Types]] = field(default_factory=dict)
    loads: dict[str, list[Types]] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)


def made_classes(world: World) -> set[str]:
    """Return the classes that have instances: mentioned outside types, or a base."""
    made: set[str] = set()
    for piece in world.pieces:
        for node, anchor in piece.anchors:
            name = world.ours(piece, node)
            if name in world.classes and anchor not in piece.types:
                made.update(above.name for above in world.classes[name].line)
    return made | {name for name, each in world.classes.items() if each.is_protocol}


def gathered_mentions(
    world: World, typing: Typing, functions: Iterable[Context]
) -> Mentions:
    """Return all mentions in a program."""
    found = Mentions()
    owners = {c.function: c for c in functions}
    for piece in world.pieces:
        for node, function in telling_nodes(piece):
            context = owners[function] if function else None
            _note(found, world, typing, piece, node, context)
    return found


Telling = list[tuple[ast.AST, ast.FunctionDef | None]]
TELLING: WeakKeyDictionary[Piece, Telling] = WeakKeyDictionary()


def telling_nodes(piece: Piece) -> Telling:
    """Return names, attributes and calls with the functions that they stand in."""
    if piece not in TELLING:
        known = {
            node: shape.function for shape in shapes(piece) for node in shape.nodes
        }
        TELLING[piece] = [
            (node, known.get(node))
            for node in ast.walk(piece.tree)
            if isinstance(node, ast.Name | ast.Attribute | ast.Call)
            and node not in piece.types
        ]
    return TELLING[piece]


def _note(
    found: Mentions,
    world: World,
    typing: Typing,
    piece: Piece,
    node: ast.AST,
    context: Context | None,
) -> None:
    parent = piece.parents.get(node)
    called = isinstance(parent, ast.Call) and parent.func is node
    name = world.ours(piece, node)
    if name and called:
        assert isinstance(parent, ast.Call)
        known = world.constructor(name) if name in world.classes else name
        found.calls.setdefault(known, []).append(Site(parent, context, piece))
    elif name:
        line = world.classes[name].line if name in world.classes else ()
        found.escaped |= {name, *(above.name for above in line)}
    elif isinstance(node, ast.Attribute):
        _note_attribute(found, world, typing, piece, node, context)
    elif isinstance(node, ast.Call):
        if ast.unparse(node.func).split(".")[-1] in ("replace", "_replace"):
            found.replaced |= {k.arg for k in node.keywords if k.arg}
        for attribute in attributes_asked_for(node):
            found.loads.setdefault(attribute, []).append(UNKNOWN)
            found.escaped_methods.setdefault(attribute, []).append(UNKNOWN)


def _note_attribute(
    found: Mentions,
    world: World,
    typing: Typing,
    piece: Piece,
    node: ast.Attribute,
    context: Context | None,
) -> None:
    parent = piece.parents.get(node)
    types = typing.of(node.value, context) if context else UNKNOWN
    if not isinstance(node.ctx, ast.Load):
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        if not own or isinstance(parent, ast.AugAssign | ast.Delete):
            found.loads.setdefault(node.attr, []).append(types)
        return
    found.loads.setdefault(node.attr, []).append(types)
    if not (isinstance(parent, ast.Call) and parent.func is node):
        found.escaped_methods.setdefault(node.attr, []).append(types)
        return
    site = Site(parent, context, piece)
    if is_super(node.value):
        owner = context.owner if context else None
        if node.attr == "__init__" and owner and owner.bases:
            base = world.constructor(owner.bases[0].name)
            found.calls.setdefault(base, []).append(site)
    else:
        found.method_calls.setdefault(node.attr, []).append((site, types))


def is_super(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "super"
    )
