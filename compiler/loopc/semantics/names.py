"""What a name means where a value is read: locals, then declarations, clocks."""

from collections.abc import Iterable
from itertools import chain
from typing import Literal, cast

from loopc.semantics.checked import (
    CheckedExpression,
    ClockValue,
    Local,
    StaticName,
)
from loopc.semantics.constants import check_const_named, check_param_named
from loopc.semantics.context import Body
from loopc.semantics.declarations import Named, describe
from loopc.semantics.errors import names as errors
from loopc.semantics.errors import schedules as schedule_errors
from loopc.semantics.free_weights import read_weight
from loopc.semantics.schedule_values import schedule_value
from loopc.semantics.states import read_state
from loopc.semantics.values import at, failed, static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import (
    functions,
    layers,
    losses,
    stateful_metrics,
    suggest,
    transforms,
    written_here,
)
from loopc.vocabulary.types import ModelType, TensorType

Clock = Literal["step", "epoch", "progress"]

CLOCKS = ("step", "epoch", "progress")
CLOCK_PLACES = frozenset({"step", "schedule"})


def check_name(body: Body, node: ast.Name) -> CheckedExpression:
    """Resolve a name that stands for a value."""
    binding = body.scope.find(node.text)
    if binding is not None:
        binding.used = True
        return at(binding.value, node.span)
    declaration = body.context.declarations.use(node.text)
    if declaration is not None:
        return _declared(body, declaration, node)
    if node.text in CLOCKS:
        return _clock(body, node, cast(Clock, node.text))
    unknown_name(body, node.text, node.span)
    return failed(node.span)


def _declared(body: Body, declaration: Named, node: ast.Name) -> CheckedExpression:
    match declaration:
        case ast.Param():
            return _param(body, declaration, node.span)
        case ast.Const():
            return _const(body, declaration, node.span)
        case ast.Schedule():
            return schedule_value(body, node)
        case ast.Model():
            type = ModelType(node.text)
            return Local(span=node.span, type=type, name=node.text)
        case ast.Weight():
            return read_weight(body, declaration, node.span)
        case ast.State():
            return read_state(body, declaration, node.span)
        case ast.Dim():
            return failed(node.span)
        case _:
            what = describe(declaration)
            help = "call it, or use the value of a `param`, `const` or field"
            body.add(errors.not_a_value(node.text, what, node.span, help))
            return failed(node.span)


def _param(body: Body, declaration: ast.Param, span: Span) -> CheckedExpression:
    param = check_param_named(body.context, declaration)
    if param is None:
        return failed(span)
    name = StaticName(span=span, name=param.name, origin="param")
    return static(param.value, span, name)


def _const(body: Body, declaration: ast.Const, span: Span) -> CheckedExpression:
    const = check_const_named(body.context, declaration)
    if const is None:
        return failed(span)
    name = StaticName(span=span, name=const.name, origin="const")
    return static(const.value, span, name)


def _clock(body: Body, node: ast.Name, clock: Clock) -> CheckedExpression:
    if body.place not in CLOCK_PLACES or body.inside == "model":
        help = "clocks are read in a `step`, and in schedules"
        body.add(schedule_errors.clock_misplaced(node.text, node.span, help))
        return failed(node.span)
    type = TensorType("f32", weak=True)
    return ClockValue(span=node.span, type=type, clock=clock)


def unknown_name(body: Body, name: str, span: Span) -> None:
    """Say that nothing has this name, with the nearest that has one."""
    if name in functions() or name in losses() or name in layers():
        help = f"call it: `{name}(...)`"
        what = "a function of the vocabulary"
        body.add(errors.not_a_value(name, what, span, help))
        return
    declarations = body.context.declarations
    guess = suggest(name, [*body.scope.visible(), *declarations.by_name])
    declared = _where(body, guess) if guess else None
    help = written_here(name)
    if body.place == "field":
        help = f'a column of the file is `column("{name}")`'
    problem = errors.unknown_name(name, span, guess, declared, help)
    body.context.add_unknown(name, problem)


def unknown_callee(body: Body, name: str, span: Span, forms: Iterable[str]) -> None:
    """Say that nothing callable has this name; `forms` are called and no entries."""
    declarations = body.context.declarations
    entries = (functions(), layers(), losses(), stateful_metrics(), transforms())
    near = [*body.scope.visible(), *declarations.by_name]
    help = written_here(name)
    guess = suggest(name, near)
    if not help and name in transforms():
        help = f"in a chain it is a gradient transform: `using {name}(...) |> ...`"
        if body.place == "field" and name == "normalize":
            help = 'write `standardize(column("..."), over: train)`'
    elif not help:
        guess = suggest(name, {*near, *chain.from_iterable(entries), *forms})
    declared = _where(body, guess) if guess else None
    problem = errors.unknown_name(name, span, guess, declared, help)
    body.context.add_unknown(name, problem)


def _where(body: Body, name: str) -> Span | None:
    binding = body.scope.find(name)
    if binding is not None:
        return binding.span
    return body.context.declarations.span(name)
