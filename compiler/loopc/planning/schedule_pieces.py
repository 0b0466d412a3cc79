"""The arithmetic of schedule pieces in float64, as the runtime's functions have it."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from loopc.planning.philox import unit_draw

Numbers: TypeAlias = Mapping[str, Any]
Inner: TypeAlias = Callable[[float], float]


def piece_value(kind: str, numbers: Numbers, steps: float, count: float) -> float:
    """The value of a piece at a count; `steps` is its duration, or its period."""
    if kind in REMAINING:
        return _between(numbers, steps, count, REMAINING[kind])
    return PIECES[kind](numbers, steps, count)


def wrapped_value(
    kind: str, numbers: Numbers, steps: float, count: float, inner: Inner
) -> float:
    """The value of a schedule that is made of another."""
    return float(WRAPPERS[kind](numbers, steps, count, inner))


# ------------------------------------------------------- from a number to a number


def _between(
    numbers: Numbers,
    steps: float,
    count: float,
    remaining: Callable[[Numbers, float], float],
) -> float:
    start, end = float(numbers["start"]), float(numbers["end"])
    if steps <= 0 or count >= steps:
        return end
    if count <= 0:
        return start
    return end + (start - end) * remaining(numbers, count / steps)


def _half_wave(numbers: Numbers, passed: float) -> float:
    wave = 0.5 * (1 + math.cos(math.pi * passed ** float(numbers["k_decay"])))
    return float(wave ** float(numbers["exponent"]))


def _along_tanh(numbers: Numbers, passed: float) -> float:
    at = numbers["low"] * (1 - passed) + numbers["high"] * passed
    return 0.5 * (1 - math.tanh(at))


REMAINING: Mapping[str, Callable[[Numbers, float], float]] = {
    "linear": lambda numbers, passed: 1 - passed,
    "cosine": _half_wave,
    "tanh_decay": _along_tanh,
}


def _exponential(numbers: Numbers, steps: float, count: float) -> float:
    start, end = float(numbers["start"]), float(numbers["end"])
    passed = 1.0 if steps <= 0 else min(max(count / steps, 0.0), 1.0)
    passed = math.floor(passed) if numbers["staircase"] else passed
    return float(start * (end / start) ** passed)


def _polynomial(numbers: Numbers, steps: float, count: float) -> float:
    power, k_decay = float(numbers["power"]), float(numbers["k_decay"])
    if numbers["cycle"] and steps > 0:
        steps *= max(math.ceil(count / steps), 1)
        start, end = float(numbers["start"]), float(numbers["end"])
        share = min(max(count / steps, 0.0), 1.0)
        return float(end + (start - end) * (1 - share**k_decay) ** power)
    return _between(numbers, steps, count, lambda _, t: (1 - t**k_decay) ** power)


# ---------------------------------------------------------------- for ever


def _passed(numbers: Numbers, steps: float, count: float) -> float:
    passed = max(count, 0.0) / steps
    return math.floor(passed) if numbers.get("staircase") else passed


def _exponential_decay(numbers: Numbers, steps: float, count: float) -> float:
    start, rate, end = numbers["start"], numbers["rate"], numbers["end"]
    value = float(start * rate ** _passed(numbers, steps, count))
    if end is None:
        return value
    falls = (rate < 1) == (start >= 0)
    return max(value, float(end)) if falls else min(value, float(end))


def _multistep(numbers: Numbers, steps: float, count: float) -> float:
    edges = _table(numbers["boundaries"])
    passed = sum(count >= edge for edge in edges)
    return float(numbers["start"] * numbers["factor"] ** passed)


def _piecewise(numbers: Numbers, steps: float, count: float) -> float:
    values, edges = _table(numbers["values"]), _table(numbers["boundaries"])
    if numbers["shape"] != "constant":
        return _interpolate(values, edges, numbers["shape"], count)
    late = bool(numbers["late"])
    return values[sum(count > e if late else count >= e for e in edges)]


def _table(value: object) -> list[float]:
    items = value if isinstance(value, tuple | list) else (value,)
    return [float(item) for item in items]


def _interpolate(
    values: Sequence[float], edges: Sequence[float], shape: str, count: float
) -> float:
    begin = 0.0
    for number, edge in enumerate(edges):
        if count < edge:
            share = (count - begin) / max(edge - begin, 1e-6)
            if shape == "cosine":
                share = 0.5 * (1 - math.cos(math.pi * share))
            low, high = values[number : number + 2]
            return low + (high - low) * share
        begin = edge
    return values[-1]


# ------------------------------------------------------------------ cycles


def _one_cycle(numbers: Numbers, steps: float, count: float) -> float:
    start, shape = float(numbers["pct_start"]), numbers["shape"]
    peak = float(numbers["peak"])
    low = peak / numbers["div_factor"]
    last = low / numbers["final_div_factor"]
    if numbers["flavor"] == "torch":
        edges = [start * steps - 1, 2 * start * steps - 2, steps - 1]
    else:
        edges = [int(start * steps), int(numbers["pct_final"] * steps), steps]
    edges = [max(float(edge), 0.0) for edge in edges]
    if numbers["three_phase"]:
        return _interpolate([low, peak, low, last], edges, shape, count)
    return _interpolate([low, peak, last], [edges[0], edges[2]], shape, count)


def _cyclic(numbers: Numbers, steps: float, count: float) -> float:
    down = steps if numbers["down"] is None else float(numbers["down"])
    cycles, within = divmod(count, steps + down)
    height = within / steps if within <= steps else (steps + down - within) / down
    if numbers["mode"] == "triangular2":
        height *= 0.5**cycles
    elif numbers["mode"] == "exp_range":
        height *= float(numbers["gamma"]) ** count
    return float(numbers["start"] + (numbers["end"] - numbers["start"]) * height)


def _restarts(numbers: Numbers, steps: float, count: float) -> float:
    begin, length, height = 0.0, steps, 1.0
    while count >= begin + length:
        begin += length
        length *= float(numbers["t_mul"])
        height *= float(numbers["m_mul"])
    wave = 0.5 * height * (1 + math.cos(math.pi * (max(count, 0.0) - begin) / length))
    return float(numbers["end"] + (numbers["start"] - numbers["end"]) * wave)


def _wsd(numbers: Numbers, steps: float, count: float) -> float:
    rise, fall = float(numbers["warmup"]), float(numbers["decay"])
    start, peak, end = (float(numbers[n]) for n in ("start", "peak", "end"))
    if count < rise:
        return start + (peak - start) * count / rise
    if count < steps - fall:
        return peak
    share = min((count - steps + fall) / fall, 1.0) if fall > 0 else 1.0
    left = {
        "linear": 1 - share,
        "cosine": 0.5 * (1 + math.cos(math.pi * share)),
        "sqrt": 1 - math.sqrt(share),
    }
    return end + (peak - end) * left[numbers["shape"]]


PIECES: Mapping[str, Callable[[Numbers, float, float], float]] = {
    "constant": lambda n, steps, count: float(n["value"]),
    "exponential": _exponential,
    "polynomial": _polynomial,
    "exponential_decay": _exponential_decay,
    "step_decay": lambda n, steps, count: float(
        n["start"] * n["factor"] ** math.floor(max(count, 0.0) / steps)
    ),
    "multistep": _multistep,
    "piecewise": _piecewise,
    "inverse_time": lambda n, steps, count: float(
        n["start"] / (1 + n["rate"] * _passed(n, steps, count))
    ),
    "inverse_sqrt": lambda n, steps, count: float(
        n["start"] / math.sqrt(1 + max(count, 0.0) / steps)
    ),
    "inverse_power": lambda n, steps, count: float(
        n["start"] * (1 + max(count, 0.0) / steps) ** -n["power"]
    ),
    "one_cycle": _one_cycle,
    "cyclic": _cyclic,
    "restarts": _restarts,
    "wsd": _wsd,
}


# ---------------------------------------------------------------- wrappers


def _warmup(numbers: Numbers, steps: float, count: float, inner: Inner) -> float:
    moved = steps if numbers["shift"] else 0.0
    if count >= steps:
        return inner(count - moved)
    start, target = float(numbers["start"]), inner(steps - moved)
    return float(start + (target - start) * (max(count, 0) / steps) ** numbers["power"])


def _cycle(numbers: Numbers, steps: float, count: float, inner: Inner) -> float:
    times, within = divmod(count, steps)
    return float(inner(within) * numbers["decay"] ** times)


def _clamp(numbers: Numbers, steps: float, count: float, inner: Inner) -> float:
    value = inner(count)
    if numbers["low"] is not None:
        value = max(value, float(numbers["low"]))
    return value if numbers["high"] is None else min(value, float(numbers["high"]))


def _noise(numbers: Numbers, steps: float, count: float, inner: Inner) -> float:
    unit = unit_draw(int(numbers["seed"]), int(count // steps))
    return float(inner(count) * (1 + numbers["amount"] * (2 * unit - 1)))


WRAPPERS: Mapping[str, Callable[[Numbers, float, float, Inner], float]] = {
    "warmup": _warmup,
    "offset": lambda n, steps, count, inner: inner(max(count - steps, 0.0)),
    "cycle": _cycle,
    "hold": lambda n, steps, count, inner: inner(count // steps * steps),
    "clamp": _clamp,
    "noise": _noise,
}
