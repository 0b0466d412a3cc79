"""`extern metric`: called in a report with tensors of declared types, and options."""

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import CheckedExpression, CheckedExtern, ExternMetric
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as shape_errors
from loopc.semantics.extern_declarations import check_extern_named, signature_of
from loopc.semantics.extern_layers import fits_declared
from loopc.semantics.primitives import as_tensor, streams_meet
from loopc.semantics.static_parameters import check_static_parameters
from loopc.semantics.values import failed, is_failed
from loopc.syntax import ast
from loopc.vocabulary.types import Axis, TensorType


def call_extern_metric(
    body: Body, node: ast.Extern, site: CallSite
) -> CheckedExpression:
    """`f_beta(label, output, beta: 2.0)`: tensors first, then options."""
    extern = check_extern_named(body.context, node)
    if extern is None:
        return failed(site.span)
    if not body.in_report:
        body.add(shape_errors.metric_misplaced(node.name.text, site.span))
        return failed(site.span)
    found = _call(body, node, extern, site)
    return failed(site.span) if found is None else found


def _call(
    body: Body, node: ast.Extern, extern: CheckedExtern, site: CallSite
) -> ExternMetric | None:
    name = node.name.text
    values, left = site.operands(body, len(node.parameters))
    if any(is_failed(value) for value in values):
        return None
    if len(values) < len(node.parameters):
        missing = node.parameters[len(values)].name.text
        body.add(name_errors.missing_argument(name, missing, site.span))
        return None
    static = node.static or ()
    slots = bind_slots(body, name, left, [p.name.text for p in static])
    written = frozenset(slots.given)
    options = check_static_parameters(body, name, static, slots, site.span)
    tensors = [as_tensor(body, value) for value in values]
    if options is None or any(is_failed(t) for t in tensors):
        return None
    signature = signature_of(body.context, node, options)
    if signature is None or not streams_meet(body, tensors):
        return None
    lengths: dict[str, Axis] = {}
    fitted = [
        fits_declared(body, node, position, signature, value, lengths)
        for position, value in enumerate(tensors)
    ]
    if not all(fitted):
        return None
    return ExternMetric(
        span=site.span,
        type=TensorType("f32"),
        name=name,
        arguments=tuple(tensors),
        options=options,
        explicit=written,
        declared=tuple(kind for _, kind in signature.parameters),
    )
