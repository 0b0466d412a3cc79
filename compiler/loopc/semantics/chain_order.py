"""Advice on chains whose order can hardly be meant."""

from collections.abc import Sequence
from itertools import pairwise

from loopc.semantics.checked import CheckedChain, CheckedLink
from loopc.semantics.context import Context
from loopc.semantics.errors import advice
from loopc.semantics.errors import chains as errors
from loopc.vocabulary import transforms
from loopc.vocabulary.entry import TransformEntry

STEPS = ("optimizer", "step")
HEADS = ("objectives",)  # what makes one gradient of several, at every step
ACCUMULATE = "accumulate"
PASSES = frozenset({"probe", "identity"})  # what changes nothing may stand anywhere
AVERAGES = frozenset(
    {"lookahead", "schedule_free", "schedule_free_adamw", "schedule_free_sgd",
     "mechanize"}
)  # fmt: skip
PROJECTS = ("projection_", "keep_params_nonnegative")
MOVES = frozenset({*STEPS, "clip", "decay", "precondition", "momentum"})
PLAIN_OPTIMIZERS = frozenset({"sgd"})


def verify_order(context: Context, links: Sequence[CheckedLink]) -> None:
    """Advise where a clip, a decay or a second clip stands in an unlikely place."""
    links = [link for link in links if link.name not in PASSES]
    entries = [(link, transforms()[link.name]) for link in links]
    _clips_after_step(context, entries)
    _second_step(context, entries)
    _decay_before(context, entries)
    _second_clip(context, entries)
    _behind_averages(context, links)
    _behind_projections(context, entries)
    for link, _ in entries:
        if link.name == "sam" and {"rho", "adversary"} <= link.explicit:
            rho, adversary = link.options["rho"], link.options["adversary"]
            context.add(errors.rho_unused(rho.span, adversary.span))
        if link.name == "clip_each_norm":
            context.add(advice.clip_each(link.name, link.span))
        for inner in link.chains:
            verify_order(context, inner.links)


def verify_accumulation(context: Context, chain: CheckedChain) -> None:
    """Advise on what acts on single batches in front of, or around, accumulation."""
    outer = [link for link in chain.links if link.name not in PASSES]
    outer = [link for link in outer if transforms()[link.name].role not in HEADS]
    for position, link in enumerate(outer):
        if link.name == ACCUMULATE and position > 0:
            context.add(errors.before_accumulation(outer[0].name, outer[0].span))
        if link.name == ACCUMULATE:
            continue
        inner = [each for c in link.chains for each in c.every_link()]
        if any(each.name == ACCUMULATE for each in inner):
            context.add(errors.before_accumulation(link.name, link.span))


def _behind_averages(context: Context, links: Sequence[CheckedLink]) -> None:
    """Advise on what changes a step that an average of the weights has counted."""
    for link, later in pairwise(links):
        if link.name in AVERAGES:
            context.add(errors.behind_average(later.name, later.span, link.span))


def _behind_projections(
    context: Context, entries: Sequence[tuple[CheckedLink, TransformEntry]]
) -> None:
    """Warn of what moves the weights out of the set they were put in."""
    projection: CheckedLink | None = None
    for link, entry in entries:
        if link.name.startswith(PROJECTS):
            projection = projection or link
        elif projection is not None and (entry.role in MOVES or _steps_inside(link)):
            found = errors.behind_projection(link.name, link.span, projection.span)
            context.add(found)
            return


def _clips_after_step(
    context: Context, entries: Sequence[tuple[CheckedLink, TransformEntry]]
) -> None:
    step: CheckedLink | None = None
    for link, entry in entries:
        if entry.role == "clip" and step is not None:
            context.add(advice.clip_after_step(link.name, link.span, step.span))
        if entry.role in STEPS or _steps_inside(link):
            step = link


def _second_step(
    context: Context, entries: Sequence[tuple[CheckedLink, TransformEntry]]
) -> None:
    """Warn of a second optimizer: it turns the steps of the first around."""
    optimizers = [link for link, entry in entries if entry.role == "optimizer"]
    for first, second in pairwise(optimizers):
        found = advice.second_step(second.name, second.span, first.name, first.span)
        context.add(found)


def _steps_inside(link: CheckedLink) -> bool:
    inner = (each for chain in link.chains for each in chain.links)
    return any(transforms()[each.name].role in STEPS for each in inner)


def _decay_before(
    context: Context, entries: Sequence[tuple[CheckedLink, TransformEntry]]
) -> None:
    for position, (link, entry) in enumerate(entries):
        if entry.role != "decay":
            continue
        for later, other in entries[position + 1 :]:
            if _rescales(other):
                found = advice.decay_before(
                    link.name, link.span, later.name, later.span
                )
                context.add(found)
                break


def _rescales(entry: TransformEntry) -> bool:
    adaptive = entry.role == "optimizer" and entry.name not in PLAIN_OPTIMIZERS
    return entry.role == "precondition" or adaptive


def _second_clip(
    context: Context, entries: Sequence[tuple[CheckedLink, TransformEntry]]
) -> None:
    first: CheckedLink | None = None
    for link, entry in entries:
        if entry.role != "clip" or entry.scope != "global":
            continue
        if first is not None:
            context.add(advice.second_clip(link.name, link.span, first.span))
        first = first or link
