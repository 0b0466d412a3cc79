"""`layer` declarations: checked once per signature, constructed, applied."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.bodies import check_body, unused_names
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    ApplyLayer,
    CheckedExpression,
    CheckedTemplate,
    Construct,
    Local,
    Static,
)
from loopc.semantics.constructs import call_declared, declared_construct
from loopc.semantics.context import Body, Context, Template
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.instances import MAX_LAYERS, Built
from loopc.semantics.model_weights import verify_same_inputs
from loopc.semantics.primitives import joined, tensor_type
from loopc.semantics.static_parameters import as_parameter
from loopc.semantics.values import failed, is_failed
from loopc.semantics.walk import walk
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import (
    MODEL_STREAM,
    TensorType,
    TupleType,
    ValueType,
)


def call_template(body: Body, node: ast.Layer, site: CallSite) -> CheckedExpression:
    """`residual(64)`, or `x |> residual(64)` in one go."""
    return call_declared(
        body,
        node.name.text,
        site,
        lambda: declared_construct(body, node.name.text, node.static, site),
        lambda made, inputs: apply_template(body, made, made, inputs, [], site.span),
    )


def apply_template(
    body: Body,
    construct: Construct,
    callee: Construct | Local,
    inputs: Sequence[CheckedExpression],
    left: Sequence[ast.Argument],
    span: Span,
) -> CheckedExpression:
    """Apply a constructed template to tensors."""
    node = body.context.declarations.find(construct.layer)
    if not isinstance(node, ast.Layer) or not _arguments(
        body, node, inputs, left, span
    ):
        return failed(span)
    types = tuple(tensor_type(value) for value in inputs)
    if not verify_same_inputs(body, construct, types, span):
        return failed(span)
    template = _signature(body, node, construct, types, span)
    if template is None:
        return failed(span)
    weights = template.instances.trainable, template.instances.non_trainable
    if not body.instances.include(construct.instance, template.instances):
        body.add(value_errors.too_much("layers", MAX_LAYERS, span))
        return failed(span)
    body.instances.built.setdefault(construct.instance, Built(types, weights))
    body.instances.coupled |= template.instances.coupled
    return ApplyLayer(
        span=span,
        type=_joined(template.output, types),
        construct=replace(callee, span=span),
        inputs=tuple(inputs),
    )


def _arguments(
    body: Body,
    node: ast.Layer,
    inputs: Sequence[CheckedExpression],
    left: Sequence[ast.Argument],
    span: Span,
) -> bool:
    name = node.name.text
    if left and left[0].name is not None:
        word = left[0].name
        body.add(name_errors.unknown_argument(name, word.text, word.span, None, ()))
        return False
    if len(inputs) == len(node.tensors):
        return True
    takes = ", ".join(p.name.text for p in node.tensors)
    fact = f"it takes ({takes}), found {len(inputs)} tensor"
    fact += "" if len(inputs) == 1 else "s"
    body.add(errors.layer_input(name, fact, "", span))
    return False


def _joined(output: ValueType, types: Sequence[TensorType]) -> ValueType:
    if isinstance(output, TupleType):
        return TupleType(tuple(_joined(item, types) for item in output.items))
    if isinstance(output, TensorType):
        coupled = output.coupled
        return replace(joined(output, types), coupled=coupled, weak=False)
    return output


def _signature(
    body: Body,
    node: ast.Layer,
    construct: Construct,
    types: tuple[TensorType, ...],
    span: Span,
) -> Template | None:
    """Check the body for these options and input types, once."""
    context, name = body.context, node.name.text
    inputs = tuple(_neutral(type) for type in types)
    statics = tuple((key, value.value) for key, value in construct.options.items())
    key = (name, statics, inputs)
    if key not in context.templates:
        with context.defining(name, span) as fresh:
            if not fresh or not context.spend_signature(span):
                return None
            context.templates[key] = _check(body, node, construct, inputs)
    return context.templates[key]


def _neutral(type: TensorType) -> TensorType:
    stream = MODEL_STREAM if type.per_example else None
    return replace(type, stream=stream, coupled=False, weak=False)


def _check(
    body: Body, node: ast.Layer, construct: Construct, inputs: Sequence[TensorType]
) -> Template | None:
    inner = Body(body.context, "layer", inside="model")
    for parameter in node.static:
        name = parameter.name.text
        value = as_parameter(construct.options[name], name)
        inner.bind(name, value, parameter.name.span)
    for parameter, type in zip(node.tensors, inputs, strict=True):
        inner.bind_local(parameter.name.text, type, parameter.name.span)
    result = check_body(inner, node.body, f"layer `{node.name.text}`", node.name.span)
    if result is None:
        return None
    unused_names(inner)
    statements, output = result
    declaration = CheckedTemplate(
        span=node.name.span,
        name=node.name.text,
        static=tuple((p.name.text, _default(inner, p)) for p in node.static),
        tensors=tuple(p.name.text for p in node.tensors),
        body=statements,
    )
    return Template(declaration, output, inner.instances)


def _default(body: Body, parameter: ast.Parameter) -> Static | None:
    if parameter.default is None:
        return None
    with body.context.muted():
        value = Body(body.context, "static").check(parameter.default)
    return value if isinstance(value, Static) and not is_failed(value) else None


def whole_templates(context: Context) -> tuple[CheckedTemplate, ...]:
    """One body for each layer: of the first signature in which every branch fits."""
    chosen: dict[str, CheckedTemplate] = {}
    for template in context.templates.values():
        if template is None:
            continue
        made = template.declaration
        old = chosen.get(made.name)
        if old is None or (not _is_whole(old) and _is_whole(made)):
            chosen[made.name] = made
    order = context.declarations.by_name
    return tuple(chosen[name] for name in order if name in chosen)


def _is_whole(template: CheckedTemplate) -> bool:
    nodes = walk(template.body)
    return not any(
        isinstance(node, CheckedExpression) and is_failed(node) for node in nodes
    )
