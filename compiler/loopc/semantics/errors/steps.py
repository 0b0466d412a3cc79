"""E44x: what a step does in order, at times, and several times."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error
from loopc.source import Span


def rebound_in_every(name: str, span: Span, outer: Span) -> Diagnostic:
    labels = [
        Label(span, "bound again, in some steps only"),
        Label(outer, "bound here in every step"),
    ]
    title = f"an `every` block binds `{name}` of the step again"
    help = "give it another name; what a block binds is gone after it"
    return error("E444", "rebound-in-every", title, labels, help)
