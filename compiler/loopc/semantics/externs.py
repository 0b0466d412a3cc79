"""`extern fn`: calls that hold what Python takes and gives to what is declared."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    CallExtern,
    CallFunction,
    CheckedExpression,
    CheckedExtern,
    CheckedFunction,
    CheckedReturn,
    Length,
    Local,
    Static,
    StaticName,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.dims import called_type
from loopc.semantics.errors import externs as errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.extern_declarations import (
    Signature,
    check_extern_named,
    signature_of,
)
from loopc.semantics.extern_layers import fits_declared
from loopc.semantics.primitives import as_tensor, streams_meet, tensor_type
from loopc.semantics.static_parameters import check_static_parameters
from loopc.semantics.type_fits import fits
from loopc.semantics.user_functions import Streams, unique
from loopc.semantics.values import failed, is_failed, weak_type
from loopc.semantics.walk import walk
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import Axis, StaticType, TensorType, TupleType, ValueType


def call_extern(body: Body, node: ast.Extern, site: CallSite) -> CheckedExpression:
    """Check a call in a step; the result has a row for each row of the arguments."""
    extern = check_extern_named(body.context, node)
    if extern is None:
        return failed(site.span)
    if body.inside == "model" or body.place not in ("step", "eval", "function"):
        where = "a model" if body.inside == "model" else f"a {body.place}"
        places = (site.name.span, node.name.span)
        given = (site.text, extern.signature, where)
        body.add(errors.call_misplaced(*given, *places))
        return failed(site.span)
    made = _call(body, node, extern, site)
    return failed(site.span) if made is None else made


def _call(
    body: Body, node: ast.Extern, extern: CheckedExtern, site: CallSite
) -> CallFunction | None:
    tensors, given = split_arguments(node, site)
    options = extern_options(body, node, given, site.span)
    arguments = _arguments(body, node, site, tensors)
    if options is None or arguments is None:
        return None
    signature = signature_of(body.context, node, options)
    lengths: dict[str, Axis] = {}
    if signature is None or not _fit(body, node, signature, arguments, lengths):
        return None
    if not streams_meet(body, [v for v in arguments if not isinstance(v, Static)]):
        return None
    streams = Streams()
    parameters = tuple(
        (name, _as_parameter(value, declared, streams))
        for (name, declared), value in zip(signature.parameters, arguments, strict=True)
    )
    results = tuple(called_type(result, lengths) for result in signature.results)
    called = replace(signature, results=results)
    function = _wrapper(body.context, extern, parameters, called, options, site.span)
    if function is None:
        return None
    return CallFunction(
        span=site.span,
        type=streams.outer(function.result),
        function=function.name,
        arguments=tuple(arguments),
    )


def split_arguments(
    node: ast.Extern, site: CallSite
) -> tuple[list[ast.Argument], list[ast.Argument]]:
    """The arguments that are tensors, which come first, and those that are options."""
    options = {parameter.name.text for parameter in node.static or ()}
    room = len(node.parameters) - (0 if site.piped is None else 1)
    behind = site.positional()[room:] if options else []
    given = [
        argument
        for argument in site.arguments
        if argument in behind or (argument.name and argument.name.text in options)
    ]
    return [a for a in site.arguments if a not in given], given


def extern_options(
    body: Body, node: ast.Extern, given: Sequence[ast.Argument], span: Span
) -> dict[str, Static] | None:
    """The value of every option; None, once said."""
    static = node.static or ()
    name = node.name.text
    slots = bind_slots(body, name, given, [parameter.name.text for parameter in static])
    return check_static_parameters(body, name, static, slots, span)


def _arguments(
    body: Body, node: ast.Extern, site: CallSite, given: Sequence[ast.Argument]
) -> list[CheckedExpression] | None:
    """A tensor, or a number that is known now, for each parameter."""
    name = node.name.text
    names = [parameter.name.text for parameter in node.parameters]
    values = [] if site.piped is None else [site.piped]
    slots = bind_slots(body, name, given, names[len(values) :])
    for position, parameter in enumerate(node.parameters[len(values) :], len(values)):
        argument = slots.take(names[position]) or parameter.default
        if argument is None:
            if slots.sound:
                missing = names[position]
                body.add(name_errors.missing_argument(name, missing, site.span))
            return None
        values.append(body.check(argument))
    if not slots.sound or any(map(is_failed, values)):
        return None
    plain = [
        v if isinstance(v, Static) and weak_type(v) else as_tensor(body, v)
        for v in values
    ]
    return None if any(map(is_failed, plain)) else plain


def _fit(
    body: Body,
    node: ast.Extern,
    signature: Signature,
    values: Sequence[CheckedExpression],
    lengths: dict[str, Axis],
) -> bool:
    """Whether tensors, and numbers where one number is declared, are as declared."""
    sound = True
    for position, value in enumerate(values):
        name, declared = signature.parameters[position]
        kind = weak_type(value) if isinstance(value, Static) else None
        if kind is None:
            given = (position, signature, value, lengths)
            sound &= fits_declared(body, node, *given)
        elif not fits(kind, declared):
            what = f"`{name}` of `{node.name.text}`"
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
    signature: Signature,
    options: Mapping[str, Static],
    span: Span,
) -> CheckedFunction | None:
    """The function that calls Python with such arguments and looks at what comes."""
    printed = {name: _lasting(value) for name, value in options.items()}
    values = tuple((n, v.value, repr(v.expression)) for n, v in printed.items())
    key = ("extern", extern.name, parameters, signature.results, values)
    if key not in context.functions:
        if not context.spend_signature(span):
            return None
        made = _function(extern, parameters, signature, printed)
        context.functions[key] = unique(context, made)
    return context.functions[key]


def _lasting(value: Static) -> Static:
    """A value as the script can write it anywhere: of params and consts, or itself."""
    names = [n for n in walk(value.expression) if isinstance(n, StaticName)]
    if all(name.origin in ("param", "const") for name in names):
        return value
    return replace(value, expression=None)


def _function(
    extern: CheckedExtern,
    parameters: tuple[tuple[str, ValueType], ...],
    signature: Signature,
    options: Mapping[str, Static],
) -> CheckedFunction:
    result = _result(signature, [kind for _, kind in parameters])
    call = CallExtern(
        span=extern.span,
        type=result,
        extern=extern.name,
        arguments=tuple(
            Local(span=extern.span, type=kind, name=name) for name, kind in parameters
        ),
        declared=tuple(kind for _, kind in signature.parameters),
        options=options,
        lengths=tuple(tuple(map(_lasting_length, axes)) for axes in signature.lengths),
    )
    return CheckedFunction(
        span=extern.span,
        name=f"call_{extern.name}",
        parameters=parameters,
        body=(CheckedReturn(span=extern.span, value=call),),
        result=result,
        inside="step",
    )


def _lasting_length(length: Length) -> Length:
    return length if isinstance(length, str) else _lasting(length)


def _result(signature: Signature, values: list[ValueType]) -> ValueType:
    given = [kind for kind in values if isinstance(kind, TensorType)]
    streams = [kind.stream for kind in given if kind.stream is not None]
    stream = streams[0] if streams else None
    coupled = any(kind.coupled for kind in given)
    items = tuple(replace(r, stream=stream, coupled=coupled) for r in signature.results)
    return items[0] if len(items) == 1 else TupleType(items)
