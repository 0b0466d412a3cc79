"""`model` declarations: inputs, body, declared results, weights; and their calls."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.arguments import bind_slots
from loopc.semantics.bodies import check_body, unused_names
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    CallModel,
    CallModelValue,
    CheckedExpression,
    CheckedModel,
    Local,
    Origin,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.derived_models import check_origin, derivation, follow
from loopc.semantics.dims import called_type, matched, varies
from loopc.semantics.errors import derived as errors_of_derived
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.masks import given_masks, mask_inputs
from loopc.semantics.modes import check_mode, is_mode
from loopc.semantics.plain_inputs import for_each_example
from loopc.semantics.primitives import as_tensor, streams_meet, tensor_type
from loopc.semantics.type_expressions import check_tensor_type
from loopc.semantics.type_fits import fits, merged_result
from loopc.semantics.values import describe_type, failed, is_failed
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import (
    MODEL_STREAM,
    Axis,
    ModelType,
    TensorType,
    TupleType,
    ValueType,
)


def check_model_named(context: Context, node: ast.Model) -> CheckedModel | None:
    """Check a model once; None where it was complained about."""
    name = node.name.text
    if name in context.models:
        return context.models[name]
    with context.defining(name, node.name.span) as fresh:
        if not fresh:
            return None
        checked = _check_model(context, node)
    context.models[name] = checked
    return checked


def _check_model(context: Context, node: ast.Model) -> CheckedModel | None:
    if node.parameters is None or derivation(context, node) is not None:
        return _check_derived(context, node)
    body = Body(context, "model", inside="model")
    inputs = _inputs(body, node.parameters)
    if inputs is None:
        return None
    result = check_body(body, node.body, f"model `{node.name.text}`", node.name.span)
    if result is None:
        return None
    unused_names(body)
    statements, found = result
    output = check_result(body, node, found)
    if output is None:
        return None
    return CheckedModel(
        span=node.name.span,
        name=node.name.text,
        inputs=(*inputs, *mask_inputs(inputs, statements)),
        body=statements,
        output=output,
        contains=_contains(context, body),
        layers=tuple(body.instances.summaries),
        trainable=_counted(context, body, trainable=True),
        non_trainable=_counted(context, body, trainable=False),
        counted=_is_counted(context, body),
    )


def _check_derived(context: Context, node: ast.Model) -> CheckedModel | None:
    found = check_origin(context, node)
    if found is None:
        return None
    origin, source = found
    if source is None:
        return _from_file(context, node, origin)
    followed = check_model_named(context, source)
    return None if followed is None else follow(node, origin, followed)


def _from_file(
    context: Context, node: ast.Model, origin: Origin
) -> CheckedModel | None:
    """A network as its declaration says it is; its file is compared when it loads."""
    body = Body(context, "model", inside="model")
    inputs = _inputs(body, node.parameters or ())
    results = [check_tensor_type(body, result) for result in node.results]
    known = tuple(result for result in results if result is not None)
    if inputs is None or len(known) < len(results):
        return None
    return CheckedModel(
        span=node.name.span,
        name=node.name.text,
        inputs=inputs,
        body=(),
        output=known[0] if len(known) == 1 else TupleType(known),
        contains=(),
        layers=(),
        trainable=0,
        non_trainable=0,
        origin=origin,
    )


def _inputs(
    body: Body, parameters: Sequence[ast.Parameter]
) -> tuple[tuple[str, TensorType], ...] | None:
    inputs: list[tuple[str, TensorType]] = []
    sound = True
    for parameter in parameters:
        type = _input(body, parameter)
        sound = sound and type is not None
        if type is not None:
            span = parameter.name.span
            body.bind_given(parameter.name.text, type, span)
            inputs.append((parameter.name.text, type))
    return tuple(inputs) if sound else None


def _input(body: Body, parameter: ast.Parameter) -> TensorType | None:
    name, span = parameter.name.text, parameter.name.span
    first = body.scope.names.get(name)
    if first is not None:
        body.add(name_errors.already_declared(name, span, first.span))
        return None
    if parameter.type is None:
        help = "a model is built before it runs: write `name: f32[28, 28]`"
        body.add(name_errors.missing_argument(name, "a type", span, help))
        return None
    type = check_tensor_type(body, parameter.type)
    return None if type is None else replace(type, stream=MODEL_STREAM)


def check_result(body: Body, node: ast.Model, found: ValueType) -> ValueType | None:
    """Compare what a body returns with what the model declares."""
    declared = [check_tensor_type(body, result) for result in node.results]
    if not declared:
        return found
    types = found.items if isinstance(found, TupleType) else (found,)
    what = f"model `{node.name.text}`"
    place = _result_place(node)
    if len(types) != len(declared):
        expected = f"{len(declared)} value{'s' if len(declared) > 1 else ''}"
        shown = f"{len(types)} value{'s' if len(types) > 1 else ''}"
        span = node.results[0].span
        body.add(errors.result_type(what, expected, shown, place, span))
        return None
    merged = [
        _result(body, what, type, wanted, result.span, place)
        for type, wanted, result in zip(types, declared, node.results, strict=True)
    ]
    known = tuple(item for item in merged if item is not None)
    if len(known) < len(merged):
        return None
    return known[0] if len(known) == 1 else TupleType(known)


def _result_place(node: ast.Model) -> Span:
    if not isinstance(node.body, ast.Block):
        return node.body.span
    last = node.body.statements[-1] if node.body.statements else None
    return node.name.span if last is None else last.span


def _result(
    body: Body,
    what: str,
    found: ValueType,
    declared: TensorType | None,
    span: Span,
    place: Span,
) -> TensorType | None:
    if declared is None or not isinstance(found, TensorType):
        return None
    merged = merged_result(found, declared)
    if merged is None:
        shown = str(replace(found, stream=None))
        help = ""
        if found.kind == "probabilities" and declared.kind == "logits":
            help = (
                "leave out the last activation, softmax or sigmoid: losses of logits"
                " apply it"
            )
        elif found.shape == (*declared.shape, 1):
            last = len(declared.shape)
            help = f"declare `{replace(declared, shape=found.shape)}`, or take the"
            help += f" last axis off: `squeeze(..., axis: {last})`"
        body.add(errors.result_type(what, str(declared), shown, place, span, help))
    return merged


def _contains(context: Context, body: Body) -> tuple[str, ...]:
    """Models called inside, directly or not, in the order they are met."""
    found: dict[str, None] = {}
    for name in body.instances.contains:
        found[name] = None
        inner = context.models.get(name)
        found.update(dict.fromkeys(inner.contains if inner else ()))
    return tuple(found)


def _counted(context: Context, body: Body, trainable: bool) -> int:
    """Weights of the model itself and of every model inside, each once."""
    own = body.instances.trainable if trainable else body.instances.non_trainable
    inner = (own_weights(context, name) for name in _contains(context, body))
    return own + sum(pair[0 if trainable else 1] for pair in inner)


def _is_counted(context: Context, body: Body) -> bool:
    """Whether no layer is Python's, in models inside neither."""
    inner = (context.models.get(name) for name in _contains(context, body))
    own = all(layer.counted for layer in body.instances.summaries)
    return own and all(model is None or model.counted for model in inner)


