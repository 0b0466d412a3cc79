"""Which arguments of functions gradients do not reach: `fn f(x) = sign(x)`."""

from collections.abc import Mapping
from dataclasses import replace

from loopc.planning.rewriting import rewritten
from loopc.planning.walk import walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.flow_summaries import Summaries
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
        return tuple(rewritten(statement, self._change) for statement in body)

    def _change(self, node: checked.CheckedNode) -> checked.CheckedNode:
        if isinstance(node, checked.CallFunction):
            return replace(node, cuts=self.of[node.function])
        return node


def mark_cuts(program: checked.CheckedProgram) -> checked.CheckedProgram:
    """The program with these arguments marked wherever gradients are taken."""
    cuts = cuts_of(program)
    if not any(cuts.of.values()):
        return program
    functions = tuple(replace(f, body=cuts.marked(f.body)) for f in program.functions)
    trains = tuple(_train(t, cuts) for t in program.trains)
    return replace(program, functions=functions, trains=trains)


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
