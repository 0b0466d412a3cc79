"""E5xx: schedules, clocks and the arithmetic of the loop."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, warning
from loopc.source import Span
from loopc.vocabulary.entry import Mismatch


def exceeds_run(total: str, run: str, span: Span, run_span: Span) -> Diagnostic:
    labels = [
        Label(span, f"nothing is left for `rest`: {total} go before it"),
        Label(run_span, f"the run ends after {run}"),
    ]
    title = "the schedule leaves no `rest` of the run"
    help = f"shorten what stands before `rest` below {run}, or train longer"
    return error("E501", "schedule-exceeds-run", title, labels, help)


def rest_without_end(span: Span, run_span: Span) -> Diagnostic:
    labels = [Label(span, "of how many steps?"), Label(run_span, "bounded by time")]
    title = "`rest` needs a run that is counted"
    help = "write a duration in steps, or train for steps or epochs"
    return error("E502", "rest-without-end", title, labels, help)


def percent_without_end(span: Span, run_span: Span) -> Diagnostic:
    labels = [Label(span, "of how many steps?"), Label(run_span, "bounded by time")]
    title = "a percentage needs a run that is counted"
    help = "write a duration in steps, or train for steps or epochs"
    return error("E503", "percent-without-end", title, labels, help)


def epochs_without_stream(span: Span) -> Diagnostic:
    title = "epochs need a stream in the header of `step`"
    help = "write `step (...) from data.split batch n`, or count in steps"
    return error("E504", "epochs-without-stream", title, span, help)


def rest_not_last(span: Span, after: Span) -> Diagnostic:
    labels = [Label(span, "takes all that is left"), Label(after, "never reached")]
    title = "`rest` stands before the last piece"
    help = "give this piece a duration of its own"
    return error("E505", "rest-not-last", title, labels, help)


def lasts_for_ever(span: Span, after: Span) -> Diagnostic:
    labels = [Label(span, "lasts for ever"), Label(after, "never reached")]
    title = "a piece without an end stands before `then`"
    help = "give it a duration: `constant(0.1, 500 steps)`"
    return error("E506", "piece-without-end", title, labels, help)


def no_duration(span: Span) -> Diagnostic:
    title = "the loop does not say how long it runs"
    help = "write `train for 10 epochs`, `for 20_000 steps` or `for 2 hours`"
    return error("E507", "no-duration", title, span, help)


def clock_misplaced(clock: str, span: Span, help: str) -> Diagnostic:
    title = f"the clock `{clock}` does not stand here"
    return error("E508", "clock-misplaced", title, span, help)


def schedule_in_function(span: Span, help: str) -> Diagnostic:
    title = "a function reads no schedule"
    return error("E508", "clock-misplaced", title, span, help)


def not_a_schedule(found: str, span: Span) -> Diagnostic:
    title = "this is not a schedule"
    labels = [Label(span, f"found {found}")]
    help = "write pieces such as `linear(0 -> 1, 500 steps)`, or a formula of `step`"
    return error("E509", "not-a-schedule", title, labels, help)


def arrow_needed(piece: str, span: Span) -> Diagnostic:
    title = f"`{piece}` goes from one number to another"
    help = f"write `{piece}(0 -> 1, 500 steps)`"
    return error("E510", "arrow-needed", title, span, help)


def no_arrow(piece: str, span: Span) -> Diagnostic:
    title = f"`{piece}` takes no `->`"
    help = "write one number"
    return error("E510", "arrow-needed", title, span, help)


def piece_mismatch(piece: str, mismatch: Mismatch, span: Span) -> Diagnostic:
    title = f"the numbers of `{piece}` do not fit"
    labels = [Label(span, mismatch.fact)]
    return error("E511", "piece-mismatch", title, labels, mismatch.help)


def schedule_needed(piece: str, span: Span) -> Diagnostic:
    title = f"`{piece}` is made of another schedule"
    help = f"give it one first: `{piece}(rate, ...)`"
    return error("E512", "schedule-needed", title, span, help)


def duration_needed(piece: str, span: Span) -> Diagnostic:
    title = f"`{piece}` does not say for how long"
    help = "give it a duration, such as `500 steps`, `2 epochs`, `5%` or `rest`"
    return error("E513", "duration-needed", title, span, help)


def metric_needed(piece: str, span: Span) -> Diagnostic:
    title = f"`{piece}` watches a reported value"
    help = f"name it first: `{piece}(valid.loss, ...)`"
    return error("E516", "metric-needed", title, span, help)


def lengths_differ(first: str, second: str, span: Span) -> Diagnostic:
    title = "what stands before `then` has two lengths"
    labels = [Label(span, f"one part lasts {first}, another {second}")]
    help = "give both the same duration"
    return error("E514", "lengths-differ", title, labels, help)


def needs_graph(layer: str, model: str, span: Span) -> Diagnostic:
    title = f"XLA cannot compile `{layer}`"
    labels = [Label(span, f"`{model}` has this layer")]
    help = "write `execution = graph`, or leave it to loopc"
    return error("E515", "needs-graph", title, labels, help)


def outlasts_run(total: str, run: str, span: Span, run_span: Span) -> Diagnostic:
    labels = [Label(span, f"{total} long"), Label(run_span, f"ends after {run}")]
    title = "the schedule outlasts the run"
    help = "end it with the run: give the last piece `rest`"
    return warning("W605", "schedule-outlasts-run", title, labels, help)


def falls_short(total: str, run: str, span: Span, run_span: Span) -> Diagnostic:
    labels = [Label(span, f"ends after {total}"), Label(run_span, f"runs for {run}")]
    title = "the schedule ends before the run"
    help = "its last value stays: write `rest`, or `then constant(...)` to say so"
    return warning("W606", "schedule-falls-short", title, labels, help)
