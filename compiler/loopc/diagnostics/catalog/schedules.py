"""E447, E5xx, W605 and W606: schedules and the arithmetic of the loop."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import MODEL, STEP, regression
from loopc.diagnostics.model import Severity

STEPPED = STEP.replace("adam(0.01)", "adam(rate)")
DRAWN = (
    "loss = sum(net(normal([13], batch: 32)) ^ 2)\n"
    "update net to minimize loss using adam(0.01)\nreport loss"
)

TURNING = (
    "model net(x: f32[8, 8, 3]) -> f32[10] ="
    " x |> random_rotation(0.1) |> flatten |> dense(10)\n"
)
DRAWN_IMAGES = DRAWN.replace("[13]", "[8, 8, 3]")

RARE_STEP = STEP.replace("adam(0.01)", "adam({}) every 4 steps")
WARMED = "linear(0 -> 1e-2, 50 updates) then cosine(1e-2 -> 0, rest)"


def _scheduled(schedule: str, length: str = "for 1_000 steps") -> str:
    return regression(STEPPED, before=f"schedule rate = {schedule}\n", length=length)


ENTRIES = (
    catalog_entry(
        "E501",
        "schedule-exceeds-run",
        "a schedule leaves no `rest` of the run",
        "What stands before the piece with `rest` takes the whole run, or more of it.",
        _scheduled("linear(0 -> 1e-2, 2_000 steps) then cosine(1e-2 -> 0, rest)"),
        _scheduled("linear(0 -> 1e-2, 200 steps) then cosine(1e-2 -> 0, rest)"),
    ),
    catalog_entry(
        "E502",
        "rest-without-end",
        "`rest` in a run that is bounded by time",
        "How many steps a run of two hours has is not known, so nothing lasts for the"
        " rest of them.",
        _scheduled("cosine(1e-2 -> 0, rest)", "for 2 hours"),
        _scheduled("cosine(1e-2 -> 0, 5_000 steps)", "for 2 hours"),
    ),
    catalog_entry(
        "E503",
        "percent-without-end",
        "a percentage of a run that is bounded by time",
        "How many steps a run of two hours has is not known, so nothing lasts for a"
        " percentage of them, and `progress` has no value.",
        _scheduled("cosine(1e-2 -> 0, 50%)", "for 2 hours"),
        _scheduled("cosine(1e-2 -> 0, 5_000 steps)", "for 2 hours"),
    ),
    catalog_entry(
        "E504",
        "epochs-without-stream",
        "epochs without a stream that has them",
        "An epoch is one pass over the stream in the header of the step. Without one"
        " there is nothing to pass over.",
        regression(DRAWN, data="", stream="", length="for 5 epochs"),
        regression(DRAWN, data="", stream="", length="for 500 steps"),
    ),
    catalog_entry(
        "E505",
        "rest-not-last",
        "`rest` stands before the last piece",
        "A piece with `rest` lasts until the run ends; what is joined after it would"
        " never be read.",
        _scheduled("cosine(1e-2 -> 0, rest) then constant(1e-3)"),
        _scheduled("cosine(1e-2 -> 1e-3, 500 steps) then constant(1e-3)"),
    ),
    catalog_entry(
        "E506",
        "piece-without-end",
        "a piece without an end stands before `then`",
        "Pieces without a duration last for ever; what is joined after one would never"
        " be read.",
        _scheduled("constant(1e-2) then cosine(1e-2 -> 0, rest)"),
        _scheduled("linear(1e-2 -> 1e-2, 100 steps) then cosine(1e-2 -> 0, rest)"),
    ),
    catalog_entry(
        "E507",
        "no-duration",
        "a loop does not say how long it runs",
        "A loop runs for a number of epochs or steps, or for a time.",
        regression(length=""),
        regression(length="for 10 epochs"),
    ),
    catalog_entry(
        "E508",
        "clock-misplaced",
        "a clock is read where there is none",
        "The clocks `step`, `epoch` and `progress` are read in the step and in"
        " schedules, not in models, data and evals.",
        regression(model=MODEL.replace("= x |>", "= (x * progress) |>")),
        regression(STEP.replace("net(x))", "net(x)) * progress")),
    ),
    catalog_entry(
        "E509",
        "not-a-schedule",
        "what stands here is not a schedule",
        "A schedule is made of pieces joined by `then`, of arithmetic with schedules,"
        " or is a formula of the clocks that gives one number.",
        _scheduled("[0.1, 0.01]"),
        _scheduled("0.1 * exp(-5 * progress)"),
    ),
    catalog_entry(
        "E510",
        "arrow-needed",
        "a piece does not say from where to where",
        "Pieces such as `linear` go from number to number: `linear(0 -> 1, rest)`.",
        _scheduled("cosine(1e-2, rest)"),
        _scheduled("cosine(1e-2 -> 0, rest)"),
    ),
    catalog_entry(
        "E511",
        "piece-mismatch",
        "the numbers of a schedule do not fit each other",
        "A table of values needs one value more than boundaries, in their order; an"
        " exponential piece needs ends of one sign.",
        _scheduled("piecewise([1e-2, 1e-3], [100, 200])"),
        _scheduled("piecewise([1e-2, 1e-3, 1e-4], [100, 200])"),
    ),
    catalog_entry(
        "E512",
        "schedule-needed",
        "a schedule is made of another one, which is missing",
        "`warmup`, `offset`, `cycle`, `hold`, `clamp` and `noise` change another"
        " schedule, their first argument.",
        _scheduled("warmup(duration: 100 steps)"),
        _scheduled("warmup(cosine(1e-2 -> 0, rest), 100 steps)"),
    ),
    catalog_entry(
        "E513",
        "duration-needed",
        "a piece does not say for how long",
        "Most pieces last for a while or repeat after it: a number of steps, epochs or"
        " updates, a percentage of the run, or `rest`.",
        _scheduled("linear(1e-2 -> 0)"),
        _scheduled("linear(1e-2 -> 0, rest)"),
    ),
    catalog_entry(
        "E514",
        "lengths-differ",
        "what stands before `then` has two lengths",
        "Pieces that are added or multiplied before `then` end together; otherwise it"
        " is not known when the next one begins.",
        _scheduled(
            "linear(0 -> 1, 100 steps) * linear(1 -> 0.1, 200 steps)"
            " then constant(1e-3)"
        ),
        _scheduled(
            "linear(0 -> 1, 200 steps) * linear(1 -> 0.1, 200 steps)"
            " then constant(1e-3)"
        ),
    ),
    catalog_entry(
        "E515",
        "needs-graph",
        "XLA is asked for, and a layer cannot be compiled by it",
        "Layers that move pixels by a transformation run in graphs only. Without a"
        " setting the loop runs as a graph by itself.",
        regression(
            DRAWN_IMAGES,
            data="",
            stream="",
            model=TURNING,
            after="execution = xla",
            length="for 500 steps",
        ),
        regression(
            DRAWN_IMAGES,
            data="",
            stream="",
            model=TURNING,
            after="execution = graph",
            length="for 500 steps",
        ),
    ),
    catalog_entry(
        "E516",
        "metric-needed",
        "a plateau does not say what it watches",
        "`plateau` is a factor that falls when a value reported by an eval, or by the"
        " loop itself, has stopped improving; the value is its first argument.",
        _scheduled("1e-2 * plateau(0.5)"),
        _scheduled("1e-2 * plateau(train.loss, factor: 0.5, mode: min)"),
    ),
    catalog_entry(
        "E447",
        "updates-of-which",
        "it is open whose updates a named schedule counts",
        "An update in a `repeat`, in some steps only, or behind `accumulate` is not"
        " made once a step. A schedule with a name is made once for all who read it:"
        " either all of its durations are in updates, and it is read by each site's own"
        " counter, or none is. Written in place, durations are those of the site;"
        " read on the step, it has no site whose updates it could count.",
        regression(RARE_STEP.format("rate"), before=f"schedule rate = {WARMED}\n"),
        regression(RARE_STEP.format(WARMED)),
    ),
    catalog_entry(
        "W605",
        "schedule-outlasts-run",
        "a schedule is longer than the run",
        "The run ends before the schedule does, so its end is never reached.",
        _scheduled("cosine(1e-2 -> 0, 5_000 steps)"),
        _scheduled("cosine(1e-2 -> 0, rest)"),
        Severity.WARNING,
    ),
    catalog_entry(
        "W606",
        "schedule-falls-short",
        "a schedule is shorter than the run",
        "The schedule ends before the run does, and keeps its last value from then on."
        " `then constant(...)` says that this is meant.",
        _scheduled("cosine(1e-2 -> 0, 500 steps)"),
        _scheduled("cosine(1e-2 -> 1e-4, 500 steps) then constant(1e-4)"),
        Severity.WARNING,
    ),
)
