"""What is called by name: functions, constructors, methods that only one class has."""

import ast
from collections.abc import Iterator
from dataclasses import field
from typing import Any

from loopc.codegen.shaking.contexts import Types
from loopc.codegen.shaking.mentions import Mentions, Site
from loopc.codegen.shaking.pieces import Piece, is_read_only_type
from loopc.codegen.shaking.world import ClassInfo, World
from loopc.records import dataclass

PLAIN_DECORATORS = {"contextmanager"}
EMPTY_TUPLE = ast.Tuple(elts=[], ctx=ast.Load())


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, its place among those given by position, and its default."""

    name: str
    place: int | None
    default: ast.expr | None
    annotation: ast.expr | None

    def may_be(self, value: Any) -> bool:
        """Say whether a value is the same for all: a dict may be filled."""
        if not isinstance(value, dict | list):
            return True
        return self.annotation is not None and is_read_only_type(self.annotation)


@dataclass(frozen=True, slots=True)
class Callee:
    """Something that is called, and every call of it there is."""

    key: str
    piece: Piece
    owner: ClassInfo | None
    function: ast.FunctionDef | None
    parameters: list[Parameter]
    sites: list[Site] = field(default_factory=list)

    def given(self, site: Site, parameter: Parameter) -> ast.expr | None:
        """Return the argument of a call, or the default; None where that is open.

        What the script says by itself is open: a reader may change it there.
        """
        node = site.node
        for keyword in node.keywords:
            if keyword.arg == parameter.name:
                return None if site.is_of_script else keyword.value
        if any(keyword.arg is None for keyword in node.keywords):
            return None
        if parameter.place is not None:
            if any(isinstance(a, ast.Starred) for a in node.args):
                return None
            if parameter.place < len(node.args):
                return None if site.is_of_script else node.args[parameter.place]
        return parameter.default


def callees(world: World, mentions: Mentions) -> Iterator[Callee]:
    """Yield what is called only by name, with all its calls."""
    for name, piece in world.functions.items():
        tree = piece.tree
        assert isinstance(tree, ast.FunctionDef)
        if name not in mentions.escaped and is_plain(tree):
            sites = mentions.calls.get(name, [])
            yield Callee(name, piece, None, tree, list(parameters_of(tree, 0)), sites)
    for owner in world.classes.values():
        yield from constructors(world, mentions, owner)
    for owner in world.classes.values():
        if not world.library.has_foreign_base(owner.piece):
            for name, method in owner.methods.items():
                if is_called_by_name(world, mentions, owner, method):
                    calls = mentions.method_calls.get(name, [])
                    sites = [s for s, types in calls if is_of(world, owner, types)]
                    listed = list(parameters_of(method, 1))
                    key = f"{owner.name}.{name}"
                    yield Callee(key, owner.piece, owner, method, listed, sites)


def is_called_by_name(
    world: World, mentions: Mentions, owner: ClassInfo, method: ast.FunctionDef
) -> bool:
    """Say whether every call of a method is known, and calls nothing else."""
    name = method.name
    if name.startswith("__") or not is_plain(method):
        return False
    if any(is_of(world, owner, t) for t in mentions.escaped_methods.get(name, [])):
        return False
    others = [c.name for c in world.classes.values() if name in c.methods]
    if len(others) == 1:
        return True
    related = world.related(owner.name)
    typed = all(types for _, types in mentions.method_calls.get(name, []))
    return typed and not any(o in related for o in others if o != owner.name)


def is_of(world: World, owner: ClassInfo, types: Types) -> bool:
    """Say whether an object of these types may be one of a class."""
    return not types or bool(types & world.related(owner.name))


def constructors(
    world: World, mentions: Mentions, owner: ClassInfo
) -> Iterator[Callee]:
    """Yield the constructor of a class: `__init__`, or the fields of a record."""
    if owner.name in mentions.escaped or world.library.has_foreign_base(owner.piece):
        return  # Keras makes layers from their configuration
    sites = mentions.calls.get(owner.name, [])
    init = owner.methods.get("__init__")
    if init is not None:
        listed = list(parameters_of(init, 1))
        yield Callee(f"{owner.name}.__init__", owner.piece, owner, init, listed, sites)
    elif is_single_record(world, owner):
        listed = list(fields_of(owner))
        yield Callee(owner.name, owner.piece, owner, None, listed, sites)


def is_single_record(world: World, owner: ClassInfo) -> bool:
    """Say whether a class is a record that neither extends one nor is extended."""
    alone = not owner.bases and len(world.subclasses(owner.name)) == 1
    return owner.is_record and alone


def parameters_of(function: ast.FunctionDef, skipped: int) -> Iterator[Parameter]:
    """Yield the parameters that a call names or places, without `self`."""
    places = [*function.args.posonlyargs, *function.args.args]
    defaults = [None] * (len(places) - len(function.args.defaults))
    for number, (each, default) in enumerate(
        zip(places, [*defaults, *function.args.defaults], strict=True)
    ):
        if number >= skipped:
            yield Parameter(each.arg, number - skipped, default, each.annotation)
    for each, value in zip(
        function.args.kwonlyargs, function.args.kw_defaults, strict=True
    ):
        yield Parameter(each.arg, None, value, each.annotation)


def fields_of(owner: ClassInfo) -> Iterator[Parameter]:
    """Yield the fields of a dataclass or named tuple as parameters."""
    for number, (name, statement) in enumerate(owner.fields.items()):
        place = None if owner.is_keyword_only else number
        default = statement.value
        if isinstance(default, ast.Call):
            default = made_by_factory(default)
        yield Parameter(name, place, default, statement.annotation)


def made_by_factory(call: ast.Call) -> ast.expr | None:
    """Return what `field(default_factory=dict)` begins with."""
    made = [k.value for k in call.keywords if k.arg == "default_factory"]
    if made and isinstance(made[0], ast.Name) and made[0].id == "dict":
        return ast.Dict(keys=[], values=[])
    return None


def is_plain(function: ast.FunctionDef) -> bool:
    """Say whether calls reach a function as they are written."""
    decorators = {ast.unparse(d) for d in function.decorator_list}
    return decorators <= PLAIN_DECORATORS
