"""What reports read of updates: at a point of a chain, or at one of its ends."""

from typing import Literal

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression
from loopc.semantics.checked.schedules import CheckedSelection


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(CheckedExpression):
    """`probe("clipped").norm`, `gradients(net).norm`, `updates(net).ratio`: a plain
    float, the mean over the window of what was measured at the update `site`.

    `probe` names the point of measuring within the site. At an end of the chain `only`
    are the weights that count, None for all; `tasks` the objectives that are looked at,
    by their place in the list.
    """

    place: Literal["probe", "gradients", "updates"]
    site: str
    probe: str
    measure: str
    only: CheckedSelection | None = None
    tasks: tuple[int, ...] = ()
