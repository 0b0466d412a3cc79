"""Schedules that rise and fall."""

from loopc.vocabulary.entry import Option, ScheduleEntry
from loopc.vocabulary.timing.parts import ARROW, END, START, shape

PEAK = Option(name="peak", kind="float", doc="The highest value.")


def _share(name: str, default: float, doc: str) -> Option:
    return Option(name=name, kind="float", default=default, low=0.0, high=1.0, doc=doc)


ENTRIES: tuple[ScheduleEntry, ...] = (
    ScheduleEntry(
        name="one_cycle",
        summary="Up from a low value to the peak, and down to a very low one.",
        options=(
            PEAK,
            _share("pct_start", 0.3, "The share of the time that goes up."),
            _share("pct_final", 0.85, "Where the first fall ends, of three phases."),
            Option(
                name="div_factor",
                kind="float",
                default=25.0,
                low=0.0,
                open_low=True,
                doc="It begins at the peak over this.",
            ),
            Option(
                name="final_div_factor",
                kind="float",
                default=1e4,
                low=0.0,
                open_low=True,
                doc="It ends at its beginning over this.",
            ),
            shape("cosine", "linear", doc="The way from value to value."),
            Option(
                name="three_phase",
                kind="bool",
                default=False,
                doc="Fall back to the beginning first, then to the end.",
            ),
            Option(
                name="flavor",
                kind="enum",
                default="optax",
                choices=("optax", "torch"),
                doc="Whose counts: torch peaks and ends one count earlier.",
            ),
        ),
        python="one_cycle",
        time="lasts",
        mathematics="peak / div -> peak -> peak / (div final_div)",
        doc=(
            "Smith's one-cycle policy (2018). Of T counts optax peaks at"
            " int(pct_start T) and ends at T; torch's OneCycleLR peaks at"
            " pct_start T - 1 and ends at T - 1. With three phases optax ends the fall"
            " at pct_final, torch as far from the peak as the rise. For a momentum that"
            " mirrors it write `cosine(0.95 -> 0.85, 30%) then cosine(0.85 -> 0.95,"
            " rest)`."
        ),
    ),
    ScheduleEntry(
        name="cyclic",
        summary="Triangles: up in T counts, down again, for ever.",
        options=(
            START,
            END,
            Option(
                name="down",
                kind="duration",
                default=None,
                none=True,
                doc="How long it falls; as long as it rises if left out.",
            ),
            Option(
                name="mode",
                kind="enum",
                default="triangular",
                choices=("triangular", "triangular2", "exp_range"),
                doc="Whether each cycle is as high, half as high, or gamma^t high.",
            ),
            Option(
                name="gamma",
                kind="float",
                default=1.0,
                low=0.0,
                open_low=True,
                doc="The factor of each count with `exp_range`.",
            ),
        ),
        python="cyclic",
        arrow=ARROW,
        time="period",
        mathematics="start + (end - start) height(t), height 0 -> 1 -> 0 in T + down",
        doc="torch's CyclicLR: T is its step_size_up (Smith, 2017).",
    ),
    ScheduleEntry(
        name="restarts",
        summary="Half a cosine wave down, again and again.",
        options=(
            START,
            END,
            Option(
                name="t_mul",
                kind="float",
                default=2.0,
                low=1.0,
                doc="How much longer each cycle is than the one before.",
            ),
            Option(
                name="m_mul",
                kind="float",
                default=1.0,
                low=0.0,
                doc="How high each cycle is, by the one before.",
            ),
        ),
        python="restarts",
        arrow=ARROW,
        time="period",
        mathematics="end + (start - end) m_mul^i (1 + cos(pi t_i / T_i)) / 2",
        doc=(
            "SGDR (Loshchilov and Hutter, 2017). Cycle i lasts T t_mul^i counts. The"
            " defaults are those of Keras' CosineDecayRestarts; torch's"
            " CosineAnnealingWarmRestarts has `t_mul: 1`, and its CosineAnnealingLR"
            " goes back up instead: `cosine(a -> b, n steps) then cosine(b -> a, ...)`."
        ),
    ),
    ScheduleEntry(
        name="wsd",
        summary="Warm up, stay at the peak, decay at the end.",
        options=(
            PEAK,
            Option(name="warmup", kind="duration", doc="How long it rises."),
            Option(name="decay", kind="duration", doc="How long it falls, at the end."),
            Option(name="start", kind="float", default=0.0, doc="Where it begins."),
            Option(name="end", kind="float", default=0.0, doc="Where it ends."),
            shape("linear", "cosine", "sqrt", doc="How it falls."),
        ),
        python="wsd",
        time="lasts",
        mathematics="start -> peak in warmup, peak, peak -> end in the last decay",
        doc=(
            "Warm-up, stable, decay; the trapezoid. `sqrt` falls as 1 - sqrt(t)"
            " (H\u00e4gele and others, 2024). Both parts may be percentages of the run:"
            " `wsd(1e-3, rest, warmup: 5%, decay: 20%)`."
        ),
    ),
)
