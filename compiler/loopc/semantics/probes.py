"""The probes of chains: each has a name of its own, and somebody reads it."""

from collections.abc import Iterator, Sequence

from loopc.semantics.checked import (
    CheckedChain,
    CheckedLink,
    CheckedTrain,
    CheckedUpdate,
    Measure,
    Static,
)
from loopc.semantics.context import Context
from loopc.semantics.errors import measures as errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.walk import walk

PROBE = "probe"
LEARNER = "learner"  # of the weights of objectives: it sees no gradients of the models


def probes_of(chain: CheckedChain) -> Iterator[tuple[str, CheckedLink]]:
    """The probes of a chain, those of the chains inside too, with their names."""
    for link in chain.links:
        name = link.options.get("name")
        if link.name == PROBE and isinstance(name, Static):
            yield str(name.value), link
        for option, inner in link.options.items():
            if isinstance(inner, CheckedChain) and option != LEARNER:
                yield from probes_of(inner)
        for group in link.groups:
            yield from probes_of(group.chain)


def probe_names(chain: CheckedChain) -> list[str]:
    return [name for name, _ in probes_of(chain)]


def verify_probes(context: Context, trains: Sequence[CheckedTrain]) -> None:
    """Check the probes of every loop, now that all reports are known."""
    measures = [n for n in walk(tuple(trains)) if isinstance(n, Measure)]
    read = {measure.probe for measure in measures if measure.place == PROBE}
    for train in trains:
        updates = [n for n in walk(train.body) if isinstance(n, CheckedUpdate)]
        replaced = [c for stage in train.stages for _, c in stage.chains]
        for chain in [*(u.chain for u in updates), *replaced]:
            _verify_names(context, chain)
            _advise_unread(context, chain, read)
        _verify_stages(context, train, updates)


def _verify_names(context: Context, chain: CheckedChain) -> None:
    first: dict[str, CheckedLink] = {}
    for name, link in probes_of(chain):
        known = first.setdefault(name, link)
        if known is not link:
            span = link.options["name"].span
            where = known.options["name"].span
            context.add(name_errors.already_declared(name, span, where))


def _advise_unread(context: Context, chain: CheckedChain, read: set[str]) -> None:
    seen = [link.span for name, link in probes_of(chain) if name in read]
    for link in chain.every_link():
        name = link.options.get("name")
        if link.name != PROBE or not isinstance(name, Static) or link.span in seen:
            continue
        found = errors.probe_never_read(str(name.value), link.span)
        if found not in context.advice:
            context.advice.append(found)


def _verify_stages(
    context: Context, train: CheckedTrain, updates: Sequence[CheckedUpdate]
) -> None:
    """Whether a chain that a stage sets has the probes that are read of the other."""
    measures = [n for n in walk(train.body) if isinstance(n, Measure)]
    for update in updates:
        read = [m for m in measures if (m.place, m.site) == (PROBE, update.site)]
        first = {measure.probe: measure for measure in reversed(read)}
        sets = (c for s in train.stages for n, c in s.chains if n == update.chain.name)
        for chain in sets:
            known = probe_names(chain)
            for name, measure in first.items():
                if name not in known:
                    context.add(errors.probe_lost(name, chain.span, measure.span))
