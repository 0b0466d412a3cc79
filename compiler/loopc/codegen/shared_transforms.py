"""Chains that several updates wrote alike: one function makes them for all."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from loopc.codegen.factories import FactoryContext
from loopc.codegen.names import Names

PREFIX, SUFFIX = "make_", "_transform"
MOST = 3  # sites that the name of a function lists


def share_transforms(
    made: Sequence[FactoryContext], factories: dict[str, FactoryContext], names: Names
) -> list[FactoryContext]:
    """Return the functions without those that another one equals.

    A shared function is named after all its updates; `factories` gives it for each.
    """
    found: list[FactoryContext] = []
    for context in made:
        alike = [c for c in made if _is_own(c) and _body(c) == _body(context)]
        if len(alike) < 2 or not _is_own(context):
            found.append(context)
        elif context is alike[0]:
            everywhere = len(alike) == len(made)
            wanted = "make_transform" if everywhere else _name(alike, made)
            make = names.of("make", f"shared {context.key}", wanted)
            found.append(replace(context, make=make))
            factories |= {c.key: replace(c, make=make) for c in alike}
    return found


def _is_own(context: FactoryContext) -> bool:
    """Whether a chain was written at an update, and has no name of its own."""
    return context.key.startswith("transform ") and context.make.endswith(SUFFIX)


def _body(context: FactoryContext) -> tuple[object, ...]:
    return context.parameters, context.formulas, context.value


def _name(alike: Sequence[FactoryContext], made: Sequence[FactoryContext]) -> str:
    """`make_judge_transform` for all updates of a loop, else after those that share."""
    words = zip(*(_site(c).split("_")[:-1] for c in alike), strict=False)
    loop = "_".join(w[0] for w in takewhile(lambda w: len(set(w)) == 1, words))
    others = [c for c in made if c not in alike and _site(c).startswith(f"{loop}_")]
    if loop and not others:
        return f"{PREFIX}{loop}{SUFFIX}"
    sites = "_and_".join(map(_site, alike)) if len(alike) <= MOST else "shared"
    return f"{PREFIX}{sites}{SUFFIX}"


def _site(context: FactoryContext) -> str:
    return context.make.removeprefix(PREFIX).removesuffix(SUFFIX)
