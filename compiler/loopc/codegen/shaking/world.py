"""The program that a standalone script is: its own text and what it reaches."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cache, cached_property

from loopc.codegen.runtime_source import Binding, Definition, Import, Runtime
from loopc.codegen.scopes import every_argument, names_bound
from loopc.codegen.shaking.pieces import Piece
from loopc.records import dataclass

Place = tuple[str, int]
# Bases from outside that call no method by a name of its own.
QUIET_BASES = {"Protocol", "NamedTuple", "Generic", "Exception", "SystemExit"}


class ScriptPiece(Piece):
    """A statement of the script itself, which is read and never changed."""


@dataclass(slots=True)
class Library:
    """The runtime's statements as they are so far: as written, or edited."""

    runtime: Runtime
    edited: dict[Place, Piece] = field(default_factory=dict)

    def piece(self, place: Place) -> Piece:
        """Return a statement of a module."""
        if place not in self.edited:
            module, index = place
            text = self.runtime.module(module).source(index)
            self.edited[place] = Piece(module, index, text)
        return self.edited[place]

    def resolve(self, piece: Piece, name: str) -> Binding | None:
        """Return what a module's name stands for; None for a builtin."""
        binding = self.runtime.module(piece.module).bindings.get(name)
        return None if binding is None else self.runtime.resolve(binding)

    def definition(self, piece: Piece, name: str) -> Piece | None:
        """Return the statement of the runtime that defines a module's name."""
        binding = self.resolve(piece, name)
        if isinstance(binding, Definition):
            return self.piece((binding.module, binding.index))
        return None

    def has_foreign_base(self, piece: Piece) -> bool:
        """Say whether a class extends one from outside that may call its methods."""
        bases = piece.tree.bases if isinstance(piece.tree, ast.ClassDef) else []
        return any(self._is_foreign(piece, base) for base in bases)

    def _is_foreign(self, piece: Piece, base: ast.expr) -> bool:
        root = base.value if isinstance(base, ast.Subscript) else base
        if not isinstance(root, ast.Name):
            return True
        ours = self.definition(piece, root.id)
        if ours is not None:
            return self.has_foreign_base(ours)
        return root.id not in QUIET_BASES


class ScriptLibrary(Library):
    """A library that knows the names of the script too."""

    def __init__(self, runtime: Runtime, wanted: Iterable[Import]) -> None:
        super().__init__(runtime)
        self.wanted = {i.name: i for i in wanted}

    def resolve(self, piece: Piece, name: str) -> Binding | None:
        if isinstance(piece, ScriptPiece):
            binding = self.wanted.get(name)
            return None if binding is None else self.runtime.resolve(binding)
        return super().resolve(piece, name)


@dataclass(frozen=True)
class ClassInfo:
    """A class of the runtime, with what its constructor takes."""

    piece: Piece
    tree: ast.ClassDef
    bases: tuple["ClassInfo", ...]

    @property
    def name(self) -> str:
        return self.tree.name

    @property
    def line(self) -> Iterator["ClassInfo"]:
        """The class itself, then those that it extends."""
        yield self
        for base in self.bases:
            yield from base.line

    @cached_property
    def methods(self) -> dict[str, ast.FunctionDef]:
        return {s.name: s for s in self.tree.body if isinstance(s, ast.FunctionDef)}

    @cached_property
    def fields(self) -> dict[str, ast.AnnAssign]:
        """The annotated names of the class's body, in order."""
        return {
            s.target.id: s
            for s in self.tree.body
            if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
        }

    @cached_property
    def stored(self) -> set[str]:
        """The names that the class assigns on `self`."""
        return stored_attributes(self.tree)

    @cached_property
    def class_attributes(self) -> set[str]:
        """The names that the class's body gives a value, fields of records not."""
        given = [s for s in self.tree.body if isinstance(s, ast.Assign | ast.AnnAssign)]
        named = {name for s in given if s.value is not None for name in names_bound(s)}
        return named - (self.fields.keys() if self.is_record else set())

    @cached_property
    def is_protocol(self) -> bool:
        return any("Protocol" in ast.unparse(base) for base in self.tree.bases)

    @cached_property
    def is_record(self) -> bool:
        """Whether its fields are the parameters of its constructor."""
        decorators = [ast.unparse(d) for d in self.tree.decorator_list]
        bases = [ast.unparse(b) for b in self.tree.bases]
        return "NamedTuple" in bases or any("dataclass" in d for d in decorators)

    @property
    def is_keyword_only(self) -> bool:
        return any("kw_only=True" in ast.unparse(d) for d in self.tree.decorator_list)


