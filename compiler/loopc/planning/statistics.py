"""Which calls move the statistics of batch normalization: those that train their model.

A call in training mode uses the statistics of its batch. It moves those of the model
where it lies on the path from an objective to an update of that model, and nowhere
else: not in a report, not where it serves the update of another model.
"""

from collections.abc import Mapping
from dataclasses import field, fields, replace
from typing import Any

from loopc.planning.paths import gradient_nodes
from loopc.planning.recording import GRADIENT, Body, Place, Recording, record
from loopc.planning.walk import calls
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import ModelType

Contains = Mapping[str, frozenset[str]]


def mark_statistics(
    body: tuple[checked.CheckedStatement, ...],
    contains: Contains,
    moving: frozenset[str],
) -> tuple[checked.CheckedStatement, ...]:
    """The body with calls marked that leave the statistics of a model alone.

    `moving`: models that have such statistics, themselves or inside.
    """
    called = frozenset[str]().union(
        *(contains.get(c, frozenset()) for c in calls(body))
    )
    if not called & moving:
        return body
    return _Marker(record(body, contains), contains, moving).body(body, (), ())


@dataclass(slots=True)
class _Marker:
    recording: Recording
    contains: Contains
    moving: frozenset[str]
    on_path: dict[int, frozenset[str]] = field(default_factory=dict)

    def body(
        self, body: Body, prefix: Place, around: tuple[str, ...]
    ) -> tuple[checked.CheckedStatement, ...]:
        found = []
        for index, statement in enumerate(body):
            place = (*prefix, index)
            sites = (*around, *self.recording.tapes.get(place, ()))
            found.append(self.statement(statement, place, sites))
        return tuple(found)

    def statement(
        self, statement: checked.CheckedStatement, place: Place, sites: tuple[str, ...]
    ) -> checked.CheckedStatement:
        if isinstance(statement, checked.CheckedRepeat | checked.CheckedEvery):
            return replace(statement, body=self.body(statement.body, place, sites))
        if isinstance(statement, checked.CheckedUpdate):
            sites = (*sites, statement.site)
        updates = [site for site in sites if not site.startswith(GRADIENT)]
        trained = frozenset[str]().union(*(self.recording.trained[u] for u in updates))
        self.on_path = {}
        if not isinstance(statement, checked.CheckedReport):
            self.on_path = {id(n): trained for n in gradient_nodes(statement)}
        marked: checked.CheckedStatement = self.marked(statement)
        return marked

    def marked(self, node: Any) -> Any:
        if isinstance(node, tuple):
            return tuple(self.marked(item) for item in node)
        if isinstance(node, Mapping):
            return {key: self.marked(item) for key, item in node.items()}
        if not isinstance(node, checked.CheckedNode | checked.Slice):
            return node
        changes = {f.name: self.marked(getattr(node, f.name)) for f in fields(node)}
        if isinstance(node, checked.CallModel):
            changes["moves"] = not self.stays(node.model, node)
        elif isinstance(node, checked.CallFunction):
            changes["unchanged"] = self.unchanged(node)
        return replace(node, **changes)

    def stays(self, model: str, node: checked.CheckedNode) -> bool:
        """Whether a call would move statistics that this step does not train."""
        inside = self.contains.get(model, frozenset())
        return bool(inside & self.moving) and not inside & self.on_path.get(
            id(node), frozenset()
        )

    def unchanged(self, node: checked.CallFunction) -> tuple[str, ...]:
        """Models that a function calls and should leave alone."""
        given = (a.type for a in node.arguments if isinstance(a.type, ModelType))
        models = {kind.model for kind in given}
        models |= {
            m for m in self.contains.get(node.function, ()) if m != node.function
        }
        return tuple(sorted(m for m in models if self.stays(m, node)))


def models_that_move(program: checked.CheckedProgram) -> frozenset[str]:
    """Models with weights that calls change: statistics of normalization."""
    return frozenset(
        m.name for m in program.models if m.has_statistics and m.origin is None
    )
