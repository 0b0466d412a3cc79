"""A step with `parts`: which statements each pass over the pieces of a batch runs.

An update takes the gradient of the whole batch, so the pieces are gone through before
it. What is known by then is taken in the same pass: gradients of later updates,
reports. What a later pass needs of the statements before it is computed again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from loopc.records import dataclass
from loopc.semantics.checked import (
    CallFunction,
    CallModel,
    CallModelValue,
    CheckedAssign,
    CheckedExpression,
    CheckedFunction,
    CheckedModel,
    CheckedRepeat,
    CheckedStatement,
    CheckedUpdate,
    Local,
    Primitive,
    Random,
    WeightValue,
)
from loopc.semantics.walk import names_bound, names_read, walk
from loopc.vocabulary import layers
from loopc.vocabulary.types import ModelType, TensorType


@dataclass(frozen=True, slots=True)
class Need:
    """The places of the statements that a value is computed by, and the place of the
    update before which that is done; the number of statements: after all of them.
    """

    statements: frozenset[int]
    place: int


@dataclass(slots=True)
class PassReader:
    """Reads one body. `functions` and `models` are all that it may call."""

    body: Sequence[CheckedStatement]
    functions: Mapping[str, CheckedFunction]
    models: Mapping[str, CheckedModel]
    _read: dict[int, frozenset[str]] = field(default_factory=dict)
    _drawn: dict[int, frozenset[str]] = field(default_factory=dict)

    def need(self, value: CheckedExpression, at: int) -> Need:
        """What `value`, which stands at that place, is computed by, and when."""
        chosen = self._behind(frozenset(names_read(value)), at)
        drawn = self.draws(value)
        more = True
        while more:  # the same draw is told apart by how many came before it
            marks = drawn.union(*(self._draws_at(i) for i in chosen))
            before = at if drawn else max(chosen, default=0)
            same = {i for i in range(before) if self._draws_at(i) & marks} - chosen
            more = bool(same)
            for index in same:
                read = names_read(self.body[index])
                chosen |= {index} | self._behind(read, index)
        waits = bool(self.weights(value) or drawn)
        last = at if waits else max(chosen, default=0)
        return Need(frozenset(chosen), self._next_update(last))

    def means(
        self, value: CheckedExpression, at: int
    ) -> Iterator[tuple[CheckedExpression, int]]:
        """What a report is put together from afterwards, each with where it stands."""
        if isinstance(value, Local) and _is_plain(value):
            bound = [i for i in range(at) if value.name in names_bound(self.body[i])]
            last = self.body[bound[-1]] if bound else None
            if isinstance(last, CheckedAssign):
                yield from self.means(last.value, bound[-1])
            else:
                yield value, at
        elif isinstance(value, Primitive) and _is_plain(value):
            for argument in value.arguments:
                yield from self.means(argument, at)
        else:
            yield value, at

    def outdated(self, need: Need) -> tuple[int, int] | None:
        """A statement whose weights an update changes before it is needed, and that."""
        for index in sorted(need.statements):
            read = self._weights_at(index)
            for place in range(index + 1, need.place):
                update = self.body[place]
                if isinstance(update, CheckedUpdate) and read & self._trained(update):
                    return index, place
        return None

    def _behind(self, names: frozenset[str], at: int) -> set[int]:
        wanted = set(names)
        chosen = set()
        for index in range(at - 1, -1, -1):
            statement = self.body[index]
            if not isinstance(statement, CheckedAssign | CheckedRepeat):
                continue
            bound = names_bound(statement)
            if bound & wanted:
                chosen.add(index)
                if isinstance(statement, CheckedAssign):
                    wanted -= bound
                wanted |= names_read(statement)
        return chosen

    def _next_update(self, at: int) -> int:
        for place in range(at, len(self.body)):
            if isinstance(self.body[place], CheckedUpdate):
                return place
        return len(self.body)

    def _weights_at(self, index: int) -> frozenset[str]:
        if index not in self._read:
            self._read[index] = self.weights(self.body[index])
        return self._read[index]

    def _draws_at(self, index: int) -> frozenset[str]:
        if index not in self._drawn:
            statement = self.body[index]
            plain = isinstance(statement, CheckedAssign | CheckedRepeat)
            self._drawn[index] = self.draws(statement) if plain else frozenset()
        return self._drawn[index]

    def weights(self, node: object) -> frozenset[str]:
        """The models whose weights are read where `node` is computed."""
        found: set[str] = set()
        for part in self._nodes(node):
            if isinstance(part, CallModel):
                found.add(part.model)
            elif isinstance(part, WeightValue):
                found.add(part.name)
            elif isinstance(part, CheckedExpression) and isinstance(
                part.type, ModelType
            ):
                found.add(part.type.model)
        return self._with_inner(found)

    def draws(self, node: object) -> frozenset[str]:
        """What the random numbers are told apart by that `node` draws."""
        found: set[str] = set()
        called: set[str] = set()
        for part in self._nodes(node):
            if isinstance(part, Random | Primitive) and part.site is not None:
                found.add(f"site {part.site}")
            elif isinstance(part, CallModel):
                called.add(part.model)
            elif isinstance(part, CallModelValue):
                assert isinstance(part.model.type, ModelType)
                called.add(part.model.type.model)
        found |= {m for m in self._with_inner(called) if self._is_random(m)}
        return frozenset(found)

    def _is_random(self, model: str) -> bool:
        known = layers()
        inside = self.models[model].layers if model in self.models else ()
        return any(s.layer in known and known[s.layer].random for s in inside)

    def _nodes(self, node: object) -> list[object]:
        """The nodes of `node` and of the functions that it calls."""
        nodes: list[object] = []
        waiting, seen = [node], set[str]()
        while waiting:
            for part in walk(waiting.pop()):
                nodes.append(part)
                if isinstance(part, CallFunction) and part.function not in seen:
                    seen.add(part.function)
                    function = self.functions.get(part.function)
                    waiting.append(() if function is None else function.body)
        return nodes

    def _trained(self, update: CheckedUpdate) -> frozenset[str]:
        return self._with_inner({*update.models, *update.trained})

    def _with_inner(self, names: set[str]) -> frozenset[str]:
        inner = (self.models[n].contains for n in names if n in self.models)
        return frozenset(names).union(*inner)


def _is_plain(value: CheckedExpression) -> bool:
    return isinstance(value.type, TensorType) and not value.type.per_example
