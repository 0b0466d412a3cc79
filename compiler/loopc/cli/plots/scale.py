"""Round numbers along an axis, and how they are written."""

import math
from collections.abc import Sequence


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers that cover `low` .. `high`, evenly spaced."""
    if high <= low:
        return [low]
    rough = (high - low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


def span(values: Sequence[float]) -> tuple[float, float]:
    """The range of an axis of values: from 0 where that is near, never empty."""
    low, high = min(values), max(values)
    if 0 <= low < 0.5 * high:
        low = 0.0
    if high == low:
        pad = abs(high) * 0.5 or 1.0
        low, high = low - pad, high + pad
    return low, high


def short(value: float) -> str:
    """A number in few characters: `0.001`, `2e-05`, `12,000`."""
    if value == int(value) and abs(value) >= 1_000:
        return f"{int(value):,}"
    return f"{value:.4g}"
