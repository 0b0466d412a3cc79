"""Wording for states and `set`."""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed, warning
from loopc.source import Span
from loopc.vocabulary import suggest


def unknown_state(name: str, span: Span, known: Sequence[str]) -> Diagnostic:
    title = f"`set` of `{name}`, which is no state"
    guess = suggest(name, known)
    help = f"did you mean `{guess}`?" if guess else ""
    other = f"known: {listed(known)}" if known else ""
    declare = "" if guess else f"declare it: `state {name}: f32 = 0`"
    return error("E450", "set-of-no-state", title, span, help, declare, other)


def per_example_set(name: str, found: str, span: Span) -> Diagnostic:
    title = f"`{name}` is set to a value of each example"
    labels = [Label(span, f"this is {found}")]
    help = "leave the batch first: `total(...)` or `mean(...)`"
    return error("E451", "set-type", title, labels, help)


def set_type(
    name: str, declared: str, found: str, span: Span, place: Span
) -> Diagnostic:
    title = f"`{name}` is set to {found}, not to {declared}"
    labels = [Label(span, f"this is {found}"), Label(place, f"declared {declared}")]
    help = "a state keeps its axes and its dtype; a single number fills all of it"
    return error("E451", "set-type", title, labels, help)


def no_lanes(name: str, span: Span, declared: Span) -> Diagnostic:
    title = f"`{name}` is kept for each lane, and this stream has none"
    labels = [Label(span, "the examples of a batch do not continue each other here")]
    labels.append(Label(declared, "declared with the axis `batch`"))
    help = "write `batch 32 contiguous` in the header"
    return error("E452", "no-lanes", title, labels, help)


def lanes_not_carried(name: str, span: Span) -> Diagnostic:
    title = f"the eval reads `{name}` and does not carry it on"
    labels = [Label(span, "each batch finds what the state begins as")]
    help = f"write `set {name} = ...` in the eval, or a plain value in its place"
    return warning("W627", "lanes-not-carried", title, labels, help)


def never_set(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` is never set"
    help = f"write `set {name} = ...` in the step, or make it a `const`"
    return warning("W618", "state-never-set", title, span, help)
