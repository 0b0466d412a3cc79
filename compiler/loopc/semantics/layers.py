"""Layers of the vocabulary: constructed with static options, applied to tensors."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.arguments import bind_options, bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import ApplyLayer, CheckedExpression, Construct, Local
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.extern_layers import apply_extern
from loopc.semantics.instances import Built
from loopc.semantics.layer_keywords import check_tensors, keywords_fit
from loopc.semantics.options import check_option
from loopc.semantics.primitives import as_tensor, joined, streams_meet, tensor_type
from loopc.semantics.stored_functions import list_operand
from loopc.semantics.templates import apply_template
from loopc.semantics.values import describe_type, failed, is_failed, plain_options
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import layers
from loopc.vocabulary.entry import Inner, LayerEntry, Mismatch
from loopc.vocabulary.types import InstanceType, TensorType, TupleType, ValueType
from loopc.vocabulary.weight_names import weight_names


def call_layer(body: Body, entry: LayerEntry, site: CallSite) -> CheckedExpression:
    """`dense(10)`, or `x |> dense(10)` and `concatenate([a, b])` in one go."""
    if not body.builds:
        where = "a fn" if body.place == "function" else f"a {body.place}"
        body.add(errors.constructed_in_step(entry.name, site.span, where))
        return failed(site.span)
    inputs = _merged_inputs(entry, site)
    options = [a for a in site.arguments if a not in inputs]
    construct = _construct(body, entry, options, site.span)
    if construct is None:
        return failed(site.span)
    if site.piped is None and not inputs:
        return construct
    applied = CallSite(site.name, inputs, site.span, site.piped)
    return apply_instance(body, construct, applied)


def _merged_inputs(entry: LayerEntry, site: CallSite) -> tuple[ast.Argument, ...]:
    """The tensors in `add([a, b])` and `add(a, b)`: such layers are made and applied.

    One number, or a list of them, is an option: `dot(-1)`.
    """
    positional = site.positional()
    if not entry.as_list or site.piped is not None or not positional:
        return ()
    if len(positional) > 1:
        return tuple(positional)
    first = positional[0].value
    if isinstance(first, ast.ListLiteral) and not all(map(_is_number, first.items)):
        return (positional[0],)
    return ()


def _is_number(node: ast.Expression) -> bool:
    operand = node.operand if isinstance(node, ast.Unary) else node
    return isinstance(operand, ast.Number)


def _construct(
    body: Body, entry: LayerEntry, arguments: Sequence[ast.Argument], span: Span
) -> Construct | None:
    hint = body.hint_for(span)
    inner: list[Construct] = []
    if entry.wraps:
        inner = _inner(body, entry, arguments, span)
        if not inner:
            return None
        arguments = [a for a in arguments if a is not _first(arguments)]
    options = bind_options(body, entry, arguments, span)
    if options is None:
        return None
    return Construct(
        span=span,
        type=InstanceType(entry.name),
        layer=entry.name,
        options=options.values,
        explicit=options.explicit,
        instance=body.instances.name(hint or entry.name, span),
        inner=inner[0] if inner else None,
        beside=tuple(inner[1:]),
    )


def _first(arguments: Sequence[ast.Argument]) -> ast.Argument | None:
    return next((a for a in arguments if a.name is None), None)


def _inner(
    body: Body, entry: LayerEntry, arguments: Sequence[ast.Argument], span: Span
) -> list[Construct]:
    """The layer that a wrapper takes first, or the list of them; none complained of."""
    first = _first(arguments)
    if first is None:
        layer = "gru_cell" if entry.stacks else "gru"
        help = f"write `{entry.name}({layer}(64))`"
        body.add(name_errors.missing_argument(entry.name, "a layer", span, help))
        return []
    if entry.stacks and isinstance(first.value, ast.ListLiteral) and first.value.items:
        found = [_one_inner(body, entry, item) for item in first.value.items]
        return [] if None in found else [each for each in found if each is not None]
    one = _one_inner(body, entry, first.value)
    return [] if one is None else [one]


def _one_inner(body: Body, entry: LayerEntry, node: ast.Expression) -> Construct | None:
    value = body.check(node)
    if isinstance(value, Construct) and not value.template:
        return value
    if not is_failed(value):
        what, found = f"the argument of `{entry.name}`", describe_type(value.type)
        body.add(value_errors.wrong_type(what, "a layer", found, node.span))
    return None


def apply_named(body: Body, value: Local, site: CallSite) -> CheckedExpression:
    """Apply a layer that has a name: every application shares its weights."""
    construct = body.instances.constructs.get(value.name)
    if construct is None:
        return failed(site.span)
    return _apply(body, construct, value, site)


def apply_instance(
    body: Body, construct: Construct, site: CallSite
) -> CheckedExpression:
    return _apply(body, construct, construct, site)


def _apply(
    body: Body, construct: Construct, callee: Construct | Local, site: CallSite
) -> CheckedExpression:
    entry = None if construct.template else layers()[construct.layer]
    inputs, left = _inputs(body, entry, site)
    if inputs is None:
        return failed(site.span)
    inputs = [as_tensor(body, value) for value in inputs]
    if any(is_failed(v) for v in inputs) or not _examples(body, construct, inputs):
        return failed(site.span)
    declared = body.context.declarations.find(construct.layer)
    if isinstance(declared, ast.Extern):
        return apply_extern(body, construct, callee, declared, inputs, left, site.span)
    if entry is None:
        return apply_template(body, construct, callee, inputs, left, site.span)
    keywords = _keywords(body, entry, left)
    if keywords is None or not _count(body, entry, inputs, site.span):
        return failed(site.span)
    return _typed(body, entry, construct, callee, inputs, keywords, site.span)


def _inputs(
    body: Body, entry: LayerEntry | None, site: CallSite
) -> tuple[list[CheckedExpression] | None, list[ast.Argument]]:
    if entry is not None and entry.as_list and _is_list(site):
        return list_operand(body, site)
    values, left = site.operands(body, None)
    return (None if any(map(is_failed, values)) else values), left


def _is_list(site: CallSite) -> bool:
    """Whether the tensors stand in one list, not as arguments of their own."""
    positional = site.positional()
    one = site.piped is None and len(positional) == 1
    return one and isinstance(positional[0].value, ast.ListLiteral)


def _examples(
    body: Body, construct: Construct, inputs: Sequence[CheckedExpression]
) -> bool:
    """Whether the inputs are examples of one stream."""
    if not streams_meet(body, inputs):
        return False
    plain = [v for v in inputs if not tensor_type(v).per_example]
    if len(plain) == len(inputs) and plain:
        found = str(tensor_type(plain[0]))
        body.add(errors.plain_input(construct.layer, found, plain[0].span))
        return False
    return True


def _count(
    body: Body, entry: LayerEntry, inputs: Sequence[CheckedExpression], span: Span
) -> bool:
    least, most = entry.inputs
    if least <= len(inputs) and (most is None or len(inputs) <= most):
        return True
    wanted = f"{least}" if least == most else f"at least {least}"
    fact = f"it takes {wanted} tensor{'s' if least != 1 else ''}, found {len(inputs)}"
    body.add(errors.layer_input(entry.name, fact, "", span))
    return False


def _keywords(
    body: Body, entry: LayerEntry, left: Sequence[ast.Argument]
) -> dict[str, CheckedExpression] | None:
    """Call options such as `causal: true`; defaults are left to Keras."""
    names = [option.name for option in entry.keywords]
    slots = bind_slots(body, entry.name, left, names, 0)
    values: dict[str, CheckedExpression] = {}
    for option in entry.keywords:
        argument = slots.given.get(option.name)
        if argument is None:
            continue
        value: CheckedExpression | None
        if option.kind == "any":
            value = check_tensors(body, argument.value)
        else:
            value = check_option(body, entry.name, option, argument.value)
        if value is None or is_failed(value):
            return None
        values[option.name] = value
    return values if slots.sound else None


def _typed(
    body: Body,
    entry: LayerEntry,
    construct: Construct,
    callee: Construct | Local,
    inputs: list[CheckedExpression],
    keywords: dict[str, CheckedExpression],
    span: Span,
) -> CheckedExpression:
    types = tuple(tensor_type(value) for value in inputs)
    try:
        output = output_of(entry, construct, types)
        weights = weights_of(entry, construct, types)
    except Mismatch as mismatch:
        problem = errors.layer_input(entry.name, mismatch.fact, mismatch.help, span)
        body.add(problem)
        return failed(span)
    if not _same_weights(body, construct, types, weights, inputs[0].span):
        return failed(span)
    if not keywords_fit(body, entry, plain_options(construct.options), types, keywords):
        return failed(span)
    type = _joined(output, types, entry.coupled)
    names = weight_names(entry, plain_options(construct.options), inner_of(construct))
    body.instances.record(construct.instance, entry.name, type, weights, names)
    body.instances.built.setdefault(construct.instance, Built(types, weights))
    body.instances.coupled |= entry.coupled
    return ApplyLayer(
        span=span,
        type=type,
        construct=replace(callee, span=span),
        inputs=tuple(inputs),
        as_list=entry.as_list,
        keywords=keywords,
    )


def output_of(
    entry: LayerEntry, construct: Construct, types: tuple[TensorType, ...]
) -> ValueType:
    options = plain_options(construct.options)
    inner = inner_of(construct)
    if inner is not None and entry.wrapped_shape is not None:
        return entry.wrapped_shape(types, options, inner)
    return entry.shape(types, options)


def weights_of(
    entry: LayerEntry, construct: Construct, types: tuple[TensorType, ...]
) -> tuple[int, int]:
    options = plain_options(construct.options)
    inner = inner_of(construct)
    if inner is not None and entry.wrapped_weights is not None:
        return entry.wrapped_weights(types, options, inner)
    return entry.weights(types, options)


def inner_of(construct: Construct) -> Inner | None:
    inner = construct.inner
    if inner is None:
        return None
    beside = tuple(_as_inner(each) for each in construct.beside)
    return replace(_as_inner(inner), beside=beside)


def _as_inner(construct: Construct) -> Inner:
    options = plain_options(construct.options)
    return Inner(layers()[construct.layer], options, construct.instance)


def _same_weights(
    body: Body,
    construct: Construct,
    types: tuple[TensorType, ...],
    weights: tuple[int, int],
    span: Span,
) -> bool:
    built = body.instances.built.get(construct.instance)
    if built is None or built.weights == weights:
        return True
    first, second = (", ".join(map(str, t)) for t in (built.inputs, types))
    problem = errors.instance_rebuilt(construct.instance, first, second, span)
    body.add(problem)
    return False


def _joined(
    output: ValueType, types: tuple[TensorType, ...], coupled: bool
) -> ValueType:
    if isinstance(output, TupleType):
        return TupleType(tuple(_joined(item, types, coupled) for item in output.items))
    if not isinstance(output, TensorType):
        return output
    type = joined(output, types)
    return replace(type, coupled=type.coupled or coupled, weak=False)