def own_weights(context: Context, name: str) -> tuple[int, int]:
    """Weights of a model without those of the models it calls."""
    model = context.models.get(name)
    if model is None:
        return 0, 0
    trainable = sum(layer.trainable for layer in model.layers)
    return trainable, sum(layer.non_trainable for layer in model.layers)


def call_model(
    body: Body, called: str, kind: ModelType, site: CallSite
) -> CheckedExpression:
    """`net(image)`: inputs fitted to the declared types, one stream for all."""
    declared = kind.model
    node = body.context.declarations.use(declared)
    if not isinstance(node, ast.Model):
        return failed(site.span)
    body.context.models_called.add(declared)
    model = check_model_named(body.context, node)
    if model is not None and model.source is not None:
        source = body.context.declarations.use(model.source)
        body.context.models_called.add(model.source)
        node = source if isinstance(source, ast.Model) else node
    if model is None and node.parameters is None:
        return failed(site.span)
    lengths: dict[str, Axis] = {}
    inputs = _call_inputs(body, called, node, model, site, lengths)
    if model is None or inputs is None:
        return failed(site.span)
    if body.builds and model.origin is not None:
        body.add(errors_of_derived.derived_inside(called, site.span))
        return failed(site.span)
    masks = given_masks(body, called, model, inputs)
    mode = check_mode(body, site, derived=model.origin is not None)
    if masks is None or mode is None:
        return failed(site.span)
    inputs.extend(masks)
    if body.builds:
        body.instances.contains.setdefault(declared, site.span)
    types = [tensor_type(value) for value in inputs]
    if any(map(varies, types)) and body.inside != "model":
        body.context.padded_models.update([declared, *model.contains])
    follows = body.inside == "model" or body.place == "function"
    training = None if follows else body.training
    type = _output(model.output, types, lengths)
    if kind.value:
        value = Local(span=site.name.span, type=kind, name=called)
        return CallModelValue(
            span=site.span,
            type=type,
            model=value,
            inputs=tuple(inputs),
            training=mode == "training" if mode else training,
        )
    return CallModel(
        span=site.span,
        type=type,
        model=called,
        inputs=tuple(inputs),
        training=training,
        mode=mode,
        derived=model.origin is not None,
    )


