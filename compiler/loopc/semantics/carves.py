"""Splits carved out of splits: `10% of train by label`, `rest of`, `last(9) of`."""

from collections.abc import Sequence
from typing import Literal

from loopc.semantics.checked import CheckedCarve, CheckedSource, Static
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import as_int
from loopc.semantics.values import static
from loopc.syntax import ast
from loopc.vocabulary import suggest

How = Literal["percent", "count", "last_percent", "last_count", "fold", "rest"]
Amount = tuple[How, Static | None, Static | None]


def check_carve(
    body: Body, data: str, node: ast.CarvedSplit, splits: Sequence[str]
) -> CheckedCarve | None:
    """Check one carved split; None where it was complained about."""
    amount = _amount(body, node.amount)
    parent = node.parent
    if parent.text not in splits or parent.text == node.name.text:
        known = [name for name in splits if name != node.name.text]
        guess = suggest(parent.text, known)
        problem = name_errors.unknown_split(
            data, parent.text, parent.span, guess, known
        )
        body.context.add_unknown(parent.text, problem)
        return None
    if amount is None:
        return None
    how, size, folds = amount
    return CheckedCarve(
        span=node.span,
        split=node.name.text,
        parent=parent.text,
        how=how,
        amount=size,
        folds=folds,
        by=None if node.by is None else node.by.text,
    )


def _amount(body: Body, node: ast.Expression) -> Amount | None:
    match node:
        case ast.Rest():
            return "rest", None, None
        case ast.Percent():
            size = _percent(body, node)
            return None if size is None else ("percent", size, None)
        case ast.Call(callee=ast.Name(text="last")):
            return _last(body, node)
        case ast.Call(callee=ast.Name(text="fold")):
            return _fold(body, node)
    if isinstance(node, ast.Number) and isinstance(node.value, float):
        what, share = "the number of examples", f"{100 * node.value:g}"
        help = f"a share is a percentage: `{share}% of ...`"
        body.add(errors.wrong_type(what, "an int", "a float", node.span, help))
        return None
    count = as_int(body, "the number of examples", node, 1)
    return None if count is None else ("count", count, None)


def _percent(body: Body, node: ast.Percent) -> Static | None:
    if 0 < node.value < 100:
        return static(node.value, node.span)
    allowed = "a percentage above 0 and below 100"
    body.add(errors.out_of_range("the split", node.text, allowed, node.span))
    return None


def _last(body: Body, node: ast.Call) -> Amount | None:
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        help = "write `last(10%) of ...` or `last(500) of ...`"
        body.add(name_errors.missing_argument("last", "an amount", node.span, help))
        return None
    inner = node.arguments[0].value
    if isinstance(inner, ast.Percent):
        size = _percent(body, inner)
        return None if size is None else ("last_percent", size, None)
    count = as_int(body, "the number of examples", inner, 1)
    return None if count is None else ("last_count", count, None)


def _fold(body: Body, node: ast.Call) -> Amount | None:
    if len(node.arguments) != 2 or any(a.name for a in node.arguments):
        help = "write `fold(0, 5) of ...`: which fold, of how many"
        body.add(name_errors.missing_argument("fold", "two numbers", node.span, help))
        return None
    index = as_int(body, "the fold", node.arguments[0].value, 0)
    folds = as_int(body, "the number of folds", node.arguments[1].value, 2)
    if index is None or folds is None:
        return None
    assert isinstance(index.value, int)
    assert isinstance(folds.value, int)
    if index.value >= folds.value:
        allowed = f"a number from 0 to {folds.value - 1}"
        span = node.arguments[0].span
        body.add(errors.out_of_range("the fold", index.value, allowed, span))
        return None
    return "fold", index, folds


def ordered_splits(
    body: Body, sources: Sequence[CheckedSource], carves: Sequence[CheckedCarve]
) -> tuple[CheckedSource | CheckedCarve, ...] | None:
    """Sources, then carves: a parent before its parts, `rest` after the other parts."""
    if not _fit_together(body, carves):
        return None
    made: list[CheckedSource | CheckedCarve] = list(sources)
    names = {source.split for source in sources}
    waiting = list(carves)
    while waiting:
        ready = next((c for c in waiting if _ready(c, names, waiting)), None)
        if ready is None:
            first = waiting[0]
            path = [c.split for c in waiting] + [first.split]
            problem = name_errors.recursive_definition(first.split, first.span, path)
            body.add(problem)
            return None
        waiting.remove(ready)
        made.append(ready)
        names.add(ready.split)
    return tuple(made)


def _ready(
    carve: CheckedCarve, made: set[str], waiting: Sequence[CheckedCarve]
) -> bool:
    if carve.parent not in made:
        return False
    others = (c for c in waiting if c.parent == carve.parent and c is not carve)
    return carve.how != "rest" or not any(others)


def _fit_together(body: Body, carves: Sequence[CheckedCarve]) -> bool:
    parents = dict.fromkeys(carve.parent for carve in carves)
    return all([_fit(body, [c for c in carves if c.parent == p]) for p in parents])


def _fit(body: Body, parts: Sequence[CheckedCarve]) -> bool:
    rests = [part for part in parts if part.how == "rest"]
    if len(rests) > 1:
        fact = "another split already took the rest"
        help = "leave one `rest of`"
        body.add(errors.carve_amount(fact, rests[1].span, help))
        return False
    percents = [p for p in parts if p.how in ("percent", "last_percent")]
    total = sum(_number(p.amount) for p in percents)
    if total > 100 or (total == 100 and not rests):
        fact = f"the parts of `{parts[0].parent}` add up to {total:g}%"
        help = "leave something for the parent, or write `rest of`"
        body.add(errors.carve_amount(fact, percents[-1].span, help))
        return False
    return True


def _number(value: Static | None) -> float:
    number = None if value is None else value.value
    return float(number) if isinstance(number, int | float) else 0.0
