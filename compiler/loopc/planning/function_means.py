"""Functions that end in a mean leave taking it to their callers, where reports need it.

A report is made of means over a window (`reports.py`), and looks into functions for
them (`opening.py`). It cannot look into one with a loop or a gradient. Such a function
gives the values of the examples instead, and each call stands in the mean.
"""

from dataclasses import replace

from loopc.planning.rewriting import rewritten, rewritten_trains
from loopc.semantics import checked
from loopc.semantics.report_means import is_open, last_mean


def means_at_callers(program: checked.CheckedProgram) -> checked.CheckedProgram:
    """The program with such means taken by the callers."""
    inner = {f.name: m for f in program.functions if (m := _mean_of(f)) is not None}
    if not inner:
        return program

    def change(node: checked.CheckedNode) -> checked.CheckedNode:
        if not isinstance(node, checked.CallFunction) or node.function not in inner:
            return node
        call = replace(node, type=inner[node.function].value.type)
        return checked.Average(span=node.span, type=node.type, value=call)

    functions = tuple(rewritten(_without_mean(f), change) for f in program.functions)
    trains = rewritten_trains(program, change)
    return replace(program, functions=functions, trains=trains)


def _mean_of(function: checked.CheckedFunction) -> checked.Average | None:
    """The unweighted mean that a closed function ends in."""
    if function.inside != "step" or is_open(function):
        return None
    return last_mean(function)


def _without_mean(function: checked.CheckedFunction) -> checked.CheckedFunction:
    mean = _mean_of(function)
    if mean is None:
        return function
    last = checked.CheckedReturn(span=mean.span, value=mean.value)
    return replace(function, body=(*function.body[:-1], last), result=mean.value.type)
