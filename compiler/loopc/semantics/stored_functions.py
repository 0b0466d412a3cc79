"""Calls of the vocabulary's functions, losses and metrics."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.diagnostics.model import Diagnostic
from loopc.semantics.arguments import BoundOptions, bind_options
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    CheckedExpression,
    Primitive,
    StatefulMetric,
    Static,
)
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.operators import written
from loopc.semantics.primitives import (
    apply_function,
    as_tensor,
    joined,
    operand_labels,
    streams_meet,
    tensor_type,
)
from loopc.semantics.static_functions import (
    STATIC_NAMES,
    StaticFailure,
    apply_static,
)
from loopc.semantics.values import (
    describe_type,
    failed,
    is_failed,
    plain_options,
    static,
)
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.entry import (
    FunctionEntry,
    LossEntry,
    Mismatch,
    StatefulMetricEntry,
)
from loopc.vocabulary.types import TensorType


def call_static(body: Body, site: CallSite) -> CheckedExpression:
    """A function of numbers and lists only, such as `linspace`."""
    values, left = site.operands(body, None)
    if left:
        name = left[0].name
        assert name is not None
        known: tuple[str, ...] = ()
        problem = name_errors.unknown_argument(
            site.text, name.text, name.span, None, known
        )
        body.add(problem)
        return failed(site.span)
    return fold_call(body, site, values)


def fold_call(
    body: Body, site: CallSite, values: Sequence[CheckedExpression]
) -> CheckedExpression:
    """Compute a call whose operands are all known now."""
    if any(is_failed(value) for value in values):
        return failed(site.span)
    operands = [value for value in values if isinstance(value, Static)]
    if len(operands) < len(values):
        wrong = next(v for v in values if not isinstance(v, Static))
        found = describe_type(wrong.type)
        what = f"an operand of `{site.text}`"
        body.add(value_errors.not_static(what, found, wrong.span))
        return failed(site.span)
    try:
        value = apply_static(site.text, [operand.value for operand in operands])
    except StaticFailure as failure:
        body.add(value_errors.arithmetic(str(failure), site.span))
        return failed(site.span)
    return static(value, site.span, written(site.text, operands, value, site.span))


def call_function(
    body: Body, entry: FunctionEntry, site: CallSite
) -> CheckedExpression:
    """Check a call of a vocabulary function; folded where everything is known now."""
    if entry.as_list:
        return _call_on_list(body, entry, site)
    values, left = site.operands(body, entry.operands[1])
    if any(is_failed(value) for value in values):
        return failed(site.span)
    if _can_fold(entry, values, left):
        return fold_call(body, site, values)
    return _apply(body, entry, site, values, left)


def _can_fold(
    entry: FunctionEntry,
    values: Sequence[CheckedExpression],
    left: Sequence[ast.Argument],
) -> bool:
    known = all(isinstance(value, Static) for value in values)
    return bool(values) and known and not left and entry.name in STATIC_NAMES


def _apply(
    body: Body,
    entry: FunctionEntry,
    site: CallSite,
    values: list[CheckedExpression],
    left: list[ast.Argument],
) -> CheckedExpression:
    if len(values) < entry.operands[0]:
        body.add(_too_few(entry.name, entry.operands[0], len(values), site.span))
        return failed(site.span)
    options = bind_options(body, entry, left, site.span)
    if options is None:
        return failed(site.span)
    return apply_function(
        body, entry.name, site.text, values, options.values, site.span
    )


def _too_few(name: str, least: int, found: int, span: Span) -> Diagnostic:
    what = "operand" if least == 1 else f"{least} operands"
    help = f"it has {found}" if found else f"write `{name}(...)`"
    return name_errors.missing_argument(name, what, span, help)


def _call_on_list(
    body: Body, entry: FunctionEntry, site: CallSite
) -> CheckedExpression:
    """`concat([a, b], axis: 0)`: one list of tensors, then options."""
    items, left = list_operand(body, site)
    if items is None:
        return failed(site.span)
    return _apply(body, entry, site, items, left)


def list_operand(
    body: Body, site: CallSite
) -> tuple[list[CheckedExpression] | None, list[ast.Argument]]:
    """The entries of the list that a call takes first; None, once said."""
    positional = site.positional()
    if site.piped is not None or not positional:
        help = f"write `{site.text}([a, b])`"
        body.add(name_errors.missing_argument(site.text, "a list", site.span, help))
        return None, []
    first = positional[0]
    node = first.value
    if not isinstance(node, ast.ListLiteral):
        found, what = "something else", f"the first argument of `{site.text}`"
        body.add(value_errors.wrong_type(what, "a list", found, node.span))
        return None, []
    items = [body.check(item) for item in node.items]
    left = [argument for argument in site.arguments if argument is not first]
    return (None if any(map(is_failed, items)) else items), left


def call_loss(body: Body, entry: LossEntry, site: CallSite) -> CheckedExpression:
    """`cross_entropy(label, logits)`: the operands' kinds choose the variant."""
    bound = _two_operands(body, entry, site)
    if bound is None:
        return failed(site.span)
    values, options = bound
    types = tuple(tensor_type(value) for value in values)
    given = plain_options(options.values)
    try:
        variant = entry.choose(types[0], types[1], given)
        result = entry.result(types[0], types[1], given)
    except Mismatch as mismatch:
        _mismatch(body, entry.name, values, mismatch)
        return failed(site.span)
    type = joined(result, types)
    coupled = type.coupled or entry.coupled
    return Primitive(
        span=site.span,
        type=replace(type, weak=False, coupled=coupled),
        name=entry.name,
        arguments=tuple(values),
        options=options.values,
        variant=variant,
    )


def _mismatch(
    body: Body, name: str, values: list[CheckedExpression], mismatch: Mismatch
) -> None:
    labels = operand_labels(values)
    body.add(errors.loss_operands(name, mismatch.fact, mismatch.help, labels))


def _two_operands(
    body: Body, entry: LossEntry | StatefulMetricEntry, site: CallSite
) -> tuple[list[CheckedExpression], BoundOptions] | None:
    values, left = site.operands(body, 2)
    if any(is_failed(value) for value in values):
        return None
    if len(values) < 2:
        help = f"write `{entry.name}(label, output)`"
        what = "a label and an output"
        body.add(name_errors.missing_argument(entry.name, what, site.span, help))
        return None
    values = [as_tensor(body, value) for value in values]
    options = bind_options(body, entry, left, site.span)
    if any(is_failed(v) for v in values) or not streams_meet(body, values):
        return None
    return None if options is None else (values, options)


def call_metric(
    body: Body, entry: StatefulMetricEntry, site: CallSite
) -> CheckedExpression:
    """`auc(label, scores)`: only in a `report`."""
    if not body.in_report:
        body.add(errors.metric_misplaced(entry.name, site.span))
        return failed(site.span)
    bound = _two_operands(body, entry, site)
    if bound is None:
        return failed(site.span)
    values, options = bound
    types = [tensor_type(value) for value in values]
    try:
        entry.verify(types[0], types[1], plain_options(options.values))
    except Mismatch as mismatch:
        _mismatch(body, entry.name, values, mismatch)
        return failed(site.span)
    return StatefulMetric(
        span=site.span,
        type=TensorType("f32"),
        name=entry.name,
        arguments=tuple(values),
        options=options.values,
        explicit=options.explicit,
    )
