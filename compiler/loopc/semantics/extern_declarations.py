"""`extern`: the Python that is named, its options, what it takes and what it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loopc.records import dataclass
from loopc.semantics.checked import CheckedExtern, Length, Static
from loopc.semantics.context import Body, Context
from loopc.semantics.dims import is_dim
from loopc.semantics.errors import externs as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.extern_targets import check_target
from loopc.semantics.extern_text import signature_text
from loopc.semantics.extern_transforms import check_extern_transform
from loopc.semantics.options import as_int
from loopc.semantics.static_parameters import fit_parameter
from loopc.semantics.type_expressions import check_tensor_type
from loopc.syntax import ast
from loopc.vocabulary.types import TensorType

EXAMPLES = {
    "fn": "fn warp(x: f32[8]) -> f32[8]",
    "layer": "layer mix(units: int)(x: f32[8]) -> f32[units]",
    "metric": "metric f_beta(beta: float)(label: class(10), output: logits[10]) -> f32",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """What is taken and given where options have certain values."""

    parameters: tuple[tuple[str, TensorType], ...]
    results: tuple[TensorType, ...]
    lengths: tuple[tuple[Length, ...], ...]  # of the axes of each result


def check_extern_named(context: Context, node: ast.Extern) -> CheckedExtern | None:
    """Check a declaration once; None where it was complained about."""
    name = node.name.text
    if name not in context.externs:
        made = _check(context, node)
        if made is not None:
            made = replace(made, signature=signature_text(node))
        context.externs[name] = made
    return context.externs[name]


def _check(context: Context, node: ast.Extern) -> CheckedExtern | None:
    if not context.allow_extern:
        context.add(errors.refused(node.name.text, node.span))
        return None
    if node.kind == "transform":
        return check_extern_transform(context, node)
    if node.kind == "data":
        return _check_data(context, node)
    target = check_target(context, node.target)
    defaults = _defaults(context, node.name.text, node.static or ())
    sound = defaults is not None and _is_whole(context, node)
    signature = Signature((), (), ())
    if sound and defaults is not None and None not in defaults.values():
        given = {name: value for name, value in defaults.items() if value is not None}
        found = signature_of(context, node, given)
        signature, sound = found or signature, found is not None
    if target is None or defaults is None or not sound:
        return None
    extern = _named(node, target, defaults)
    parameters, results = signature.parameters, signature.results
    return replace(extern, parameters=parameters, results=results)


def _check_data(context: Context, node: ast.Extern) -> CheckedExtern | None:
    """Only options: what fields are made of, the data block says."""
    if node.static is not None or node.results:
        context.add(errors.data_signature(node.name.text, node.name.span))
        return None
    target = check_target(context, node.target)
    defaults = _defaults(context, node.name.text, node.parameters)
    if target is None or defaults is None:
        return None
    return _named(node, target, defaults)


def _named(
    node: ast.Extern,
    target: tuple[str, str],
    defaults: Mapping[str, Static | None],
) -> CheckedExtern:
    module, member = target
    return CheckedExtern(
        span=node.span,
        kind=node.kind,
        name=node.name.text,
        module=module,
        member=member,
        static=tuple(defaults.items()),
    )


def _is_whole(context: Context, node: ast.Extern) -> bool:
    """Whether it is said what is taken and given, parameter by parameter."""
    sound = True
    for parameter in node.parameters:
        if parameter.type is None:
            title = f"`{parameter.name.text}` of an extern has no type"
            help = f"write `{parameter.name.text}: f32[8]`"
            context.add(value_errors.missing_part(title, parameter.span, help))
            sound = False
    if node.parameters and node.results:
        return sound
    title = (
        f"`extern {node.kind} {node.name.text}` does not say what it takes and gives"
    )
    help = f'write `extern {EXAMPLES[node.kind]} = "package.module:name"`'
    context.add(value_errors.missing_part(title, node.name.span, help))
    return False


def _defaults(
    context: Context, callee: str, parameters: Sequence[ast.Parameter]
) -> dict[str, Static | None] | None:
    """The default of each option, None where it has none; None, once said."""
    body = Body(context, "static")
    found: dict[str, Static | None] = {}
    for parameter in parameters:
        name = parameter.name.text
        found[name] = None
        if parameter.type is None:
            title = f"`{name}` of an extern has no type"
            help = f"write `{name}: int`"
            context.add(value_errors.missing_part(title, parameter.span, help))
            return None
        if parameter.default is not None:
            value = fit_parameter(body, callee, parameter, parameter.default)
            if value is None:
                return None
            found[name] = value
    return found


def signature_of(
    context: Context, node: ast.Extern, options: Mapping[str, Static]
) -> Signature | None:
    """Resolve the declared types for these options; None, once said."""
    body = Body(context, "static")
    for parameter in node.static or ():
        value, span = options[parameter.name.text], parameter.name.span
        body.bind(parameter.name.text, value, span)
    taken = [(p.name.text, _type(body, p.type)) for p in node.parameters]
    given = [check_tensor_type(body, result) for result in node.results]
    if node.kind == "metric" and not _is_one_number(given):
        if None not in given:
            span = node.results[0].span.to(node.results[-1].span)
            context.add(errors.metric_result(node.name.text, span))
        return None
    parameters = tuple((name, kind) for name, kind in taken if kind is not None)
    results = tuple(kind for kind in given if kind is not None)
    if len(parameters) < len(taken) or len(results) < len(given):
        return None
    lengths = tuple(_lengths(body, result) for result in node.results)
    return Signature(parameters, results, lengths)


def _is_one_number(given: Sequence[TensorType | None]) -> bool:
    return list(given) == [TensorType("f32")]


def _type(body: Body, node: ast.TypeExpression | None) -> TensorType | None:
    return None if node is None else check_tensor_type(body, node)


def _lengths(body: Body, node: ast.TypeExpression) -> tuple[Length, ...]:
    """The axes of a type that was resolved, as they were computed."""
    found: list[Length] = []
    for axis in node.axes or ():
        if isinstance(axis, ast.Name) and is_dim(body.context, axis.text):
            found.append(axis.text)
            continue
        length = as_int(body, "the length of an axis", axis)
        assert length is not None
        found.append(length)
    return tuple(found)
