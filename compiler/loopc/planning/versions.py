"""A name of its own for every value of a step: a name bound again becomes another.

Statements then move without changing what they read, and a report of an earlier value
finds that value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, fields, replace
from typing import Any

from loopc.planning.walk import names_bound, names_read, walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import TupleType, ValueType

Renaming = dict[str, str]


def distinct_names(
    body: Sequence[checked.CheckedStatement], given: Sequence[str] = ()
) -> tuple[checked.CheckedStatement, ...]:
    """The body with names bound again renamed; `given` are bound by the stream."""
    versions = _Versions(bound=set(given), taken={*given, *names_read(tuple(body))})
    for statement in body:
        versions.taken |= names_bound(statement)
    return tuple(s for statement in body for s in versions.statement(statement))


def renamed(node: Any, names: Mapping[str, str]) -> Any:
    """`node` with the locals in `names` called otherwise, read and bound."""
    if isinstance(node, tuple):
        return tuple(renamed(item, names) for item in node)
    if isinstance(node, Mapping):
        return {key: renamed(item, names) for key, item in node.items()}
    if not isinstance(node, checked.CheckedNode | checked.Slice):
        return node
    changes = {f.name: renamed(getattr(node, f.name), names) for f in fields(node)}
    if isinstance(node, checked.Local) or _is_static_local(node):
        changes["name"] = names.get(changes["name"], changes["name"])
    if isinstance(node, checked.CheckedAssign):
        changes["names"] = tuple(names.get(n, n) for n in node.names)
    if isinstance(node, checked.CheckedRepeat):
        changes["carried"] = tuple(names.get(n, n) for n in node.carried)
    return replace(node, **changes)


def _is_static_local(node: object) -> bool:
    return isinstance(node, checked.StaticName) and node.origin == "local"


@dataclass(slots=True)
class _Versions:
    """What is bound so far, what has been read, and the present name of each name."""

    bound: set[str]
    taken: set[str]
    read: set[str] = field(default_factory=set)
    present: Renaming = field(default_factory=dict)
    types: dict[str, ValueType] = field(default_factory=dict)

    def statement(
        self, statement: checked.CheckedStatement
    ) -> Iterator[checked.CheckedStatement]:
        self.learn_types(statement)
        if isinstance(statement, checked.CheckedRepeat):
            yield from self.repeat(statement)
        elif isinstance(statement, checked.CheckedAssign):
            yield self.assign(statement)
        else:
            yield self.reading(statement)
        self.bound |= names_bound(statement)

    def learn_types(self, statement: checked.CheckedStatement) -> None:
        for node in walk(statement):
            if isinstance(node, checked.Local):
                self.types[node.name] = node.type
            elif isinstance(node, checked.CheckedAssign):
                kind = node.value.type
                kinds = kind.items if isinstance(kind, TupleType) else (kind,)
                if len(kinds) == len(node.names):
                    self.types |= dict(zip(node.names, kinds, strict=True))

    def reading(self, node: Any) -> Any:
        """The node as it reads the present names."""
        node = renamed(node, self.present) if self.present else node
        self.read |= _locals_read(node)
        return node

    def assign(self, statement: checked.CheckedAssign) -> checked.CheckedAssign:
        value = self.reading(statement.value)
        names = []
        for name in statement.names:
            if name in self.bound:
                self.present[name] = self.fresh(name)
            names.append(self.present.get(name, name))
        return replace(statement, names=tuple(names), value=value)

    def repeat(
        self, statement: checked.CheckedRepeat
    ) -> Iterator[checked.CheckedStatement]:
        """A repeat changes what it carries in place: a copy, where others read it."""
        if not statement.values:
            return
        for name in statement.carried:
            old = self.present.get(name, name)
            if old in self.read or old not in _locals_read(self.reading_as(statement)):
                self.present[name] = self.fresh(name)
                yield self.copy(statement, old, self.present[name], self.types[name])
        yield self.reading(statement)

    def reading_as(self, node: Any) -> Any:
        return renamed(node, self.present) if self.present else node

    def copy(
        self,
        statement: checked.CheckedRepeat,
        old: str,
        new: str,
        kind: ValueType,
    ) -> checked.CheckedAssign:
        value = checked.Local(span=statement.span, type=kind, name=old)
        return checked.CheckedAssign(span=statement.span, names=(new,), value=value)

    def fresh(self, name: str) -> str:
        number = 2
        while f"{name}_{number}" in self.taken:
            number += 1
        self.taken.add(f"{name}_{number}")
        return f"{name}_{number}"


def _locals_read(node: object) -> set[str]:
    statics = (n for n in walk(node) if isinstance(n, checked.StaticName))
    return {*names_read(node)} | {n.name for n in statics if n.origin == "local"}
