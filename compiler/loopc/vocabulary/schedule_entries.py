"""Schedule pieces: names, numbers and how long they last."""

from loopc.vocabulary.entry import Option, ScheduleEntry

ARROW = ("start", "end")
START = Option(name="start", kind="float", doc="Value at the beginning.")
END = Option(name="end", kind="float", doc="Value at the end, kept afterwards.")

ENTRIES: tuple[ScheduleEntry, ...] = (
    ScheduleEntry(
        name="constant",
        summary="One value.",
        options=(Option(name="value", kind="float", doc="The value."),),
        python="constant",
        arrow=None,
        lasts=False,
        mathematics="value",
        doc="As the last piece it holds to the end of the run.",
    ),
    ScheduleEntry(
        name="linear",
        summary="From one value to another in a straight line.",
        options=(START, END),
        python="linear",
        arrow=ARROW,
        lasts=True,
        mathematics="start + (end - start) t / T",
        doc="The end is reached at count T and kept. The usual warm-up.",
    ),
    ScheduleEntry(
        name="cosine",
        summary="From one value to another along half a cosine wave.",
        options=(
            START,
            END,
            Option(
                name="exponent",
                kind="float",
                default=1.0,
                low=0.0,
                open_low=True,
                doc="Bends the wave; above 1 it falls earlier.",
            ),
        ),
        python="cosine",
        arrow=ARROW,
        lasts=True,
        mathematics="end + (start - end) ((1 + cos(pi t / T)) / 2)^exponent",
        doc="Flat at both ends. It stays at the end afterwards; torch's climbs again.",
    ),
    ScheduleEntry(
        name="exponential",
        summary="From one value to another by a constant factor.",
        options=(
            START,
            END,
            Option(
                name="staircase",
                kind="bool",
                default=False,
                doc="Round t / T down, so that it jumps once.",
            ),
        ),
        python="exponential",
        arrow=ARROW,
        lasts=True,
        mathematics="start (end / start)^(t / T)",
        doc="Both ends need the same sign, and neither is 0.",
    ),
    ScheduleEntry(
        name="polynomial",
        summary="From one value to another along a power of the time left.",
        options=(
            START,
            END,
            Option(
                name="power",
                kind="float",
                low=0.0,
                open_low=True,
                doc="The power; 1 is a straight line.",
            ),
        ),
        python="polynomial",
        arrow=ARROW,
        lasts=True,
        mathematics="end + (start - end) (1 - t / T)^power",
        doc="The end is reached at count T and kept. optax's polynomial_schedule.",
    ),
    ScheduleEntry(
        name="piecewise",
        summary="Constant values that change at given counts.",
        options=(
            Option(name="values", kind="floats", doc="One more than boundaries."),
            Option(name="boundaries", kind="ints", doc="Counts at which it changes."),
        ),
        python="piecewise",
        arrow=None,
        lasts=False,
        mathematics="values[i] from boundaries[i - 1] on",
        doc="The value changes at the boundary itself, as in optax and torch.",
    ),
)
