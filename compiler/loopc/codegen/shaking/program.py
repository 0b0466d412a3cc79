"""A program with all that is known of it: functions, mentions, values."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from loopc.codegen.shaking.attributes import known_attributes
from loopc.codegen.shaking.callables import Callee, callees
from loopc.codegen.shaking.contexts import Context, Typing, contexts
from loopc.codegen.shaking.mentions import gathered_mentions, made_classes
from loopc.codegen.shaking.results import known_results
from loopc.codegen.shaking.values import Known, Values, agreed
from loopc.codegen.shaking.world import ScriptPiece, World

MOST_PASSES = 4  # what is found later is found in the next round


class Program:
    """What one round of shaking finds out before it cuts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.typing = Typing(world)
        self.contexts = list(contexts(world))
        self.mentions = gathered_mentions(world, self.typing, self.contexts)
        self.made = made_classes(world)
        self.values = Values(world, self.typing, self.made)
        self.callees = list(callees(world, self.mentions))
        self._learn()

    @property
    def own_contexts(self) -> Iterator[Context]:
        """The functions of the runtime: those of the script are not changed."""
        for context in self.contexts:
            if not isinstance(context.piece, ScriptPiece):
                yield context

    @cached_property
    def silent_methods(self) -> set[str]:
        """The methods that do nothing any more, and that one class alone has."""
        found = Counter(m for c in self.world.classes.values() for m in c.methods)
        return {
            f"{owner.name}.{name}"
            for owner in self.world.classes.values()
            if not owner.is_protocol
            for name, method in owner.methods.items()
            if found[name] == 1 and all(map(is_silent, method.body))
        }

    @cached_property
    def silent(self) -> set[str]:
        """The functions that do nothing any more."""
        return {
            name
            for name, piece in self.world.functions.items()
            if all(is_silent(statement) for statement in piece.tree.body)  # type: ignore[attr-defined]
        }

    def facts(self, context: Context) -> str:
        """Return all that folding a function goes by, but for its text."""
        values, names = self.values, {n.attr for n in context.shape.attributes}
        parameters = values.parameters.get(context.key, {})
        attributes = {p: k for p, k in values.attributes.items() if p[1] in names}
        dead = self.world.classes.keys() - self.made
        idle = (self.silent, self.silent_methods, values.results)
        return repr((parameters, attributes, sorted(dead), *map(sorted, idle)))

    def _learn(self) -> None:
        """Find values until no more are found: arguments give attributes, and so on."""
        for _ in range(MOST_PASSES):
            parameters = {c.key: self._arguments(c) for c in self.callees}
            self.values.parameters = {k: v for k, v in parameters.items() if v}
            attributes = known_attributes(
                self.world, self.contexts, self.values, self.mentions.replaced
            )
            attributes |= self._results()
            count = sum(map(len, self.values.parameters.values())) + len(attributes)
            before = len(self.values.attributes), getattr(self, "_count", -1)
            self.values.attributes = attributes
            if before == (len(attributes), count):
                return
            self._count = count

    def _results(self) -> dict[tuple[str, str], Known]:
        """Find what functions return; properties are attributes."""
        found = known_results(self.own_contexts, self.values)
        methods = Counter(m for c in self.world.classes.values() for m in c.methods)
        known = {
            (context.owner.name if context.owner else "", context.function.name): value
            for context, value in found.values()
            if context.owner is None
            or (methods[context.function.name] == 1 and not context.owner.is_protocol)
        }
        self.values.results = {
            f"{owner}.{name}" if owner else name: value
            for (owner, name), value in known.items()
        }
        properties = {
            (context.owner.name, context.function.name)
            for context, _ in found.values()
            if context.owner and context.function.decorator_list
        }
        return {place: known[place] for place in properties & known.keys()}

    def _arguments(self, callee: Callee) -> dict[str, Known]:
        """Return the parameters that every call gives the same value."""
        found = {}
        for parameter in callee.parameters:
            given = [callee.given(site, parameter) for site in callee.sites]
            values = [
                None if node is None else self._value(node, site.context)
                for node, site in zip(given, callee.sites, strict=True)
            ]
            value = agreed(values)
            if value is not None and parameter.may_be(value.value):
                found[parameter.name] = value
        return found

    def _value(self, node: ast.expr, context: Context | None) -> Known | None:
        if isinstance(node, ast.Constant):
            return Known(node.value)
        if context is None:
            return Known(()) if isinstance(node, ast.Tuple) and not node.elts else None
        return self.values.of(node, context)


def is_silent(statement: ast.stmt) -> bool:
    """Say whether a statement does nothing: a docstring, `pass`, a bare `return`."""
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
        case ast.Return(value=value):
            return value is None or isinstance(value, ast.Constant)
    return False
