"""Options that schedules share, and what their numbers must hold to."""

from collections.abc import Mapping
from itertools import pairwise

from loopc.vocabulary.entry import Mismatch, Option

ARROW = ("start", "end")
START = Option(name="start", kind="float", doc="Value at the beginning.")
END = Option(name="end", kind="float", doc="Value at the end, kept afterwards.")
FACTOR = Option(
    name="factor",
    kind="float",
    default=0.1,
    low=0.0,
    doc="What each jump multiplies by.",
)
K_DECAY = Option(
    name="k_decay",
    kind="float",
    default=1.0,
    low=0.0,
    open_low=True,
    doc="timm's: the share of time to this power; above 1 it falls later.",
)
STAIRCASE = Option(
    name="staircase", kind="bool", default=False, doc="Round t / T down: it jumps."
)
BOUNDARIES = Option(
    name="boundaries",
    kind="durations",
    doc="When it changes: counts, or durations such as `[30 epochs, 60 epochs]`.",
)


def shape(*choices: str, doc: str) -> Option:
    """Make the option that says which way it goes; the first is the default."""
    return Option(
        name="shape", kind="enum", default=choices[0], choices=choices, doc=doc
    )


def verify_factor(numbers: Mapping[str, object]) -> None:
    """Raise Mismatch where no positive factor leads from `start` to `end`."""
    start, end = numbers["start"], numbers["end"]
    assert isinstance(start, int | float)
    assert isinstance(end, int | float)
    if start * end <= 0:
        fact = f"no factor leads from {start:g} to {end:g}"
        raise Mismatch(fact, "give both ends the same sign, and neither 0")


def verify_boundaries(numbers: Mapping[str, object]) -> None:
    """Raise Mismatch where boundaries fall back, or do not fit the values."""
    boundaries, values = numbers["boundaries"], numbers.get("values")
    edges = boundaries if isinstance(boundaries, tuple) else (boundaries,)
    table = values if isinstance(values, tuple) else (values,)
    if values is not None and len(table) != len(edges) + 1:
        fact = f"{len(table)} values for {len(edges)} boundaries"
        raise Mismatch(fact, "give one value more than boundaries")
    for before, after in pairwise(edges):
        if isinstance(before, int) and isinstance(after, int) and after <= before:
            fact = f"the boundary {after} comes after {before}"
            raise Mismatch(fact, "write boundaries in their order")
