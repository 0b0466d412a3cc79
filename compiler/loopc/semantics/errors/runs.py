"""E222, E325-E329: loops one after another, and their stages."""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed
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
    title = "weights to start from are those of an earlier loop"
    help = "write `start encoder from best(pretrain)`, or `from last(pretrain)`"
    return error("E328", "start-origin", title, span, help)


def same_loop(name: str, span: Span, first: Span) -> Diagnostic:
    labels = [Label(span, "the same name again"), Label(first, f"the first `{name}`")]
    title = f"two loops are called `{name}`"
    help = "give each a name of its own: `train pretrain for 5 epochs { ... }`"
    return error("E222", "same-loop", title, labels, help)
