"""Masks: which positions of a varying axis are real, and values that forget to ask."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    ApplyLayer,
    Average,
    CheckedData,
    CheckedExpression,
    CheckedModel,
    CheckedStatement,
    CheckedStream,
    CheckedTrain,
    Construct,
    Indexing,
    Local,
    Slice,
    Total,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.dims import varies
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import sequences as errors
from loopc.semantics.values import failed
from loopc.semantics.walk import walk
from loopc.source import Span
from loopc.vocabulary import layers
from loopc.vocabulary.types import InstanceType, TensorType

SUFFIX = " mask"  # of a name: no name of a program has a blank


def mask_name(name: str) -> str:
    """What the mask of a field or of a model's input is called inside."""
    return f"{name}{SUFFIX}"


def masked_by(name: str) -> str | None:
    """The field or input that a mask of this name belongs to."""
    return name.removesuffix(SUFFIX) if name.endswith(SUFFIX) else None


def mask_type(type: TensorType) -> TensorType | None:
    """The type of the mask of a value; None where not exactly one axis varies."""
    axes = tuple(axis for axis in type.shape if isinstance(axis, str))
    if len(axes) != 1:
        return None
    return TensorType("bool", axes, stream=type.stream)


def check_mask(body: Body, site: CallSite) -> CheckedExpression:
    """`mask(tokens)`: true where an example has a position, false where padded."""
    values, left = site.operands(body, 1)
    if left or not values:
        help = "write `mask(tokens)`, the name of a field"
        body.add(name_errors.missing_argument("mask", "field", site.span, help))
        return failed(site.span)
    mask = mask_of(body, values[0])
    if mask is None:
        body.add(errors.no_mask(values[0].span))
        return failed(site.span)
    return replace(mask, span=site.span)


def mask_of(body: Body, value: CheckedExpression) -> CheckedExpression | None:
    """The mask of a field, of an input of the model, or of a slice of one."""
    match value:
        case Local(type=TensorType() as type, name=name) if _is_given(body, name):
            mask = mask_type(type)
            if mask is None:
                return None
            return Local(span=value.span, type=mask, name=mask_name(name))
        case Indexing(value=Local(type=TensorType() as type) as whole):
            return _sliced(value, type, mask_of(body, whole))
    return None


def _is_given(body: Body, name: str) -> bool:
    """Whether a name still is the field or input that it was bound to.

    That of a record's field, `t.image`, is nothing that can be bound anew.
    """
    binding = body.scope.find(name)
    return "." in name or (binding is not None and binding.given)


def _sliced(
    value: Indexing, type: TensorType, mask: CheckedExpression | None
) -> CheckedExpression | None:
    position = next((i for i, a in enumerate(type.shape) if isinstance(a, str)), 0)
    if mask is None or position >= len(value.items):
        return mask
    item, found = value.items[position], value.type
    if not isinstance(item, Slice) or not isinstance(found, TensorType):
        return None
    axes = tuple(axis for axis in found.shape if isinstance(axis, str))
    assert isinstance(mask.type, TensorType)
    result = replace(mask.type, shape=axes)
    return Indexing(span=value.span, type=result, value=mask, items=(item,))


def masks_read(node: object) -> tuple[str, ...]:
    """What the masks that are read belong to, each once, in order of their names."""
    names = (masked_by(n.name) for n in walk(node) if isinstance(n, Local))
    return tuple(sorted({name for name in names if name is not None}))


def with_masks(train: CheckedTrain) -> CheckedTrain:
    """A loop whose streams bring the masks that its bodies read."""
    evals = tuple(
        replace(item, stream=_bringing(item.stream, item.body)) for item in train.evals
    )
    stream = None if train.stream is None else _bringing(train.stream, train.body)
    return replace(train, stream=stream, evals=evals)


