"""Functions that take gradients: their statements around tapes of their own.

What a step differentiates goes through a call of such a function as through any other:
the tapes inside are closed before it returns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loopc.planning import plan
from loopc.planning.gradients import name_gradients
from loopc.planning.recording import Site, is_second_order, takes_gradients
from loopc.planning.rewriting import rewritten, rewritten_trains
from loopc.planning.tapes import place_tapes
from loopc.planning.versions import distinct_names
from loopc.semantics import checked
from loopc.vocabulary.types import ModelType

Contains = Mapping[str, frozenset[str]]
Bodies = dict[str, tuple[plan.StepPart, ...]]


def named_gradients(program: checked.CheckedProgram) -> checked.CheckedProgram:
    """The program with each gradient of a function in a statement of its own."""
    functions = tuple(
        replace(f, body=_named(f)) if takes_gradients(f.body) else f
        for f in program.functions
    )
    return replace(program, functions=functions)


def _named(function: checked.CheckedFunction) -> tuple[checked.CheckedStatement, ...]:
    given = [name for name, _ in function.parameters]
    return name_gradients(distinct_names(function.body, given))


def mark_second_order(
    program: checked.CheckedProgram, contains: Contains
) -> checked.CheckedProgram:
    """Mark the calls of functions through which gradients alone reach something."""
    if not any(takes_gradients(f.body) for f in program.functions):
        return program
    marked: set[str] = set()

    def change(node: checked.CheckedNode) -> checked.CheckedNode:
        if isinstance(node, checked.CallFunction):
            return replace(node, second_order=node.function in marked)
        return node

    functions = []
    for function in program.functions:  # callees come before their callers
        functions.append(rewritten(function, change))
        if _second_order(functions[-1], contains):
            marked.add(function.name)
    trains = rewritten_trains(program, change)
    return replace(program, functions=tuple(functions), trains=trains)


def _second_order(function: checked.CheckedFunction, contains: Contains) -> bool:
    last = function.body[-1]
    assert isinstance(last, checked.CheckedReturn)
    known = with_parameters(function, contains)
    given = tuple(
        checked.Local(span=function.span, type=kind, name=name)
        for name, kind in function.parameters
    )
    trained = frozenset[str]().union(*known.values())
    place = (len(function.body) - 1,)
    return is_second_order(
        function.body, Site("result", place, last.value, trained, given), known
    )


def with_parameters(function: checked.CheckedFunction, contains: Contains) -> Contains:
    """What calling a parameter that is a model runs, besides all others."""
    given = {
        name: contains[kind.model]
        for name, kind in function.parameters
        if isinstance(kind, ModelType)
    }
    return {**contains, **given}


def place_in_functions(
    functions: Sequence[checked.CheckedFunction], contains: Contains
) -> Bodies:
    """The parts of each function that takes gradients; what it returns is the last."""
    return {
        f.name: (*place_tapes(f.body[:-1], with_parameters(f, contains)), f.body[-1])
        for f in functions
        if takes_gradients(f.body)
    }
