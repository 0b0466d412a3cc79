"""Which arguments of functions gradients do not reach: `fn f(x) = sign(x)`."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from loopc.planning.walk import walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.flow import Summaries
from loopc.semantics.flows import INPUT
from loopc.vocabulary.types import TensorType

Statements = tuple[checked.CheckedStatement, ...]


@dataclass(frozen=True, slots=True)
class Cuts:
    """The arguments of each function that its result hands no gradient on to."""

    of: Mapping[str, tuple[int, ...]]

    def marked(self, body: Statements) -> Statements:
        """The body with these arguments marked at every call."""
        called = (n for n in walk(body) if isinstance(n, checked.CallFunction))
        if not any(self.of[call.function] for call in called):
            return body
        return tuple(self._marked(statement) for statement in body)

    def _marked(self, node: Any) -> Any:
        if isinstance(node, tuple):
            return tuple(self._marked(item) for item in node)
        if isinstance(node, Mapping):
            return {key: self._marked(item) for key, item in node.items()}
        if not isinstance(node, checked.CheckedNode | checked.Slice):
            return node
        changes = {f.name: self._marked(getattr(node, f.name)) for f in fields(node)}
        if isinstance(node, checked.CallFunction):
            changes["cuts"] = self.of[node.function]
        return replace(node, **changes)


def mark_cuts(program: checked.CheckedProgram) -> checked.CheckedProgram:
    """The program with these arguments marked in every step and eval."""
    cuts = cuts_of(program)
    if not any(cuts.of.values()):
        return program
    return replace(program, trains=tuple(_train(t, cuts) for t in program.trains))


def _train(train: checked.CheckedTrain, cuts: Cuts) -> checked.CheckedTrain:
    evals = tuple(replace(e, body=cuts.marked(e.body)) for e in train.evals)
    return replace(train, body=cuts.marked(train.body), evals=evals)


def cuts_of(program: checked.CheckedProgram) -> Cuts:
    """Follow the gradients of every function once."""
    models = {model.name: model for model in program.models}
    functions = {function.name: function for function in program.functions}
    summaries = Summaries(models, functions)
    found = {}
    for name, function in functions.items():
        reached = summaries.of_function(name).reaches
        found[name] = tuple(
            index
            for index, (_, kind) in enumerate(function.parameters)
            if isinstance(kind, TensorType) and (INPUT, index) not in reached
        )
    return Cuts(found)
