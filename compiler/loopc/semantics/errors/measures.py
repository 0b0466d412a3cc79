"""E352 to E354, W632: probes, and what is read of updates."""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed, replace, warning
from loopc.source import Span


def unknown_probe(
    name: str, span: Span, guess: str | None, known: Sequence[str]
) -> Diagnostic:
    title = f"no chain here has a probe `{name}`"
    fix = None
    help = f'put it into the chain: `clip_by_global_norm(1.0) |> probe("{name}")`'
    if guess is not None:
        help = f"did you mean `{guess}`?"
        fix = replace(help, span, f'"{guess}"')
    elif known:
        help = f"the probes here are {listed(known)}"
    label = Label(span, "an update in front of the report has to pass it")
    return error("E352", "unknown-probe", title, [label], help, fix=fix)


def probe_lost(name: str, chain: Span, report: Span) -> Diagnostic:
    labels = [
        Label(chain, "has none of this name"),
        Label(report, "reads it in every stage"),
    ]
    title = f"a chain that a stage sets lacks the probe `{name}`"
    help = f'put `probe("{name}")` into it, too'
    return error("E352", "unknown-probe", title, labels, help)


def name_in_quotes(span: Span) -> Diagnostic:
    title = "a probe is named in quotes"
    help = 'write `probe("clipped")`, in the chain and in the report'
    return error("E352", "unknown-probe", title, span, help)


def measure_misplaced(text: str, span: Span) -> Diagnostic:
    title = f"`{text}` stands only in a `report` of a step"
    help = "write it in `report`: it is a mean over the window, not a value of the step"
    return error("E353", "measure-misplaced", title, span, help)


def measure_in_value(span: Span, value: Span) -> Diagnostic:
    labels = [
        Label(span, "a mean over the window"),
        Label(value, "computed in each step"),
    ]
    title = "a measure meets what is computed in each step"
    help = "use arithmetic on it and on other means, or report it by itself"
    return error("E353", "measure-misplaced", title, labels, help)


def not_passed(name: str, span: Span) -> Diagnostic:
    title = f"the probe `{name}` is not passed by an update that is reported here"
    help = "report it in the step itself, or in the `every` block of the update"
    return error("E353", "measure-misplaced", title, span, help)


def not_updated(model: str, span: Span) -> Diagnostic:
    title = f"no update in front of this report trains `{model}`"
    help = "report behind the `update`, in the same `every` block or in the step itself"
    return error("E353", "measure-misplaced", title, span, help)


def nothing_measured(name: str, span: Span, measures: Sequence[str]) -> Diagnostic:
    title = f"`{name}(...)` is no number"
    help = f"say what is measured: {listed([f'.{m}' for m in measures])}"
    other = "the gradient of a value is `grad(v, wrt: x)`" * (name == "gradients")
    return error("E353", "measure-misplaced", title, span, help, other)


# Why a measure does not fit, and what to do about it.
ONE_STEP = (
    "there is one step for all objectives",
    "write `gradients(net).cosine`: in front of the chain there are several",
)
BY_EXAMPLE = (
    "the chain is given a gradient for each example",
    "put a `probe` behind what makes one gradient of them",
)
ONE_OBJECTIVE = (
    "the chain is given one gradient",
    "a sum is one objective: `to minimize [a, b] using pcgrad |> ...` has a gradient"
    " for each",
)
WEIGHTED_SUM = (
    "the chain is given one gradient, of a weighted sum",
    "`pcgrad` and others that work on gradients are given one for each objective:"
    " write `to minimize [a, b] using pcgrad |> ...`",
)
COSINE_OF_ONE = (
    "a cosine is of two gradients or more",
    "leave out `of:` for the mean over all pairs, or name two objectives",
)
WHICH_OBJECTIVE = (
    "the chain is given a gradient for each objective",
    "say which, `of: loss`, or put a `probe` behind what combines them",
)


def measure_misfits(measure: str, fact: str, help: str, span: Span) -> Diagnostic:
    title = f"these gradients have no such `.{measure}`"
    return error("E354", "measure-misfits", title, [Label(span, fact)], help)


def one_gradient_there(span: Span) -> Diagnostic:
    title = "a probe sees one gradient, which has no `.cosine`"
    return error("E354", "measure-misfits", title, span, ONE_STEP[1])


def several_updates(
    place: str, what: str, span: Span, updates: Sequence[Span]
) -> Diagnostic:
    labels = [Label(span, "which one?")]
    labels += [Label(update, "one of them") for update in updates]
    title = f"`{place}({what})` is of {len(updates)} updates"
    help = f"name the model, `probe({what}, net)`, or give each probe its own name"
    if place != "probe":
        help = "put a probe of its own into each chain, and report those"
    return error("E354", "measure-misfits", title, labels, help)


def probe_never_read(name: str, span: Span) -> Diagnostic:
    title = f"nothing reads the probe `{name}`"
    help = f'`report {_identifier(name)}_norm = probe("{name}").norm`; it is left out'
    return warning("W632", "probe-never-read", title, span, help)


def _identifier(name: str) -> str:
    return name if name.isidentifier() else "probed"
