"""Precision: one for all loops, and updates that a loss scale does not reach."""

from collections.abc import Sequence

from loopc.semantics.checked import CheckedTrain, CheckedUpdate, TupleValue
from loopc.semantics.context import Context
from loopc.semantics.errors import precision as errors
from loopc.semantics.walk import walk
from loopc.source import Span
from loopc.syntax import ast

# What takes gradients in a way of its own, which the scaled objective does not enter.
OWN_GRADIENTS = frozenset({"evaluate", "hessian_vector", "per_example"})


def verify_precision(
    context: Context, nodes: Sequence[ast.Train], trains: Sequence[CheckedTrain]
) -> None:
    """Models are made once, so that loops compute in the same precision."""
    for train in trains[1:]:
        if train.precision != trains[0].precision:
            first, span = (_setting(nodes, each) for each in (trains[0], train))
            problem = errors.other_precision(
                train.name, train.precision, trains[0].precision, span, first
            )
            context.add(problem)

    for train in trains:
        if train.precision == "mixed_float16":
            _verify_scalable(context, train)


def _verify_scalable(context: Context, train: CheckedTrain) -> None:
    for update in walk(train.body):
        if isinstance(update, CheckedUpdate) and (
            isinstance(update.objective, TupleValue)
            or update.chain.needs & OWN_GRADIENTS
        ):
            context.add(errors.not_scalable(update.span))


def _setting(nodes: Sequence[ast.Train], train: CheckedTrain) -> Span:
    """Where a loop sets its precision, or else the word `train`."""
    node = next(node for node in nodes if node.span == train.span)
    for item in node.items:
        if isinstance(item, ast.Setting) and item.name.text == "precision":
            return item.span
    return Span(node.span.start, node.span.start + len("train"))
