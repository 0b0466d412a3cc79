"""`repeat`: the body runs once for each entry, in order; rebound names are carried."""

from loopc.semantics.checked import (
    CheckedExpression,
    CheckedRepeat,
    CheckedStatement,
    Static,
    StaticName,
    StaticValue,
)
from loopc.semantics.context import MAX_STATEMENTS, Body
from loopc.semantics.errors import shapes as shape_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import as_int, as_static
from loopc.semantics.values import describe_type, is_failed, static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import TensorType, ValueType


def check_repeat(body: Body, node: ast.Repeat) -> CheckedStatement | None:
    """Check every pass; passes that must equal the one before are not repeated."""
    entries = _entries(body, node)
    if entries is None:
        return None
    iterable, values = entries
    assigned = assigned_names(node.body)
    carried = tuple(name for name in assigned if body.scope.find(name) is not None)
    first: tuple[CheckedStatement, ...] | None = None
    outer, body.repeating = body.repeating, True
    before: list[CheckedExpression] = []
    for number, value in enumerate(values):
        _bind_entry(body, node, value)
        body.instances.passes.append(number)
        types = _types(body, carried)
        statements = body.context.rules.statements(body, node.body)
        body.instances.passes.pop()
        first = statements if first is None else first
        if not _same(body, node, carried, types):
            break
        if _settled(body, node, carried, before):
            break
        before = _values(body, carried)
    body.repeating = outer
    return CheckedRepeat(
        span=node.span,
        names=tuple(target.text for target in node.targets),
        iterable=iterable,
        values=values,
        carried=carried,
        body=first or (),
    )


def _settled(
    body: Body,
    node: ast.Repeat,
    carried: tuple[str, ...],
    before: list[CheckedExpression],
) -> bool:
    """Whether the next pass would be the same: no loop names or layers, same values."""
    if node.targets or body.builds or not before:
        return body.returned is not None
    return _values(body, carried) == before


def _values(body: Body, names: tuple[str, ...]) -> list[CheckedExpression]:
    found = [body.scope.find(name) for name in names]
    return [binding.value for binding in found if binding is not None] or [NOTHING]


NOTHING = static(None, Span(0, 0))


def _types(body: Body, names: tuple[str, ...]) -> list[ValueType | None]:
    found = [body.scope.find(name) for name in names]
    return [None if binding is None else binding.value.type for binding in found]


def _same(
    body: Body, node: ast.Repeat, names: tuple[str, ...], before: list[ValueType | None]
) -> bool:
    """In a step a carried tensor keeps its type; in a model shapes may change."""
    if body.builds:
        return True
    for name, old, new in zip(names, before, _types(body, names), strict=True):
        if not isinstance(old, TensorType) or not isinstance(new, TensorType):
            continue
        if old.shape != new.shape or old.stream != new.stream:
            problem = shape_errors.carried_type(name, str(old), str(new), node.span)
            body.add(problem)
            return False
    return True


def _bind_entry(body: Body, node: ast.Repeat, value: StaticValue) -> None:
    if not node.targets:
        return
    parts = value if len(node.targets) > 1 and isinstance(value, tuple) else (value,)
    for target, part in zip(node.targets, parts, strict=False):
        origin = StaticName(span=target.span, name=target.text, origin="loop")
        known = static(part, target.span, origin)
        body.bind(target.text, known, target.span, quiet=True)


def assigned_names(block: ast.Block) -> tuple[str, ...]:
    """Names that a block assigns, in nested repeats too, each once, in order."""
    names: dict[str, None] = {}
    for statement in block.statements:
        if isinstance(statement, ast.Assign):
            names.update(dict.fromkeys(target.text for target in statement.targets))
        elif isinstance(statement, ast.Draw):
            names.update(dict.fromkeys(b.name.text for b in statement.bindings))
        elif isinstance(statement, ast.Repeat):
            names.update(dict.fromkeys(assigned_names(statement.body)))
    return tuple(names)


def _entries(
    body: Body, node: ast.Repeat
) -> tuple[Static, tuple[StaticValue, ...]] | None:
    for target in node.targets:
        body.verify_free(target.text, target.span)
    if isinstance(node.iterable, ast.Range):
        entries = _range(body, node.iterable)
    elif node.targets:
        entries = _list(body, node.iterable)
    else:
        entries = _count(body, node.iterable)
    if entries is None or not _fit_targets(body, node, entries[1]):
        return None
    if len(entries[1]) > MAX_STATEMENTS:
        body.add(errors.too_much("passes", MAX_STATEMENTS, node.iterable.span))
        return None
    return entries


def _count(
    body: Body, node: ast.Expression
) -> tuple[Static, tuple[StaticValue, ...]] | None:
    count = as_int(body, "the number of passes", node, 0)
    if count is None or not isinstance(count.value, int):
        return None
    return count, tuple(range(min(count.value, MAX_STATEMENTS + 1)))


def _range(
    body: Body, node: ast.Range
) -> tuple[Static, tuple[StaticValue, ...]] | None:
    """Both ends belong to a range."""
    low = as_int(body, "the start of the range", node.low)
    high = as_int(body, "the end of the range", node.high)
    if low is None or high is None:
        return None
    assert isinstance(low.value, int)
    assert isinstance(high.value, int)
    if low.value > high.value:
        body.add(errors.bad_range(node.span))
        return None
    stop = min(high.value + 1, low.value + MAX_STATEMENTS + 1)
    values = tuple(range(low.value, stop))
    return static(values, node.span), values


def _list(
    body: Body, node: ast.Expression
) -> tuple[Static, tuple[StaticValue, ...]] | None:
    value = as_static(body, "what `repeat` runs over", node)
    if value is None or is_failed(value):
        return None
    if isinstance(value.value, tuple):
        return value, value.value
    found, expected = describe_type(value.type), "a list or a range"
    body.add(errors.wrong_type("this", expected, found, node.span))
    return None


def _fit_targets(body: Body, node: ast.Repeat, values: tuple[StaticValue, ...]) -> bool:
    count = len(node.targets)
    if count < 2:
        return True
    for value in values:
        found = len(value) if isinstance(value, tuple) else 1
        if found != count:
            problem = shape_errors.unpack_count(found, count, node.iterable.span)
            body.add(problem)
            return False
    return True
