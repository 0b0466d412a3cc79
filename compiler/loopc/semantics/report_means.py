"""Reports of what functions make of means: which of these a window can be made of."""

from collections.abc import Mapping

from loopc.semantics.checked import (
    Average,
    CallFunction,
    CheckedAssign,
    CheckedExpression,
    CheckedFunction,
    CheckedReport,
    CheckedReturn,
    CheckedTrain,
    CopyModel,
    Gradient,
    Local,
    Primitive,
    Total,
    UpdatedModel,
)
from loopc.semantics.context import Context
from loopc.semantics.errors import advice
from loopc.semantics.parts import definitions_of
from loopc.semantics.walk import walk
from loopc.vocabulary.types import TensorType

GRADIENTS = Gradient | UpdatedModel | CopyModel


def is_open(function: CheckedFunction) -> bool:
    """Whether a body is names for values and one result, and takes no gradient."""
    if any(isinstance(n, GRADIENTS) for n in walk(function.body)):
        return False
    return all(
        isinstance(s, CheckedAssign) and len(s.names) == 1 for s in function.body[:-1]
    )


def last_mean(function: CheckedFunction) -> Average | None:
    """The one unweighted mean that a function ends in, which its callers may take."""
    last = function.body[-1]
    if not isinstance(last, CheckedReturn) or not isinstance(last.value, Average):
        return None
    return last.value if last.value.weight is None else None


def verify_report_means(context: Context, train: CheckedTrain) -> None:
    """Advise where a report averages over steps what a function made of means."""
    functions = {f.name: f for f in context.functions.values() if f is not None}
    for body in (train.body, *(item.body for item in train.evals)):
        definitions = definitions_of(body)
        for node in walk(body):
            if isinstance(node, CheckedReport):
                for item in node.items:
                    call = _closed(item.value, definitions, functions)
                    if call is not None:
                        found = advice.mean_of_steps(
                            item.name, call.function, call.span
                        )
                        context.advice.append(found)


def _closed(
    value: CheckedExpression,
    definitions: Mapping[str, CheckedExpression],
    functions: Mapping[str, CheckedFunction],
) -> CallFunction | None:
    """A call in plain arithmetic whose means are not seen from outside."""
    waiting, seen = [value], set[str]()
    while waiting:
        node = waiting.pop()
        if not isinstance(node.type, TensorType) or node.type.per_example:
            continue
        if isinstance(node, Primitive):
            waiting.extend(node.arguments)
        elif isinstance(node, Local) and node.name not in seen:
            seen.add(node.name)
            waiting += [definitions[node.name]] if node.name in definitions else []
        elif isinstance(node, CallFunction):
            function = functions.get(node.function)
            if function is not None and _hides_means(function):
                return node
    return None


def _hides_means(function: CheckedFunction) -> bool:
    if is_open(function) or last_mean(function) is not None:
        return False
    return any(isinstance(n, Average | Total) for n in walk(function.body))
