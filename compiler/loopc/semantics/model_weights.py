"""Weights that are written or read by name inside a model: `weight w: f32[8]`, and
`table.embeddings`.
"""

from loopc.semantics.checked import (
    CheckedAssign,
    CheckedExpression,
    Construct,
    Local,
    ModelWeight,
    ReadWeight,
)
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.initial_values import check_initial
from loopc.semantics.instances import Built
from loopc.semantics.type_expressions import check_tensor_type
from loopc.semantics.values import failed, plain_options
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import layers
from loopc.vocabulary.types import InstanceType, TensorType

WEIGHT = "weight"


def check_model_weight(body: Body, node: ast.Weight) -> CheckedAssign | None:
    """`weight position: f32[256, 64] = normal(stddev: 0.02)`: a tensor of the body."""
    name, span = node.name.text, node.name.span
    body.verify_free(name, span)
    type = weight_type(body, node)
    what = f"the initial value of `{name}`"
    initial = None
    if type is not None:
        initial = check_initial(body, what, node.initial, type, span)
    beside = first_input(body)
    if type is None or initial is None or beside is None:
        body.bind(name, failed(span), span, quiet=True)
        return None
    instance = body.instances.name(name, span)
    size = number_of(type)
    body.instances.record(instance, WEIGHT, type, (size, 0), (WEIGHT,))
    body.instances.built[instance] = Built((type,), (size, 0))
    value = ModelWeight(
        span=node.span, type=type, instance=instance, initial=initial, beside=beside
    )
    body.bind_local(name, type, span, quiet=body.repeating)
    return CheckedAssign(span=node.span, names=(name,), value=value)


def weight_type(body: Body, node: ast.Weight) -> TensorType | None:
    """The declared type: a plain float tensor of known axes."""
    type = check_tensor_type(body, node.type)
    if type is None or (type.is_float and type.kind == "value"):
        return type
    what = f"`{node.name.text}`"
    expected = "a float tensor"
    body.add(value_errors.wrong_type(what, expected, str(type), node.type.span))
    return None


def number_of(type: TensorType) -> int:
    """How many numbers a tensor of known axes holds."""
    count = 1
    for axis in type.shape:
        count *= axis if isinstance(axis, int) else 1
    return count


def first_input(body: Body) -> Local | None:
    """The first tensor of the body, to which its plain weights are tied."""
    for binding in body.scope.names.values():
        value = binding.value
        if isinstance(value, Local) and isinstance(value.type, TensorType):
            return value
    return None


def read_layer_weight(
    body: Body, value: CheckedExpression, node: ast.Attribute
) -> CheckedExpression:
    """`table.embeddings`, once the layer was applied."""
    name, span = node.name.text, node.span
    construct = _construct_of(body, value)
    beside = first_input(body)
    if construct is None or not isinstance(value, Local) or beside is None:
        help = "give the layer a name, apply it, and read its weights then"
        body.add(value_errors.misplaced("a weight of a layer", span, help))
        return failed(span)
    entry = None if construct.template else layers()[construct.layer]
    known = () if entry is None else tuple(entry.attributes)
    if entry is None or name not in entry.attributes or _left_out(construct, name):
        owner = f"the layer `{construct.layer}`"
        body.add(name_errors.unknown_attribute(owner, name, node.name.span, known))
        return failed(span)
    built = body.instances.built.get(construct.instance)
    if built is None:
        body.add(errors.read_before_applied(value.name, name, span))
        return failed(span)
    type = entry.attributes[name](built.inputs, plain_options(construct.options))
    return ReadWeight(span=span, type=type, layer=value, weight=name, beside=beside)


def _left_out(construct: Construct, weight: str) -> bool:
    """Whether the layer was made without this weight: `use_bias: false`."""
    option = construct.options.get(f"use_{weight}")
    return option is not None and option.value is False


def _construct_of(body: Body, value: CheckedExpression) -> Construct | None:
    if isinstance(value, Local) and isinstance(value.type, InstanceType):
        return body.instances.constructs.get(value.name)
    return None


def verify_same_inputs(
    body: Body, construct: Construct, types: tuple[TensorType, ...], span: Span
) -> bool:
    """Whether a shared template is applied to what it was built for."""
    built = body.instances.built.get(construct.instance)
    if built is None:
        return True
    old, new = (tuple((t.dtype, t.shape) for t in ts) for ts in (built.inputs, types))
    if old == new:
        return True
    first, second = (", ".join(map(str, ts)) for ts in (built.inputs, types))
    body.add(errors.instance_rebuilt(construct.instance, first, second, span))
    return False
