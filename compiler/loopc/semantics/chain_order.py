"""Advice on chains whose order can hardly be meant."""

from collections.abc import Sequence

from loopc.semantics.checked import CheckedLink
from loopc.semantics.context import Context
from loopc.semantics.errors import advice
from loopc.vocabulary import transforms
from loopc.vocabulary.entry import TransformEntry

STEPS = ("optimizer", "step")
PLAIN_OPTIMIZERS = frozenset({"sgd"})


def verify_order(context: Context, links: Sequence[CheckedLink]) -> None:
    """Advise where a clip, a decay or a second clip stands in an unlikely place."""
    entries = [(link, transforms()[link.name]) for link in links]
    _clips_after_step(context, entries)
    _decay_before(context, entries)
    _second_clip(context, entries)
    for link, _ in entries:
        if link.name == "clip_each_norm":
            context.add(advice.clip_each(link.name, link.span))


def _clips_after_step(
    context: Context, entries: Sequence[tuple[CheckedLink, TransformEntry]]
) -> None:
    step: CheckedLink | None = None
    for link, entry in entries:
        if entry.role == "clip" and step is not None:
            context.add(advice.clip_after_step(link.name, link.span, step.span))
        if entry.role in STEPS:
            step = link


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