def _output(
    output: ValueType, types: Sequence[TensorType], lengths: dict[str, Axis]
) -> ValueType:
    if isinstance(output, TupleType):
        return TupleType(tuple(_output(o, types, lengths) for o in output.items))
    if not isinstance(output, TensorType):
        return output
    stream = next((t.stream for t in types if t.stream is not None), None)
    coupled = output.coupled or any(t.coupled for t in types)
    return replace(called_type(output, lengths), stream=stream, coupled=coupled)


def _call_inputs(
    body: Body,
    called: str,
    node: ast.Model,
    model: CheckedModel | None,
    site: CallSite,
    lengths: dict[str, Axis],
) -> list[CheckedExpression] | None:
    values = _sorted_inputs(body, called, node, site)
    if values is None or model is None:
        return None
    tensors = [as_tensor(body, value) for value in values]
    if any(is_failed(value) for value in tensors):
        return None
    tensors = for_each_example(body, tensors)
    sound = [
        _fits(body, called, value, type, parameter, lengths)
        for value, (_, type), parameter in zip(
            tensors, model.inputs, node.parameters or (), strict=False
        )
    ]
    return tensors if all(sound) and streams_meet(body, tensors) else None


def _sorted_inputs(
    body: Body, called: str, node: ast.Model, site: CallSite
) -> list[CheckedExpression] | None:
    names = [parameter.name.text for parameter in node.parameters or ()]
    piped = [] if site.piped is None else [site.piped]
    free = names[len(piped) :]
    arguments = [a for a in site.arguments if not is_mode(a)]
    slots = bind_slots(body, called, arguments, free)
    values = list(piped)
    for name in free:
        value = slots.take(name)
        if value is None:
            if slots.sound:
                problem = name_errors.missing_argument(called, name, site.span)
                body.add(problem)
            return None
        values.append(body.check(value))
    return values if slots.sound else None


def _fits(
    body: Body,
    called: str,
    value: CheckedExpression,
    type: TensorType,
    parameter: ast.Parameter,
    lengths: dict[str, Axis],
) -> bool:
    found = tensor_type(value)
    type = matched(body.context, found, type, lengths)
    if not fits(found, type):
        expected = str(replace(type, stream=None))
        shown = str(replace(found, stream=None))
        name, span = parameter.name.text, parameter.span
        problem = errors.argument_type(called, name, expected, shown, value.span, span)
        body.add(problem)
        return False
    if found.per_example:
        return True
    body.add(errors.plain_input(called, describe_type(value.type), value.span))
    return False
