"""E360 and E361: what does not go with mixed precision."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error
from loopc.source import Span


def other_precision(
    loop: str, found: str, expected: str, span: Span, first: Span
) -> Diagnostic:
    title = f"`{loop}` has another precision than the first loop"
    labels = [Label(span, found), Label(first, expected)]
    help = "give all loops the same `precision`: they share their models"
    return error("E360", "other-precision", title, labels, help)


def not_scalable(span: Span) -> Diagnostic:
    title = "a loss scale does not reach the gradients of this update"
    help = "use `precision = mixed_bfloat16`, which needs no loss scale"
    return error("E361", "not-scalable", title, span, help)
