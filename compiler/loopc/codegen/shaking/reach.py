"""What a script reaches of the runtime: definitions, and the methods of its classes.

A method is reached where something reached mentions its name on whatever object, as in
`run.evaluate`. Methods that Python or a foreign base class calls by itself are reached
with their class.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import chain
from weakref import WeakKeyDictionary

from loopc.codegen.runtime_source import Binding, Definition
from loopc.codegen.shaking.pieces import Edit, Piece, without
from loopc.codegen.shaking.world import Library, Place, ScriptPiece
from loopc.records import dataclass

NAMING_CALLS = {"getattr", "hasattr", "setattr"}


@dataclass(slots=True)
class Reach:
    """Follows mentions from a script through the statements of the runtime."""

    library: Library
    pieces: dict[Place, Piece] = field(default_factory=dict)
    bindings: dict[Binding, None] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    waiting: dict[str, list[tuple[Piece, ast.stmt]]] = field(default_factory=dict)
    pending: list[tuple[Piece, ast.AST]] = field(default_factory=list)

    def from_script(self, script: Iterable[ScriptPiece]) -> None:
        """Reach all that a script needs."""
        self.pending += [(piece, piece.tree) for piece in script]
        while self.pending:
            piece, tree = self.pending.pop()
            for attribute in attributes_named(tree):
                self.mention(attribute)
            for name in piece.mentioned_in(tree):
                self.name(piece, name)

    def name(self, piece: Piece, name: str) -> None:
        """Reach what a module's name stands for."""
        binding = self.library.resolve(piece, name)
        if binding is not None:
            self.follow(binding)
        elif not isinstance(piece, ScriptPiece):
            self.builtins.add(name)

    def follow(self, binding: Binding) -> None:
        """Reach a definition, or an import from outside the runtime."""
        self.bindings.setdefault(binding)
        if isinstance(binding, Definition):
            place = (binding.module, binding.index)
            if place not in self.pieces:
                piece = self.pieces[place] = self.library.piece(place)
                self.enter(piece)

    def enter(self, piece: Piece) -> None:
        """Reach a statement: all of it, or a class without its silent methods."""
        tree = piece.tree
        if not isinstance(tree, ast.ClassDef):
            self.pending.append((piece, tree))
            return
        head = (*tree.decorator_list, *tree.bases, *tree.keywords)
        self.pending += [(piece, part) for part in head]
        foreign = self.library.has_foreign_base(piece)
        for member in tree.body:
            name = member.name if isinstance(member, ast.FunctionDef) else "__body__"
            if foreign or name in self.attributes or is_called_by_python(name):
                self.pending.append((piece, member))
            else:
                self.waiting.setdefault(name, []).append((piece, member))

    def mention(self, attribute: str) -> None:
        """Reach the methods of a name, of whatever class."""
        if attribute not in self.attributes:
            self.attributes.add(attribute)
            self.pending += self.waiting.pop(attribute, [])

    def unreached(self) -> dict[Place, list[Edit]]:
        """Return the edits that take out the methods which nothing mentions."""
        gone: dict[Place, list[ast.stmt]] = {}
        for piece, member in chain.from_iterable(self.waiting.values()):
            gone.setdefault((piece.module, piece.index), []).append(member)
        return {place: list(self._without(place, gone[place])) for place in gone}

    def _without(self, place: Place, gone: list[ast.stmt]) -> Iterator[Edit]:
        piece = self.pieces[place]
        assert isinstance(piece.tree, ast.ClassDef)
        return without(piece, piece.tree.body, gone)


def is_called_by_python(name: str) -> bool:
    """Say whether a method needs no mention: `__enter__` and its like."""
    return name.startswith("__") and name.endswith("__")


ATTRIBUTES: WeakKeyDictionary[ast.AST, list[str]] = WeakKeyDictionary()


def attributes_named(tree: ast.AST) -> list[str]:
    """Return the attributes that a tree reads, writes or asks for by a string."""
    if tree not in ATTRIBUTES:
        found = ATTRIBUTES[tree] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                found.append(node.attr)
            elif isinstance(node, ast.Call):
                found += attributes_asked_for(node)
    return ATTRIBUTES[tree]


def attributes_asked_for(node: ast.Call) -> Iterator[str]:
    """Yield what a call such as `getattr(layer, "site", None)` asks for."""
    if isinstance(node.func, ast.Name) and node.func.id in NAMING_CALLS:
        for argument in node.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
