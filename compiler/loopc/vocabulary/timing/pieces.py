"""Schedule pieces: names, numbers and how long they last."""

from loopc.vocabulary.entry import Option, ScheduleEntry
from loopc.vocabulary.timing.parts import (
    ARROW,
    BOUNDARIES,
    END,
    FACTOR,
    K_DECAY,
    STAIRCASE,
    START,
    shape,
    verify_boundaries,
    verify_factor,
)

ENTRIES: tuple[ScheduleEntry, ...] = (
    ScheduleEntry(
        name="constant",
        summary="One value.",
        options=(Option(name="value", kind="float", doc="The value."),),
        python="constant",
        time="may",
        mathematics="value",
        doc=(
            "As the last piece it holds to the end of the run; before `then` it takes"
            " a duration: `constant(1e-3, 500 steps)`."
        ),
    ),
    ScheduleEntry(
        name="linear",
        summary="From one value to another in a straight line.",
        options=(START, END),
        python="linear",
        arrow=ARROW,
        time="lasts",
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
            K_DECAY,
        ),
        python="cosine",
        arrow=ARROW,
        time="lasts",
        mathematics="end + (start - end) ((1 + cos(pi (t / T)^k_decay)) / 2)^exponent",
        doc="Flat at both ends. It stays at the end afterwards; torch's climbs again.",
    ),
    ScheduleEntry(
        name="exponential",
        summary="From one value to another by a constant factor.",
        options=(START, END, STAIRCASE),
        python="exponential",
        arrow=ARROW,
        time="lasts",
        verify=verify_factor,
        mathematics="start (end / start)^(t / T)",
        doc=(
            "Both ends need the same sign, and neither is 0. `exponential_decay` is"
            " written by its rate instead."
        ),
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
            Option(
                name="cycle",
                kind="bool",
                default=False,
                doc="After T go on as if T were twice, three times ... as long.",
            ),
            K_DECAY,
        ),
        python="polynomial",
        arrow=ARROW,
        time="lasts",
        mathematics="end + (start - end) (1 - (t / T)^k_decay)^power",
        doc=(
            "The end is reached at count T and kept. optax's polynomial_schedule, and"
            " Keras' PolynomialDecay, also with `cycle`."
        ),
    ),
    ScheduleEntry(
        name="tanh_decay",
        summary="From one value to another along a hyperbolic tangent.",
        options=(
            START,
            END,
            Option(name="low", kind="float", default=-7.0, doc="Where x begins."),
            Option(name="high", kind="float", default=3.0, doc="Where x ends."),
        ),
        python="tanh_decay",
        arrow=ARROW,
        time="lasts",
        mathematics="end + (start - end) (1 - tanh(x)) / 2, x from low to high",
        doc="timm's TanhLRScheduler, but it begins and ends exactly at its ends.",
    ),
    ScheduleEntry(
        name="exponential_decay",
        summary="Multiplied by a rate every T counts, for ever.",
        options=(
            START,
            Option(
                name="rate", kind="float", low=0.0, open_low=True, doc="The factor."
            ),
            STAIRCASE,
            Option(
                name="end",
                kind="float",
                default=None,
                none=True,
                doc="A value that is never passed.",
            ),
        ),
        python="exponential_decay",
        time="period",
        mathematics="start rate^(t / T)",
        doc=(
            "optax's exponential_decay and Keras' ExponentialDecay; with a duration of"
            " `1 epoch` and `staircase` torch's ExponentialLR, stepped by epochs."
        ),
    ),
    ScheduleEntry(
        name="step_decay",
        summary="Multiplied by a factor after every T counts.",
        options=(START, FACTOR),
        python="step_decay",
        time="period",
        mathematics="start factor^floor(t / T)",
        doc="torch's StepLR, timm's StepLRScheduler.",
    ),
    ScheduleEntry(
        name="multistep",
        summary="Multiplied by a factor at given counts.",
        options=(START, BOUNDARIES, FACTOR),
        python="multistep",
        verify=verify_boundaries,
        mathematics="start factor^(number of boundaries up to t)",
        doc="torch's MultiStepLR: it changes on the boundary itself.",
    ),
    ScheduleEntry(
        name="piecewise",
        summary="Values that change at given counts.",
        options=(
            Option(name="values", kind="floats", doc="One more than boundaries."),
            BOUNDARIES,
            shape("constant", "linear", "cosine", doc="The way from value to value."),
            Option(
                name="late",
                kind="bool",
                default=False,
                doc="Change one count after the boundary, as Keras does.",
            ),
        ),
        python="piecewise",
        verify=verify_boundaries,
        mathematics="values[i] from boundaries[i - 1] on",
        doc=(
            "The value changes at the boundary itself, as in optax and torch; Keras'"
            " PiecewiseConstantDecay changes one count later. With another shape it is"
            " at `values[0]` at count 0 and reaches `values[i]` at `boundaries[i - 1]`,"
            " as optax's piecewise_interpolate_schedule."
        ),
    ),
    ScheduleEntry(
        name="inverse_time",
        summary="Falls as one over time, for ever.",
        options=(
            START,
            Option(name="rate", kind="float", low=0.0, doc="How fast it falls."),
            STAIRCASE,
        ),
        python="inverse_time",
        time="period",
        mathematics="start / (1 + rate t / T)",
        doc="Keras' InverseTimeDecay.",
    ),
    ScheduleEntry(
        name="inverse_sqrt",
        summary="Falls as one over the square root of time, for ever.",
        options=(START,),
        python="inverse_sqrt",
        time="period",
        mathematics="start / sqrt(1 + t / T)",
        doc=(
            "After a warm-up of T it is the Transformer's rule: `linear(0 -> 1e-3,"
            " 4_000 steps) then inverse_sqrt(1e-3, 4_000 steps)`, also Hugging Face's"
            " inverse_sqrt."
        ),
    ),
    ScheduleEntry(
        name="inverse_power",
        summary="Falls as one over a power of time, for ever.",
        options=(START, Option(name="power", kind="float", low=0.0, doc="The power.")),
        python="inverse_power",
        time="period",
        mathematics="start (1 + t / T)^(-power)",
        doc="`inverse_sqrt` has the power 0.5.",
    ),
)
