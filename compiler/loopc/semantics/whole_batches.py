"""`whole_batch(v)` and `position(v)`: examples that see the batch they stand in."""

from dataclasses import replace

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import CheckedExpression, Position, WholeBatch
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.primitives import as_tensor, tensor_type
from loopc.semantics.values import failed, is_failed
from loopc.vocabulary.types import BATCH_AXIS, TensorType


def check_whole_batch(body: Body, site: CallSite) -> CheckedExpression:
    """`whole_batch(v)`: a plain value with the batch as its first axis."""
    value = _example(body, site)
    if value is None:
        return failed(site.span)
    of = tensor_type(value)
    shape = (BATCH_AXIS, *of.shape)
    type = replace(of, shape=shape, stream=None, coupled=True, weak=False)
    return WholeBatch(span=site.span, type=type, value=value)


def check_position(body: Body, site: CallSite) -> CheckedExpression:
    """`position(v)`: an int for each example, its place in the batch."""
    value = _example(body, site)
    if value is None:
        return failed(site.span)
    type = TensorType("i32", stream=tensor_type(value).stream, coupled=True)
    return Position(span=site.span, type=type, value=value)


def _example(body: Body, site: CallSite) -> CheckedExpression | None:
    """The only operand, one value for each example; None, once said, if it is not."""
    values, left = site.operands(body, 1)
    slots = bind_slots(body, site.text, left, [])
    if not values:
        help = f"write `{site.text}(value)`"
        body.add(name_errors.missing_argument(site.text, "a value", site.span, help))
        return None
    value = as_tensor(body, values[0])
    if is_failed(value) or not slots.sound:
        return None
    if body.inside == "model":
        help = "a model runs on examples; call it and use its output in the step"
        body.add(errors.not_here(site.text, site.span, "a model", help))
        return None
    type = tensor_type(value)
    if not type.per_example:
        what, expected = f"the operand of `{site.text}`", "one value for each example"
        body.add(value_errors.wrong_type(what, expected, str(type), value.span))
        return None
    return value
