"""What a gradient reaches and what it is cut off from, as a value.

A source is the weights of one model, those of a layer in it, an input of the body under
study, or a named value that a gradient is taken of; they are told apart by how many
updates they went through, or how often the name was bound (their version).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from loopc.records import dataclass
from loopc.semantics.layer_parts import LAYER
from loopc.source import Span

Source = tuple[str, int]  # ("net", version), ("", input index)
INPUT = ""
VALUE = "="  # what the source of a named value begins with


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a gradient ends, by what, and why, for people."""

    by: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class Flow:
    """Sources that a gradient reaches, and those it would reach but for a cut."""

    reaches: frozenset[Source] = frozenset()
    cuts: Mapping[Source, Cut] = field(default_factory=dict)


NOTHING = Flow()


def join(flows: Iterable[Flow]) -> Flow:
    reaches: set[Source] = set()
    cuts: dict[Source, Cut] = {}
    for flow in flows:
        reaches |= flow.reaches
        for source, cut in flow.cuts.items():
            cuts.setdefault(source, cut)
    return Flow(frozenset(reaches), cuts) if reaches or cuts else NOTHING


def cut_off(flow: Flow, cut: Cut) -> Flow:
    """The same dependence with no gradient left."""
    cuts = dict.fromkeys(flow.reaches, cut)
    return Flow(frozenset(), {**cuts, **flow.cuts})


def without_values(flow: Flow) -> Flow:
    """The flow to weights of whole models alone."""
    kept = frozenset(s for s in flow.reaches if not _is_part(s))
    return Flow(kept, {s: c for s, c in flow.cuts.items() if not _is_part(s)})


def _is_part(source: Source) -> bool:
    return source[0].startswith(VALUE) or LAYER in source[0]


def substitute(flow: Flow, inputs: Sequence[Flow]) -> Flow:
    """Put the flows of arguments in place of a summary's inputs."""
    kept = frozenset(s for s in flow.reaches if s[0] != INPUT)
    through = [inputs[i] for name, i in sorted(flow.reaches) if name == INPUT]
    own = {s: c for s, c in flow.cuts.items() if s[0] != INPUT}
    ended = [cut_off(inputs[s[1]], c) for s, c in flow.cuts.items() if s[0] == INPUT]
    return join([Flow(kept, own), *through, *ended])
