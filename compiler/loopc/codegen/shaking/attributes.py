"""Attributes that hold one value for good, because nothing ever gives them another."""

import ast
from collections.abc import Iterable, Iterator

from loopc.codegen.shaking.contexts import Context, Types
from loopc.codegen.shaking.pieces import is_read_only_type
from loopc.codegen.shaking.values import Known, Values, agreed
from loopc.codegen.shaking.world import ClassInfo, World
from loopc.records import dataclass


@dataclass(frozen=True, slots=True)
class Store:
    """An assignment to an attribute of objects of some classes."""

    owners: Types
    attribute: str
    value: Known | None


def known_attributes(
    world: World,
    functions: Iterable[Context],
    values: Values,
    replaced: set[str],
) -> dict[tuple[str, str], Known]:
    """Return what attributes of classes, and of protocols they fulfil, always are.

    `replaced` are the fields that copies of records are given anew.
    """
    functions = list(functions)
    stores: dict[str, list[Store]] = {}
    for context in functions:
        for store in stores_in(context, values):
            stores.setdefault(store.attribute, []).append(store)
    found: dict[tuple[str, str], Known] = {}
    for owner in world.classes.values():
        if not owner.is_protocol and not world.library.has_foreign_base(owner.piece):
            for attribute, known in own_attributes(world, owner, stores, values):
                if not (owner.is_record and attribute in replaced):
                    found[owner.name, attribute] = known
    frozen = without_filled(world, found, functions, values)
    return frozen | dict(of_protocols(world, frozen))


def without_filled(
    world: World,
    found: dict[tuple[str, str], Known],
    functions: Iterable[Context],
    values: Values,
) -> dict[tuple[str, str], Known]:
    """Leave out collections that might be added to where they are read."""
    doubtful = {
        (owner, name)
        for (owner, name), known in found.items()
        if isinstance(known.value, dict | list)
        and not is_read_only(world.classes[owner], name)
    }
    names = {name for _, name in doubtful}
    filled = [
        (values.typing.of(node.value, context), node.attr)
        for context in functions
        for node in context.shape.attributes
        if node.attr in names
        and isinstance(node.ctx, ast.Load)
        and not values.only_reads(node, context)
    ]
    for owner, name in doubtful:
        related = world.related(owner)
        if any(name == n and (not types or types & related) for types, n in filled):
            del found[owner, name]
    return found


def stores_in(context: Context, values: Values) -> Iterator[Store]:
    """Yield what a function assigns to attributes; None where the value is open."""
    simple = {target: value for _, target, value in context.shape.assignments}
    for node in context.shape.attributes:
        if not isinstance(node.ctx, ast.Load):
            owners = values.typing.of(node.value, context)
            value = simple.get(node)
            known = None if value is None else values.of(value, context)
            yield Store(owners, node.attr, known)


def own_attributes(
    world: World, owner: ClassInfo, stores: dict[str, list[Store]], values: Values
) -> Iterator[tuple[str, Known]]:
    """Yield the attributes of a class that are given one value alone."""
    related = world.related(owner.name)
    given = values.parameters.get(owner.name, {}) if owner.is_record else {}
    names = {a for each in owner.line for a in attributes_of(each)}
    names -= {a for each in owner.line for a in each.class_attributes}
    for name in sorted(names):
        known = [
            store.value
            for store in stores.get(name, [])
            if not store.owners or store.owners & related
        ]
        if name in owner.fields and owner.is_record:
            known.append(given.get(name))
        value = agreed(known)
        if value is not None:
            yield name, value


def attributes_of(owner: ClassInfo) -> set[str]:
    """Return the names that a class declares or assigns on itself."""
    return owner.stored | (owner.fields.keys() if owner.is_record else set())


def of_protocols(
    world: World, known: dict[tuple[str, str], Known]
) -> Iterator[tuple[tuple[str, str], Known]]:
    """Yield what a member of a protocol is in every class that fulfils it."""
    for protocol in world.classes.values():
        if protocol.is_protocol:
            wanted = world.members(protocol.name)
            classes = [
                each.name
                for each in world.classes.values()
                if not each.is_protocol and wanted <= world.members(each.name)
            ]
            for member in sorted(wanted):
                value = agreed([known.get((name, member)) for name in classes])
                if value is not None:
                    yield (protocol.name, member), value


def is_read_only(owner: ClassInfo, attribute: str) -> bool:
    """Say whether a field is declared as a collection that nobody may add to."""
    declared = owner.fields.get(attribute)
    return declared is not None and is_read_only_type(declared.annotation)
