"""Wording for models that are made of others or of files."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, warning
from loopc.source import Span

DERIVATION = "E428", "no-such-derivation"


def no_inputs(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` has no inputs and follows no model"
    help = f"declare them: `model {name}(x: f32[13]) = ...`"
    other = "derive it: `ema(net, 0.99)`, `snapshot(net, every: 500 updates)`"
    return error(*DERIVATION, title, span, help, other)


def inputs_of_source(derived: str, span: Span) -> Diagnostic:
    title = f"a model made by `{derived}` declares inputs"
    labels = [Label(span, "they are those of the model that it follows")]
    return error(*DERIVATION, title, labels, "leave the inputs and the result out")


def follows_derived(derived: str, name: str, span: Span, declared: Span) -> Diagnostic:
    title = f"`{derived}` of a model that no update trains"
    labels = [Label(span, f"`{name}` is derived itself"), Label(declared, "here")]
    return error(*DERIVATION, title, labels, "follow the model that is trained")


def frozen_model(name: str, span: Span) -> Diagnostic:
    title = f"`frozen` of `{name}`, which is a model of this program"
    labels = [Label(span, "its weights change while it is trained")]
    help = f"copy it now and then: `snapshot({name}, every: 500 updates)`"
    other = "or load what another run exported: `frozen(load(...))`"
    return error(*DERIVATION, title, labels, help, other)


def frozen_what(span: Span) -> Diagnostic:
    title = "`frozen` takes a file to load"
    help = 'write `frozen(load("teacher.keras"))`'
    return error(*DERIVATION, title, span, help)


def signature_needed(name: str, path: str, span: Span) -> Diagnostic:
    title = f"`{name}` does not say what goes in and what comes out"
    labels = [Label(span, "the file is compared with what is declared")]
    help = f"write `model {name}(x: f32[13]) -> f32[10] = ...`"
    return error("E429", "signature-needed", title, labels, help)


def derived_updated(name: str, span: Span, declared: Span) -> Diagnostic:
    title = f"`{name}` is derived, not trained"
    labels = [Label(span, "an update trains models with weights of their own")]
    labels.append(Label(declared, "declared here"))
    help = "update the model that it follows"
    return error("E430", "derived-updated", title, labels, help)


def state_updated(name: str, span: Span, declared: Span) -> Diagnostic:
    title = f"`{name}` is a state, which no update trains"
    labels = [Label(span, "states are constants for gradients")]
    labels.append(Label(declared, "declared here"))
    help = f"write `set {name} = ...`, or declare it as a `weight`"
    return error("E430", "derived-updated", title, labels, help)


def derived_inside(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` is called inside a model"
    labels = [Label(span, "it is never trained, and belongs to no other model")]
    help = "call it in the step, and hand its value to the model"
    return error("E431", "derived-inside", title, labels, help)


def source_never_updated(name: str, source: str, span: Span) -> Diagnostic:
    title = f"`{name}` never moves: no update trains `{source}`"
    help = f"update `{source}`, or call it directly"
    return warning("W617", "source-never-updated", title, span, help)
