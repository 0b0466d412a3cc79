"""Schedules made of another one, which is their first argument."""

from loopc.vocabulary.entry import Option, ScheduleEntry

ENTRIES: tuple[ScheduleEntry, ...] = (
    ScheduleEntry(
        name="warmup",
        summary="Another schedule after a rise from a low value.",
        options=(
            Option(name="start", kind="float", default=0.0, doc="Where it begins."),
            Option(
                name="power",
                kind="float",
                default=1.0,
                low=0.0,
                open_low=True,
                doc="The power of time along which it rises.",
            ),
            Option(
                name="shift",
                kind="bool",
                default=True,
                doc="Begin the schedule after the warm-up, not under it.",
            ),
        ),
        python="warmup",
        time="lasts",
        inner="after",
        mathematics="start + (f(0) - start) (t / T)^power, then f(t - T)",
        doc=(
            "The rise meets the schedule. Without `shift` the schedule's own clock runs"
            " from count 0 and the warm-up replaces its beginning, as in TensorFlow's"
            " Model Garden and timm. Of Keras' CosineDecay the decay_steps exclude the"
            " warm-up, as here; of optax's warmup_cosine_decay_schedule they include"
            " it: with `rest` both come out the same."
        ),
    ),
    ScheduleEntry(
        name="offset",
        summary="Another schedule that begins later.",
        python="offset",
        time="lasts",
        inner="after",
        mathematics="f(max(t - T, 0))",
        doc="Until then it is at its first value. optax's `transition_begin`.",
    ),
    ScheduleEntry(
        name="cycle",
        summary="Another schedule again and again.",
        options=(
            Option(
                name="decay",
                kind="float",
                default=1.0,
                low=0.0,
                open_low=True,
                doc="What each repetition is multiplied by, once more.",
            ),
        ),
        python="cycle",
        time="period",
        inner="again",
        mathematics="decay^floor(t / T) f(t mod T)",
        doc="It begins anew after every T counts, however long the schedule is.",
    ),
    ScheduleEntry(
        name="hold",
        summary="Another schedule read now and then.",
        python="hold",
        time="period",
        inner="through",
        mathematics="f(T floor(t / T))",
        doc="Its value stays for T counts; `hold(f, 1 epoch)` is `f at epoch`.",
    ),
    ScheduleEntry(
        name="clamp",
        summary="Another schedule within bounds.",
        options=(
            Option(
                name="low",
                kind="float",
                default=None,
                none=True,
                doc="The lowest value.",
            ),
            Option(
                name="high",
                kind="float",
                default=None,
                none=True,
                doc="The highest value.",
            ),
        ),
        python="clamp",
        inner="through",
        mathematics="min(max(f(t), low), high)",
        doc="A floor of a learning rate, for example.",
    ),
    ScheduleEntry(
        name="noise",
        summary="Another schedule times random factors.",
        options=(
            Option(
                name="amount",
                kind="float",
                low=0.0,
                high=1.0,
                doc="Factors lie from 1 - amount up to 1 + amount.",
            ),
            Option(name="seed", kind="int", default=0, doc="The seed of the factors."),
        ),
        python="noise",
        time="period",
        inner="through",
        mathematics="f(t) (1 + u), u uniform in -amount .. amount, one for each T",
        doc=(
            "A factor is a function of `seed` and of the number of its period, and of"
            " nothing else: it is the same after a resume, and in `loopc plot`."
        ),
    ),
    ScheduleEntry(
        name="plateau",
        summary="A factor that falls when a reported value stops improving.",
        options=(
            Option(
                name="factor",
                kind="float",
                default=0.1,
                low=0.0,
                high=1.0,
                open_low=True,
                open_high=True,
                doc="What it is multiplied by.",
            ),
            Option(
                name="patience",
                kind="int",
                default=10,
                low=1,
                doc="After how many evaluations without an improvement.",
            ),
            Option(
                name="min_delta",
                kind="float",
                default=1e-4,
                low=0.0,
                doc="What an improvement has to be more than.",
            ),
            Option(
                name="relative",
                kind="bool",
                default=False,
                doc="Count it as a share of the best value, as torch does.",
            ),
            Option(
                name="cooldown",
                kind="int",
                default=0,
                low=0,
                doc="How many evaluations do not count after a fall.",
            ),
            Option(
                name="low",
                kind="float",
                default=0.0,
                low=0.0,
                doc="The factor never falls below it.",
            ),
            Option(
                name="mode",
                kind="enum",
                default=None,
                none=True,
                choices=("min", "max"),
                doc="Which way is better, where the value does not say.",
            ),
        ),
        python="Plateau",
        watches=True,
        mathematics="1, times factor at each plateau",
        doc=(
            "Multiply a schedule by it: `1e-3 * plateau(valid.loss, factor: 0.5)`. The"
            " rule of Keras' ReduceLROnPlateau; torch's waits one evaluation longer. It"
            " is asked whenever the eval has run, and its state is in every checkpoint."
        ),
    ),
)
