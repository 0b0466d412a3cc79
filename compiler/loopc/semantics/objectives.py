"""Lists of objectives, and the transform at the head of a chain that combines them."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.checked import (
    CheckedChain,
    CheckedExpression,
    CheckedLink,
    Static,
    TupleValue,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import chains as errors
from loopc.semantics.values import static
from loopc.source import Span
from loopc.vocabulary import transforms
from loopc.vocabulary.types import TupleType

TASKS = "tasks"  # the option that says how many objectives there are
LISTS = ("weights", "preference")  # options with a number for each of them


def several(items: Sequence[CheckedExpression], span: Span) -> TupleValue:
    """A list of objectives as one value."""
    kind = TupleType(tuple(item.type for item in items))
    return TupleValue(span=span, type=kind, items=tuple(items))


def settle_objectives(
    body: Body, objective: CheckedExpression, chain: CheckedChain
) -> CheckedChain | None:
    """The chain, told how many objectives there are; None, once said, if it cannot."""
    if not _verify_places(body.context, chain):
        return None
    first = chain.links[0]
    combines = transforms()[first.name].role == "objectives"
    if not isinstance(objective, TupleValue):
        if combines:
            body.add(errors.nothing_to_combine(first.name, first.span, objective.span))
            return None
        return chain
    if not combines:
        body.add(errors.not_combined(objective.span, chain.span))
        return None
    count = len(objective.items)
    if not _verify_lists(body, first, count):
        return None
    options = {**first.options, TASKS: static(count, first.span)}
    told = replace(first, options=options)
    return replace(chain, links=(told, *chain.links[1:]))


def _verify_lists(body: Body, link: CheckedLink, count: int) -> bool:
    """Whether options with a number for each objective have as many."""
    for name in LISTS:
        given = link.options.get(name)
        if not isinstance(given, Static) or not isinstance(given.value, tuple):
            continue
        found = len(given.value)
        if found != count:
            body.add(errors.not_one_for_each(name, found, count, given.span))
            return False
    return True


def _verify_places(context: Context, chain: CheckedChain) -> bool:
    """Whether what combines objectives stands nowhere but at the head."""
    for link in chain.every_link():
        if link is chain.links[0] or transforms()[link.name].role != "objectives":
            continue
        context.add(errors.combines_too_late(link.name, link.span))
        return False
    return True
