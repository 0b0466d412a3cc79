"""`fn` and `loss` declarations: checked once per signature of their arguments."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.records import dataclass
from loopc.semantics.arguments import bind_slots
from loopc.semantics.bodies import check_body, unused_names
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    CallFunction,
    CheckedExpression,
    CheckedFunction,
    Local,
    Static,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as shape_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.primitives import as_tensor, tensor_type
from loopc.semantics.static_parameters import EXPECTED, as_parameter, fit_parameter
from loopc.semantics.type_expressions import check_tensor_type
from loopc.semantics.type_fits import fits
from loopc.semantics.values import at, describe_type, failed, is_failed
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import (
    MODEL_STREAM,
    ModelType,
    StaticType,
    TensorType,
    TupleType,
    ValueType,
)


def call_user_function(
    body: Body, node: ast.Function, site: CallSite
) -> CheckedExpression:
    """Check a call: arguments against parameters, then the body for their types."""
    arguments = given_arguments(body, node, site)
    if arguments is None:
        return failed(site.span)
    streams = Streams()
    signature = [_neutral(value, streams) for value in arguments]
    inner_stream = None if body.stream is None else streams.neutral(body.stream)
    function = check_signature(body, node, signature, inner_stream, site.span)
    if function is None:
        return failed(site.span)
    return CallFunction(
        span=site.span,
        type=streams.outer(function.result),
        function=function.name,
        arguments=tuple(arguments),
    )


@dataclass(slots=True)
class Streams:
    """Streams of a call as the function knows them: "*", "*2", ..., and back."""

    names: dict[str, str]

    def __init__(self) -> None:
        self.names = {}

    def neutral(self, stream: str) -> str:
        if stream not in self.names:
            number = len(self.names) + 1
            self.names[stream] = MODEL_STREAM + (str(number) if number > 1 else "")
        return self.names[stream]

    def outer(self, type: ValueType) -> ValueType:
        if isinstance(type, TupleType):
            return TupleType(tuple(self.outer(item) for item in type.items))
        if not isinstance(type, TensorType) or type.stream is None:
            return type
        back = {inner: outer for outer, inner in self.names.items()}
        return replace(type, stream=back.get(type.stream, type.stream))


def _neutral(value: CheckedExpression, streams: Streams) -> CheckedExpression:
    if isinstance(value.type, TensorType) and value.type.stream is not None:
        stream = streams.neutral(value.type.stream)
        return replace(value, type=replace(value.type, stream=stream))
    return value


def given_arguments(
    body: Body, node: ast.Function | ast.Extern, site: CallSite
) -> list[CheckedExpression] | None:
    """The argument of each parameter, of its type; None where one was complained of."""
    name = node.name.text
    names = [parameter.name.text for parameter in node.parameters]
    taken = 0 if site.piped is None else 1
    slots = bind_slots(body, name, site.arguments, names[taken:])
    values: list[CheckedExpression | None] = []
    for position, parameter in enumerate(node.parameters):
        if position < taken and site.piped is not None:
            values.append(_fit(body, name, parameter, site.piped))
            continue
        argument = slots.take(parameter.name.text) or parameter.default
        if argument is not None:
            values.append(_argument(body, name, parameter, argument))
            continue
        if slots.sound:
            missing = parameter.name.text
            body.add(name_errors.missing_argument(name, missing, site.span))
        return None
    found = [value for value in values if value is not None]
    return found if slots.sound and len(found) == len(names) else None


def _argument(
    body: Body, callee: str, parameter: ast.Parameter, node: ast.Expression
) -> CheckedExpression | None:
    type = parameter.type
    if type is not None and type.base.text in (*EXPECTED, "one_of"):
        return fit_parameter(body, callee, parameter, node)
    value = body.check(node)
    return None if is_failed(value) else _fit(body, callee, parameter, value)


def _fit(
    body: Body, callee: str, parameter: ast.Parameter, value: CheckedExpression
) -> CheckedExpression | None:
    type = parameter.type
    if isinstance(value.type, ModelType) and (type is None or _takes_model(type)):
        return value
    if type is not None and _takes_model(type):
        what, found = f"`{parameter.name.text}` of `{callee}`", describe_type(
            value.type
        )
        body.add(errors.wrong_type(what, "a model", found, value.span))
        return None
    if isinstance(value, Static) and not isinstance(value.value, tuple):
        return value
    tensor = as_tensor(body, value)
    if is_failed(tensor):
        return None
    return tensor if _fits(body, callee, parameter, tensor) else None


def _takes_model(type: ast.TypeExpression) -> bool:
    return type.base.text == "model"


def _fits(
    body: Body, callee: str, parameter: ast.Parameter, value: CheckedExpression
) -> bool:
    if parameter.type is None:
        return True
    declared = check_tensor_type(body, parameter.type)
    if declared is None:
        return False
    if fits(tensor_type(value), declared):
        return True
    body.add(
        shape_errors.argument_type(
            callee,
            parameter.name.text,
            str(declared),
            str(tensor_type(value)),
            value.span,
            parameter.span,
        )
    )
    return False


def _key(value: CheckedExpression) -> tuple[object, ...]:
    if isinstance(value, Static):
        return ("static", type(value.value).__name__, value.value)
    if isinstance(value.type, TensorType):
        return ("tensor", replace(value.type, coupled=False))
    return ("other", value.type)


def check_signature(
    body: Body,
    node: ast.Function,
    arguments: Sequence[CheckedExpression],
    stream: str | None,
    span: Span,
) -> CheckedFunction | None:
    """Check a body for arguments of such types, once."""
    context, name = body.context, node.name.text
    keys = tuple(_key(value) for value in arguments)
    key = (name, body.inside, body.training, stream, keys)
    if key not in context.functions:
        with context.defining(name, span) as fresh:
            if not fresh or not context.spend_signature(span):
                return None
            context.functions[key] = _check(body, node, arguments, stream)
    return context.functions[key]


def _check(
    body: Body,
    node: ast.Function,
    arguments: Sequence[CheckedExpression],
    stream: str | None,
) -> CheckedFunction | None:
    inner = Body(
        body.context,
        "function",
        inside=body.inside,
        training=body.training,
        stream=stream,
    )
    for parameter, value in zip(node.parameters, arguments, strict=True):
        _bind(inner, parameter, value)
    what = f"{node.kind} `{node.name.text}`"
    result = check_body(inner, node.body, what, node.name.span)
    if result is None:
        return None
    unused_names(inner)
    statements, output = result
    parameters = tuple(
        (parameter.name.text, value.type)
        for parameter, value in zip(node.parameters, arguments, strict=True)
    )
    made = CheckedFunction(
        span=node.name.span,
        name=node.name.text,
        parameters=parameters,
        body=statements,
        result=output,
        inside=body.inside,
    )
    return unique(body.context, made)


def _bind(inner: Body, parameter: ast.Parameter, value: CheckedExpression) -> None:
    name, span = parameter.name.text, parameter.name.span
    if isinstance(value, Static) and isinstance(value.type, StaticType):
        inner.bind(name, as_parameter(value, name), span)
    elif isinstance(value.type, ModelType):
        inner.bind(name, Local(span=span, type=value.type, name=name), span)
    else:
        inner.bind(name, at(Local(span=span, type=value.type, name=name), span), span)


def unique(context: Context, made: CheckedFunction) -> CheckedFunction:
    """Give a signature a name of its own, or the one of an equal signature."""
    known = [f for f in context.functions.values() if f is not None]
    same = [f for f in known if replace(f, name=made.name) == made]
    if same:
        return same[0]
    taken = {f.name for f in known} | set(context.declarations.by_name) - {made.name}
    name, number = made.name, 1
    while name in taken:
        number += 1
        name = f"{made.name}_{number}"
    return replace(made, name=name)
