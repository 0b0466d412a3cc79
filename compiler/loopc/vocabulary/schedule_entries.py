"""Schedule pieces: names, numbers and how long they last."""

from loopc.vocabulary.entry import Option, ScheduleEntry

ARROW = ("start", "end")
START = Option(name="start", kind="float", doc="Value at the beginning.")
END = Option(name="end", kind="float", doc="Value at the end, kept afterwards.")

ENTRIES: tuple[ScheduleEntry, ...] = (
    ScheduleEntry(
        name="constant",
        summary="One value.",
        options=(Option(name="value", kind="float"),),
        python="constant",
        arrow=None,
        lasts=False,
        mathematics="value",
    ),
    ScheduleEntry(
        name="linear",
        summary="From one value to another in a straight line.",
        options=(START, END),
        python="linear",
        arrow=ARROW,
        lasts=True,
        mathematics="start + (end - start) t / T",
    ),
    ScheduleEntry(
        name="cosine",
        summary="From one value to another along half a cosine wave.",
        options=(
            START,
            END,
            Option(name="exponent", kind="float", default=1.0, low=0.0, open_low=True),
        ),
        python="cosine",
        arrow=ARROW,
        lasts=True,
        mathematics="end + (start - end) ((1 + cos(pi t / T)) / 2)^exponent",
    ),
    ScheduleEntry(
        name="exponential",
        summary="From one value to another by a constant factor.",
        options=(
            START,
            END,
            Option(name="staircase", kind="bool", default=False),
        ),
        python="exponential",
        arrow=ARROW,
        lasts=True,
        mathematics="start (end / start)^(t / T)",
    ),
    ScheduleEntry(
        name="polynomial",
        summary="From one value to another along a power of the time left.",
        options=(START, END, Option(name="power", kind="float", default=1.0, low=0.0)),
        python="polynomial",
        arrow=ARROW,
        lasts=True,
        mathematics="end + (start - end) (1 - t / T)^power",
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