class World:
    """Every statement that runs: those of the script, and the reached ones."""

    def __init__(
        self, library: Library, script: list[ScriptPiece], reached: list[Piece]
    ) -> None:
        self.library, self.script, self.reached = library, script, reached
        self.pieces: list[Piece] = [*script, *reached]
        self.functions = {
            piece.tree.name: piece
            for piece in reached
            if isinstance(piece.tree, ast.FunctionDef)
        }
        self.function_types = {
            name
            for piece in reached
            if isinstance(piece.tree, ast.Assign)
            and ast.unparse(piece.tree.value).startswith("Callable")
            for name in names_bound(piece.tree)
        }
        self.classes: dict[str, ClassInfo] = {}
        trees = {p.tree.name: p for p in reached if isinstance(p.tree, ast.ClassDef)}
        for name in trees:
            self._add_class(name, trees)

    def _add_class(self, name: str, trees: dict[str, Piece]) -> None:
        if name in self.classes:
            return
        piece = trees[name]
        assert isinstance(piece.tree, ast.ClassDef)
        bases = []
        for base in piece.tree.bases:
            known = self.ours(piece, base)
            if known in trees:
                self._add_class(known, trees)
                bases.append(self.classes[known])
        self.classes[name] = ClassInfo(piece, piece.tree, tuple(bases))

    def ours(self, piece: Piece, node: ast.AST) -> str:
        """Return the runtime's name that a node stands for, "" if it is none."""
        if not isinstance(node, ast.Name) or node not in piece.module_level:
            return ""
        binding = self.library.resolve(piece, node.id)
        return binding.name if isinstance(binding, Definition) else ""

    @cache  # noqa: B019 (a world lasts one round)
    def subclasses(self, name: str) -> list[ClassInfo]:
        """Return a class and those that extend it."""
        return [
            c for c in self.classes.values() if name in (above.name for above in c.line)
        ]

    @cache  # noqa: B019 (as above)
    def related(self, name: str) -> set[str]:
        """Return the names of a class, of those above and below it, and of protocols.

        A class stands for a protocol that it has all members of.
        """
        line = {above.name for c in self.subclasses(name) for above in c.line}
        mine = self.members(name)
        for each in self.classes.values():
            if each.is_protocol and self.members(each.name) <= mine:
                line.add(each.name)
            if self.classes[name].is_protocol and mine <= self.members(each.name):
                line.update(above.name for above in each.line)
        return line

    @cache  # noqa: B019 (as above)
    def members(self, name: str) -> set[str]:
        """Return the names of methods and fields, inherited ones too."""
        found: set[str] = set()
        for each in self.classes[name].line:
            found |= each.methods.keys() | each.fields.keys()
            found |= each.stored
        return found

    def parameter(self, function: str, name: str) -> ast.expr | None:
        """Return how a parameter of a function or constructor is annotated."""
        tree = self.functions[function].tree if function in self.functions else None
        if function in self.classes:
            tree = self.classes[self.constructor(function)].methods.get("__init__")
        if not isinstance(tree, ast.FunctionDef):
            return None
        arguments = every_argument(tree.args)
        return next((a.annotation for a in arguments if a.arg == name), None)

    def constructor(self, name: str) -> str:
        """Return which class in the line of one takes the arguments of its making."""
        for each in self.classes[name].line:
            if "__init__" in each.methods or each.is_record:
                return each.name
        return name


def stored_attributes(tree: ast.AST) -> set[str]:
    """Return the names that a class assigns on `self`."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }
