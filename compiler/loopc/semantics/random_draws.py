"""Random draws: the shape of one example, the batch of the header or of `batch:`."""

from collections.abc import Mapping

from loopc.semantics.arguments import Slots, bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import CheckedExpression, Distribution, Random, Static
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.options import as_int, as_static
from loopc.semantics.primitives import as_tensor, tensor_type
from loopc.semantics.values import describe_type, failed, is_failed, static
from loopc.vocabulary.types import Axis, Dtype, TensorType

PLACES = frozenset({"step", "eval", "function"})


def check_normal(body: Body, site: CallSite) -> CheckedExpression:
    """`normal([64], mean: 0, stddev: 1, batch: 64)`."""
    return _shaped(body, site, "normal", {"mean": 0.0, "stddev": 1.0})


def check_truncated_normal(body: Body, site: CallSite) -> CheckedExpression:
    """`truncated_normal([64], mean: 0, stddev: 1)`: within two deviations."""
    return _shaped(body, site, "truncated_normal", {"mean": 0.0, "stddev": 1.0})


def check_gamma(body: Body, site: CallSite) -> CheckedExpression:
    """`gamma([], 2.0)`: gamma numbers of that shape parameter and scale 1."""
    return _shaped(body, site, "gamma", {"alpha": None})


def check_beta(body: Body, site: CallSite) -> CheckedExpression:
    """`beta([], 0.2, 0.2)`: beta numbers, from 0 to 1."""
    return _shaped(body, site, "beta", {"alpha": None, "beta": None})


def check_uniform(body: Body, site: CallSite) -> CheckedExpression:
    """`uniform([1], low: 0, high: 1, batch: x)`: from low up to, not with, high."""
    return _shaped(body, site, "uniform", {"low": 0.0, "high": 1.0})


def check_uniform_int(body: Body, site: CallSite) -> CheckedExpression:
    """`uniform_int(0, 1000, batch: x)`: one int for each example, high left out."""
    slots = bind_slots(body, site.text, site.arguments, ["low", "high", "batch"], 2)
    if not _allowed(body, site) or not slots.sound:
        return failed(site.span)
    options: dict[str, CheckedExpression] = {}
    for name in ("low", "high"):
        node = slots.take(name)
        if node is None:
            body.add(name_errors.missing_argument(site.text, name, site.span))
            return failed(site.span)
        value = as_int(body, f"`{name}`", node)
        if value is None:
            return failed(site.span)
        options[name] = value
    return _random(body, site, "uniform_int", options, (), "i32", slots)


def check_normal_like(body: Body, site: CallSite) -> CheckedExpression:
    """`normal_like(x)`: a normal value for every element of x."""
    values, left = site.operands(body, 1)
    if left or not values:
        help = "write `normal_like(value)`"
        what = "one value"
        body.add(name_errors.missing_argument(site.text, what, site.span, help))
        return failed(site.span)
    if not _allowed(body, site):
        return failed(site.span)
    like = as_tensor(body, values[0])
    if is_failed(like):
        return failed(site.span)
    of = tensor_type(like)
    dtype: Dtype = of.dtype if of.is_float else "f32"
    return Random(
        span=site.span,
        type=TensorType(dtype, of.shape, stream=of.stream, coupled=False),
        distribution="normal",
        options=_defaults({"mean": 0.0, "stddev": 1.0}, site),
        site=body.context.random_site(site.span),
        like=like,
    )


def _defaults(
    numbers: Mapping[str, float | None], site: CallSite
) -> dict[str, CheckedExpression]:
    given = {name: number for name, number in numbers.items() if number is not None}
    return {name: static(number, site.span) for name, number in given.items()}


def _allowed(body: Body, site: CallSite) -> bool:
    if body.place in PLACES and body.inside != "model" and site.piped is None:
        return True
    where = "a pipeline" if site.piped is not None else "a model"
    help = "draw in a `step` and hand the value to the model"
    body.add(errors.not_here(site.text, site.span, where, help))
    return False


def _shaped(
    body: Body,
    site: CallSite,
    distribution: Distribution,
    defaults: Mapping[str, float | None],
) -> CheckedExpression:
    """Check a draw of a shape; numbers without a default are required, and may stand
    behind the shape without their names.
    """
    names = ["shape", *defaults, "batch"]
    positional = 1 + sum(default is None for default in defaults.values())
    slots = bind_slots(body, site.text, site.arguments, names, positional)
    if not _allowed(body, site) or not slots.sound:
        return failed(site.span)
    shape = _shape(body, site, slots)
    options = _numbers(body, site, slots, defaults)
    if shape is None or options is None:
        return failed(site.span)
    return _random(body, site, distribution, options, shape, "f32", slots)


def _shape(body: Body, site: CallSite, slots: Slots) -> tuple[Axis, ...] | None:
    node = slots.take("shape")
    if node is None:
        help = f"write `{site.text}([])` for one number an example"
        body.add(name_errors.missing_argument(site.text, "a shape", site.span, help))
        return None
    value = as_static(body, "the shape", node)
    if value is None:
        return None
    axes = value.value
    if isinstance(axes, tuple) and all(_is_length(axis) for axis in axes):
        return tuple(axis for axis in axes if isinstance(axis, int))
    found = describe_type(value.type)
    expected, help = "a list of lengths", ""
    if isinstance(axes, int):
        help = f"write `{site.text}([{axes}])`; the batch is none of its axes"
    body.add(value_errors.wrong_type("the shape", expected, found, node.span, help))
    return None


def _is_length(axis: object) -> bool:
    return isinstance(axis, int) and not isinstance(axis, bool) and axis > 0


def _numbers(
    body: Body, site: CallSite, slots: Slots, defaults: Mapping[str, float | None]
) -> dict[str, CheckedExpression] | None:
    options = _defaults(defaults, site)
    for name, default in defaults.items():
        node = slots.take(name)
        if node is None:
            if default is not None:
                continue
            body.add(name_errors.missing_argument(site.text, name, site.span))
            return None
        value = as_tensor(body, body.check(node))
        if is_failed(value):
            return None
        type = tensor_type(value)
        if type.per_example or type.shape:
            expected = "one plain number"
            body.add(
                value_errors.wrong_type(f"`{name}`", expected, str(type), node.span)
            )
            return None
        options[name] = value
    return options


def _random(
    body: Body,
    site: CallSite,
    distribution: Distribution,
    options: Mapping[str, CheckedExpression],
    shape: tuple[Axis, ...],
    dtype: Dtype,
    slots: Slots,
) -> CheckedExpression:
    batch = _batch(body, site, slots)
    if batch is None:
        return failed(site.span)
    stream, like, size = batch
    return Random(
        span=site.span,
        type=TensorType(dtype, shape, stream=stream),
        distribution=distribution,
        options=options,
        site=body.context.random_site(site.span),
        like=like,
        batch=size,
    )


def _batch(
    body: Body, site: CallSite, slots: Slots
) -> tuple[str, CheckedExpression | None, Static | None] | None:
    """The stream of a draw, the value or the number that gives its batch."""
    node = slots.take("batch")
    if node is None:
        like = _examples_given(body)
        if body.stream is None or (body.place == "function" and like is None):
            body.add(errors.no_batch(site.span, body.place == "function"))
            return None
        return body.stream, like, None
    value = body.check(node)
    if is_failed(value):
        return None
    if isinstance(value, Static):
        size = as_int(body, "`batch`", node, 1)
        name = f"draw {body.context.random_site(site.span)}"
        return None if size is None else (name, None, size)
    stream = value.type.stream if isinstance(value.type, TensorType) else None
    if stream is None:
        found, expected = describe_type(value.type), "a value of a stream, or a number"
        body.add(value_errors.wrong_type("`batch`", expected, found, node.span))
        return None
    return stream, value, None


def _examples_given(body: Body) -> CheckedExpression | None:
    """The first value of a function that has the batch of the step."""
    if body.place != "function":
        return None
    for name in body.scope.visible():
        binding = body.scope.find(name)
        assert binding is not None
        kind = binding.value.type
        if isinstance(kind, TensorType) and kind.stream == body.stream is not None:
            return binding.value
    return None
