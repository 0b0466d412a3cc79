"""`extern layer`: constructed with its options, held to its signature where applied."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    ApplyExtern,
    CheckedExpression,
    Construct,
    ConstructExtern,
    Local,
)
from loopc.semantics.constructs import call_declared, declared_construct
from loopc.semantics.context import Body
from loopc.semantics.dims import called_type, matched
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.extern_declarations import (
    Signature,
    check_extern_named,
    signature_of,
)
from loopc.semantics.instances import Built
from loopc.semantics.model_weights import verify_same_inputs
from loopc.semantics.primitives import joined, tensor_type
from loopc.semantics.type_fits import fits
from loopc.semantics.values import failed
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import Axis, TensorType, TupleType, ValueType

ANY_WEIGHT = "*"  # how its weights are called, is known to Python alone


def call_extern_layer(
    body: Body, node: ast.Extern, site: CallSite
) -> CheckedExpression:
    """`mix(64)`, or `x |> mix(64)` in one go."""
    return call_declared(
        body,
        node.name.text,
        site,
        lambda: _construct(body, node, site),
        lambda made, inputs: apply_extern(
            body, made, made, node, inputs, [], site.span
        ),
    )


def _construct(body: Body, node: ast.Extern, site: CallSite) -> Construct | None:
    if check_extern_named(body.context, node) is None:
        return None
    static = node.static or ()
    return declared_construct(body, node.name.text, static, site, ConstructExtern)


def apply_extern(
    body: Body,
    construct: Construct,
    callee: Construct | Local,
    node: ast.Extern,
    inputs: Sequence[CheckedExpression],
    left: Sequence[ast.Argument],
    span: Span,
) -> CheckedExpression:
    """Apply a constructed layer to tensors of the declared types."""
    signature = signature_of(body.context, node, construct.options)
    lengths: dict[str, Axis] = {}
    if signature is None or not _fit(
        body, node, signature, inputs, left, span, lengths
    ):
        return failed(span)
    types = tuple(tensor_type(value) for value in inputs)
    if not verify_same_inputs(body, construct, types, span):
        return failed(span)
    type = _result(signature, types, lengths)
    instance = construct.instance
    names, layer = (ANY_WEIGHT,), construct.layer
    body.instances.record(instance, layer, type, (0, 0), names, counted=False)
    body.instances.built.setdefault(instance, Built(types, (0, 0)))
    return ApplyExtern(
        span=span,
        type=type,
        construct=replace(callee, span=span),
        inputs=tuple(inputs),
        extern=construct.layer,
        lengths=signature.lengths,
    )


def _fit(
    body: Body,
    node: ast.Extern,
    signature: Signature,
    inputs: Sequence[CheckedExpression],
    left: Sequence[ast.Argument],
    span: Span,
    lengths: dict[str, Axis],
) -> bool:
    name = node.name.text
    if left and left[0].name is not None:
        word = left[0].name
        body.add(name_errors.unknown_argument(name, word.text, word.span, None, ()))
        return False
    if len(inputs) != len(signature.parameters):
        takes = ", ".join(parameter for parameter, _ in signature.parameters)
        fact = f"it takes ({takes}), found {len(inputs)} tensor"
        fact += "" if len(inputs) == 1 else "s"
        body.add(errors.layer_input(name, fact, "", span))
        return False
    fitted = [
        fits_declared(body, node, position, signature, value, lengths)
        for position, value in enumerate(inputs)
    ]
    return all(fitted)


def fits_declared(
    body: Body,
    node: ast.Extern,
    position: int,
    signature: Signature,
    value: CheckedExpression,
    lengths: dict[str, Axis],
) -> bool:
    """Whether a tensor may stand for a parameter; dims become as long as its axes."""
    name, declared = signature.parameters[position]
    found = tensor_type(value)
    wanted = matched(body.context, found, declared, lengths)
    if fits(found, wanted):
        return True
    shown, place = str(replace(found, stream=None)), node.parameters[position].span
    expected = str(replace(wanted, stream=None))
    callee = node.name.text
    problem = errors.argument_type(callee, name, expected, shown, value.span, place)
    body.add(problem)
    return False


def _result(
    signature: Signature, types: Sequence[TensorType], lengths: Mapping[str, Axis]
) -> ValueType:
    found = (called_type(result, dict(lengths)) for result in signature.results)
    items = tuple(replace(joined(type, types), weak=False) for type in found)
    return items[0] if len(items) == 1 else TupleType(items)
