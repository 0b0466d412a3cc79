"""E222, E223, E325-E330, E334, W620: loops one after another, and their stages."""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed, warning
from loopc.source import Span


def unknown_loop(
    name: str, span: Span, guess: str | None, known: Sequence[str]
) -> Diagnostic:
    title = f"no earlier loop is called `{name}`"
    if guess is not None:
        help = f"did you mean `{guess}`?"
    elif known:
        help = f"loops before this one: {listed(known)}"
    else:
        help = "this is the first loop; name one that stands before it"
    return error("E223", "unknown-loop", title, span, help)


def not_started(model: str, loop: str, span: Span) -> Diagnostic:
    title = f"the loop `{loop}` has no model `{model}`"
    labels = [Label(span, "none of its steps and evals calls it")]
    help = "start models that both loops call; a model that contains others starts them"
    return error("E329", "start-elsewhere", title, labels, help)


def start_origin(span: Span) -> Diagnostic:
    title = "weights to start from are those of an earlier loop, or of a file"
    help = (
        "write `start encoder from best(pretrain)`, `from last(pretrain)`, or"
        ' `from load("encoder.keras")`'
    )
    return error("E328", "start-origin", title, span, help)


def same_loop(name: str, span: Span, first: Span) -> Diagnostic:
    labels = [Label(span, "the same name again"), Label(first, f"the first `{name}`")]
    title = f"two loops are called `{name}`"
    help = "give each a name of its own: `train pretrain for 5 epochs { ... }`"
    return error("E222", "same-loop", title, labels, help)


def stages_and_length(span: Span, stages: Span) -> Diagnostic:
    labels = [Label(span, "says how long"), Label(stages, "and so do the stages")]
    title = "a loop with stages lasts as long as they do"
    help = "leave out `for ...` in the head of the loop"
    return error("E325", "stages-and-length", title, labels, help)


def stage_units(unit: str, span: Span, first: Span) -> Diagnostic:
    labels = [Label(span, "another unit"), Label(first, f"counted in {unit}")]
    title = "the stages of a loop are counted in one unit"
    return error("E325", "stages-and-length", title, labels, f"write it in {unit}")


def freezes_nothing(pattern: str, span: Span, known: Sequence[str]) -> Diagnostic:
    title = "`freeze` matches no weight"
    labels = [
        Label(span, f"nothing is called `{pattern}`" if pattern else "no weights")
    ]
    help = f"weights of the model: {listed(known)}" if known else ""
    return error("E326", "freezes-nothing", title, labels, help)


def frozen_whole(stage: str, models: str, span: Span, update: Span) -> Diagnostic:
    labels = [
        Label(span, "freezes all weights of this update"),
        Label(update, f"trains {models}"),
    ]
    title = f"the stage `{stage}` leaves nothing to train"
    help = "freeze a part of the model, or leave the stage out"
    return error("E327", "frozen-whole", title, labels, help)


def frozen_untrained(model: str, span: Span) -> Diagnostic:
    labels = [Label(span, "frozen anyway: no update of this loop trains it")]
    title = f"`freeze {model}` changes nothing"
    return warning("W620", "stage-without-effect", title, labels, "leave it out")


def set_unread(name: str, span: Span) -> Diagnostic:
    labels = [Label(span, f"nothing in this loop reads `{name}`")]
    title = f"`set {name}` changes nothing"
    help = f"use `{name}` in the step, or leave this out"
    return warning("W620", "stage-without-effect", title, labels, help)


def set_target(
    name: str, span: Span, guess: str | None, known: Sequence[str]
) -> Diagnostic:
    title = f"`{name}` is not set by a stage"
    labels = [Label(span, "neither a schedule nor a transform without parameters")]
    if guess is not None:
        help = f"did you mean `{guess}`?"
    elif known:
        help = f"known: {listed(known)}"
    else:
        help = f"declare it: `schedule {name} = constant(1e-3)`"
    return error("E330", "set-target", title, labels, help)


def nothing_to_roll_back(span: Span) -> Diagnostic:
    title = "`rollback` goes back to checkpoints, and there are none"
    help = "write `checkpoint every 500 steps`"
    return error("E334", "nothing-to-roll-back", title, span, help)