def _bringing(stream: CheckedStream, body: Sequence[CheckedStatement]) -> CheckedStream:
    fields = dict(stream.bindings)
    masks = [
        (mask_name(name), mask_name(fields[name]))
        for name in masks_read(tuple(body))
        if name in fields
    ]
    return replace(stream, bindings=(*stream.bindings, *masks))


def bringing_all(stream: CheckedStream, data: CheckedData) -> CheckedStream:
    """The stream of a draw, with the masks of all its fields."""
    known = {item.name for item in data.fields}
    masks = [
        (mask_name(name), mask_name(field))
        for name, field in stream.bindings
        if mask_name(field) in known
    ]
    return replace(stream, bindings=(*stream.bindings, *masks))


def masks_kept(data: CheckedData, trains: Sequence[CheckedTrain]) -> CheckedData:
    """The data without masks that nothing reads."""
    read = {
        field
        for node in walk(tuple(trains))
        if isinstance(node, CheckedStream) and node.data == data.name
        for _, field in node.bindings
    }
    kept = [f for f in data.fields if masked_by(f.name) is None or f.name in read]
    return replace(data, fields=tuple(kept))


# ------------------------------------------------------------------------------ inputs


def mask_inputs(
    inputs: Sequence[tuple[str, TensorType]], body: Sequence[CheckedStatement]
) -> tuple[tuple[str, TensorType], ...]:
    """The masks that a model reads: further inputs of it, behind the declared ones."""
    known = dict(inputs)
    found: list[tuple[str, TensorType]] = []
    for name in masks_read(tuple(body)):
        type = mask_type(known[name]) if name in known else None
        if type is not None:
            found.append((mask_name(name), type))
    return tuple(found)


def given_masks(
    body: Body, called: str, model: CheckedModel, values: Sequence[CheckedExpression]
) -> tuple[CheckedExpression, ...] | None:
    """The masks that a call hands over with its arguments; None, once said."""
    names = [name for name, _ in model.inputs]
    masks: list[CheckedExpression] = []
    for name in names[len(values) :]:
        owner = masked_by(name)
        assert owner is not None
        value = values[names.index(owner)]
        mask = mask_of(body, value)
        if mask is None:
            body.add(errors.mask_not_given(called, owner, value.span))
            return None
        masks.append(mask)
    return tuple(masks)


# ----------------------------------------------------------------------------- padding


def verify_padding(context: Context, train: CheckedTrain) -> None:
    """Warn of means, sums and layers in which padding counts."""
    for node in walk((train.body, train.evals)):
        if isinstance(node, Average | Total) and varies(node.value.type):
            weighed = isinstance(node, Average) and node.weight is not None
            if not weighed:
                context.add(errors.padding_counts(node.span))
    for name in sorted(context.padded_models):
        model = context.models.get(name)
        for layer, span in () if model is None else _unmasked(model):
            context.add(errors.layer_reads_padding(layer, span))


def _unmasked(model: CheckedModel) -> Iterator[tuple[str, Span]]:
    for node in walk(model.body):
        if isinstance(node, ApplyLayer) and any(varies(i.type) for i in node.inputs):
            kind = node.construct.type
            name = kind.layer if isinstance(kind, InstanceType) else ""
            if _mixes(name, node) and not _has_mask(node):
                yield name, node.span


def _has_mask(node: ApplyLayer) -> bool:
    return any(name.endswith("mask") for name in node.keywords)


def _mixes(name: str, node: ApplyLayer) -> bool:
    """Whether padding at the end reaches what a layer gives for real positions."""
    entry = layers().get(name)
    if entry is None:
        return False
    if name.startswith("bidirectional") or name.startswith("global_"):
        return True
    if entry.family == "attention":
        causal = node.keywords.get("causal")
        return causal is None
    if entry.family == "recurrent":
        return not varies(node.type) or _backwards(node)
    return False


def _backwards(node: ApplyLayer) -> bool:
    construct = node.construct
    if not isinstance(construct, Construct):
        return False
    option = construct.options.get("go_backwards")
    return option is not None and option.value is True
