"""What the checker itself knows by name: averages over examples, and random draws."""

from collections.abc import Callable
from dataclasses import replace

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import Average, CheckedExpression, Total
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.masks import check_mask
from loopc.semantics.primitives import as_tensor, streams_meet, tensor_type
from loopc.semantics.random_draws import (
    check_beta,
    check_gamma,
    check_normal,
    check_normal_like,
    check_truncated_normal,
    check_uniform,
    check_uniform_int,
)
from loopc.semantics.static_functions import STATIC_NAMES
from loopc.semantics.stored_functions import fold_call
from loopc.semantics.values import failed, is_failed, is_static
from loopc.semantics.whole_batches import check_position, check_whole_batch
from loopc.vocabulary.types import TensorType


def check_mean(body: Body, site: CallSite) -> CheckedExpression:
    """`mean(v)` and `mean(v, weight: w)`: over all elements and examples."""
    value = _first(body, site)
    if value is None:
        return failed(site.span)
    if is_static(value) and "mean" in STATIC_NAMES:
        return fold_call(body, site, [value])
    value = as_tensor(body, value)
    weight = _weight(body, site)
    if is_failed(value) or (weight is not None and is_failed(weight)):
        return failed(site.span)
    if not _may_average(body, value, site):
        return failed(site.span)
    if weight is not None and not streams_meet(body, [value, weight]):
        return failed(site.span)
    return average(value, weight, site)


def average(
    value: CheckedExpression, weight: CheckedExpression | None, site: CallSite
) -> Average:
    type = mean_type(tensor_type(value))
    return Average(span=site.span, type=type, value=value, weight=weight)


def mean_type(type: TensorType) -> TensorType:
    """One float: what an average over all elements and examples is."""
    dtype = type.dtype if type.is_float else "f32"
    return TensorType(dtype, coupled=type.coupled)


def implied_average(value: CheckedExpression) -> CheckedExpression:
    """The one coercion: a per-example value stands for its mean."""
    type = tensor_type(value)
    if not type.per_example:
        return value
    return Average(span=value.span, type=mean_type(type), value=value, implied=True)


def _first(body: Body, site: CallSite) -> CheckedExpression | None:
    values, left = site.operands(body, 1)
    extra = [argument for argument in left if argument.name is None]
    if extra:
        problem = name_errors.too_many_arguments(site.text, 1, extra[0].span)
        body.add(problem)
        return None
    if not values:
        help = f"write `{site.text}(value)`"
        body.add(name_errors.missing_argument(site.text, "a value", site.span, help))
        return None
    return None if is_failed(values[0]) else values[0]


def _weight(body: Body, site: CallSite) -> CheckedExpression | None:
    slots = bind_slots(body, site.text, site.named(), ["weight"])
    node = slots.take("weight")
    if node is None:
        return None if slots.sound else failed(site.span)
    return as_tensor(body, body.check(node))


def _may_average(body: Body, value: CheckedExpression, site: CallSite) -> bool:
    if body.inside != "model" or not tensor_type(value).per_example:
        return True
    body.add(errors.average_in_model(site.span, "a model"))
    return False


def check_total(body: Body, site: CallSite) -> CheckedExpression:
    """`total(v)`: the sum over examples, with the axes of one example."""
    value = _first(body, site)
    slots = bind_slots(body, site.text, site.named(), [])
    if value is None or not slots.sound:
        return failed(site.span)
    value = as_tensor(body, value)
    if is_failed(value) or not _may_average(body, value, site):
        return failed(site.span)
    type = replace(tensor_type(value), stream=None, kind="value", classes=None)
    if type.dtype == "bool":
        type = replace(type, dtype="f32")
    return Total(span=site.span, type=type, value=value)


SPECIAL: dict[str, Callable[[Body, CallSite], CheckedExpression]] = {
    "mean": check_mean,
    "total": check_total,
    "mask": check_mask,
    "normal": check_normal,
    "truncated_normal": check_truncated_normal,
    "gamma": check_gamma,
    "beta": check_beta,
    "uniform": check_uniform,
    "uniform_int": check_uniform_int,
    "normal_like": check_normal_like,
    "whole_batch": check_whole_batch,
    "position": check_position,
}
