"""W6xx: programs that run and are probably not what was meant."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import advice, warning
from loopc.source import Span


def model_never_called(name: str, span: Span) -> Diagnostic:
    title = f"model `{name}` is never called"
    return warning("W601", "model-never-called", title, span, "call it, or remove it")


def value_never_used(name: str, span: Span, given: bool = False) -> Diagnostic:
    """`given`: it is a field of a stream or an input, and has no line of its own."""
    title = f"`{name}` is never used"
    last = "leave it out of the list" if given else "remove the line"
    help = f"use it, report it, or {last}"
    return warning("W602", "value-never-used", title, span, help)


def field_never_read(data: str, name: str, span: Span) -> Diagnostic:
    title = f"field `{name}` of `{data}` is never read"
    help = "bind it in a `step` or `eval`, or remove it"
    return warning("W603", "field-never-read", title, span, help)


def never_updated(name: str, span: Span, called: Span) -> Diagnostic:
    title = f"no update trains `{name}`"
    labels = [
        Label(called, "called in this step"),
        Label(span, "has trainable weights"),
    ]
    help = f"write `update {name} to ...`, or call it through `stop_gradient`"
    return warning("W604", "variables-without-update", title, labels, help)


def clip_after_step(clip: str, span: Span, step: Span) -> Diagnostic:
    labels = [Label(span, "clips what is already scaled"), Label(step, "scales here")]
    title = f"`{clip}` comes after the step size"
    help = f"move `{clip}` to the front of the chain"
    return warning("W608", "clip-after-step", title, labels, help)


def decay_before(decay: str, span: Span, by: str, after: Span) -> Diagnostic:
    labels = [
        Label(span, "added to the gradient"),
        Label(after, f"divided by in `{by}`"),
    ]
    title = f"`{by}` rescales the weight decay"
    help = "for decoupled decay move it behind, or use `adamw`"
    return advice("W609", "decay-before-preconditioner", title, labels, help)


def second_clip(name: str, span: Span, first: Span) -> Diagnostic:
    labels = [Label(span, "a second one"), Label(first, "the first one")]
    title = "the chain clips the global norm twice"
    return warning("W610", "second-global-clip", title, labels, "leave one of the two")


def clip_each(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` changes the direction of the gradient"
    labels = [Label(span, "each tensor is clipped by its own norm")]
    help = "the usual choice is `clip_by_global_norm`"
    return advice("W611", "clip-each-norm", title, labels, help)


def declaration_never_used(kind: str, name: str, span: Span) -> Diagnostic:
    title = f"{kind} `{name}` is never used"
    return warning("W612", "declaration-never-used", title, span, "use it or remove it")


def penalty_never_added(option: str, model: str, span: Span) -> Diagnostic:
    title = f"`{option}` of a layer in `{model}` is never added"
    help = f"add `regularization({model})` to the objective"
    return warning("W630", "penalty-never-added", title, span, help)


def nothing_to_penalize(model: str, span: Span) -> Diagnostic:
    title = f"no layer of `{model}` has a regularizer"
    help = "give one, `dense(10, kernel_regularizer: l2(1e-4))`, or leave this out"
    return warning("W631", "nothing-to-penalize", title, span, help)


def mean_of_steps(name: str, function: str, span: Span) -> Diagnostic:
    title = f"`{name}` is reported as an average over steps"
    labels = [Label(span, f"the means inside `{function}` are not seen from outside")]
    help = f"end `{function}` in one `mean(...)`, or average what it gives in the step"
    return warning("W616", "mean-of-steps", title, labels, help)


def stops_when_bad(path: str, turned: str, span: Span) -> Diagnostic:
    """`stop when valid.accuracy < 0.9`: true at the first evaluation."""
    title = f"the run stops when `{path}` is bad, not when it is good"
    labels = [Label(span, "may hold at the first evaluation")]
    help = f"write `{turned}` for a goal that is reached"
    return advice("W650", "stops-when-bad", title, labels, help)


def second_step(name: str, span: Span, first: str, first_span: Span) -> Diagnostic:
    """`adam(1e-3) |> sgd(0.1)`: two factors below zero, which go uphill."""
    title = f"`{name}` takes the steps of `{first}` for gradients"
    labels = [
        Label(span, "goes against them: the objective grows"),
        Label(first_span, "gives steps that are added to the weights"),
    ]
    help = "leave one of the two; a factor for the steps is `scale(0.1)` behind"
    return warning("W651", "second-optimizer", title, labels, f"{help} `{first}`")
