"""`extern fn`: what Python has to take and give, and calls that hold it to that."""

from dataclasses import replace

from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    CallExtern,
    CallFunction,
    CheckedExpression,
    CheckedExtern,
    CheckedFunction,
    CheckedReturn,
    Local,
    Static,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import values as value_errors
from loopc.semantics.extern_declarations import check_extern_named
from loopc.semantics.primitives import as_tensor, streams_meet, tensor_type
from loopc.semantics.type_fits import fits
from loopc.semantics.user_functions import Streams, given_arguments, unique
from loopc.semantics.values import failed, weak_type
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import StaticType, TensorType, TupleType, ValueType


def call_extern(body: Body, node: ast.Extern, site: CallSite) -> CheckedExpression:
    """Check a call in a step; the result has a row for each row of the arguments."""
    extern = check_extern_named(body.context, node)
    if extern is None:
        return failed(site.span)
    if body.inside == "model" or body.place not in ("step", "eval", "function"):
        help = "call it in a step, on what a model gives"
        what = f"`{site.text}`, which is Python,"
        body.add(value_errors.misplaced(what, site.name.span, help))
        return failed(site.span)
    values = given_arguments(body, node, site)
    if values is None:
        return failed(site.span)
    arguments = [as_tensor(body, value) for value in values]
    tensors = [value for value in arguments if not isinstance(value, Static)]
    if not _numbers_fit(body, extern, arguments) or not streams_meet(body, tensors):
        return failed(site.span)
    streams = Streams()
    parameters = tuple(
        (name, _as_parameter(value, declared, streams))
        for (name, declared), value in zip(extern.parameters, arguments, strict=True)
    )
    function = _wrapper(body.context, extern, parameters, site.span)
    if function is None:
        return failed(site.span)
    return CallFunction(
        span=site.span,
        type=streams.outer(function.result),
        function=function.name,
        arguments=tuple(arguments),
    )


def _numbers_fit(
    body: Body, extern: CheckedExtern, values: list[CheckedExpression]
) -> bool:
    """Whether numbers that are known now stand where one number is declared."""
    sound = True
    for (name, declared), value in zip(extern.parameters, values, strict=True):
        kind = weak_type(value) if isinstance(value, Static) else None
        if kind is not None and not fits(kind, declared):
            what = f"`{name}` of `{extern.name}`"
            problem = (what, str(declared), f"a {kind.dtype} number", value.span)
            body.add(value_errors.wrong_type(*problem))
            sound = False
    return sound


def _as_parameter(
    value: CheckedExpression, declared: TensorType, streams: Streams
) -> ValueType:
    if isinstance(value, Static):
        return StaticType("float" if declared.is_float else "int")
    kind = tensor_type(value)
    stream = None if kind.stream is None else streams.neutral(kind.stream)
    return replace(kind, stream=stream)


def _wrapper(
    context: Context,
    extern: CheckedExtern,
    parameters: tuple[tuple[str, ValueType], ...],
    span: Span,
) -> CheckedFunction | None:
    """The function that calls Python with such arguments and looks at what comes."""
    key = ("extern", extern.name, parameters)
    if key not in context.functions:
        if not context.spend_signature(span):
            return None
        made = _function(extern, parameters)
        context.functions[key] = unique(context, made)
    return context.functions[key]


def _function(
    extern: CheckedExtern, parameters: tuple[tuple[str, ValueType], ...]
) -> CheckedFunction:
    result = _result(extern, [kind for _, kind in parameters])
    call = CallExtern(
        span=extern.span,
        type=result,
        extern=extern.name,
        arguments=tuple(
            Local(span=extern.span, type=kind, name=name) for name, kind in parameters
        ),
        declared=tuple(kind for _, kind in extern.parameters),
    )
    return CheckedFunction(
        span=extern.span,
        name=f"call_{extern.name}",
        parameters=parameters,
        body=(CheckedReturn(span=extern.span, value=call),),
        result=result,
        inside="step",
    )


def _result(extern: CheckedExtern, values: list[ValueType]) -> ValueType:
    given = [kind for kind in values if isinstance(kind, TensorType)]
    streams = [kind.stream for kind in given if kind.stream is not None]
    stream = streams[0] if streams else None
    coupled = any(kind.coupled for kind in given)
    items = tuple(replace(r, stream=stream, coupled=coupled) for r in extern.results)
    return items[0] if len(items) == 1 else TupleType(items)
