"""E42x, E583, E584: gradients as values, and what they are taken with respect to."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, warning
from loopc.source import Span


def unnamed_variable(span: Span) -> Diagnostic:
    title = "a gradient is taken with respect to a name"
    help = "bind the expression to a name, and compute the value from that name"
    return error("E420", "gradient-variable", title, span, help)


def no_float(found: str, span: Span, fact: str) -> Diagnostic:
    labels = [Label(span, f"this is {found}")]
    help = "cast it to `f32` where it is computed"
    return error("E420", "gradient-variable", fact, labels, help)


def gradient_misses(name: str, value: Span, bound: Span) -> Diagnostic:
    labels = [
        Label(value, f"computed without this `{name}`"),
        Label(bound, "with respect to this"),
    ]
    title = f"the value does not depend on `{name}`"
    help = f"compute the value from `{name}`, after it is bound for the last time"
    return error("E421", "gradient-misses", title, labels, help)


def gradient_stopped(
    name: str, by: str, why: str, cut: Span, value: Span
) -> Diagnostic:
    labels = [
        Label(value, f"no gradient from here to `{name}`"),
        Label(cut, f"`{by}` cuts it" + (f": {why}" if why else "")),
    ]
    title = f"no gradient reaches `{name}`"
    help = f"take `{by}` out of the path from `{name}` to the value"
    return error("E421", "gradient-misses", title, labels, help)


def coupled_gradient(value: Span, span: Span) -> Diagnostic:
    labels = [
        Label(span, "one gradient for each example"),
        Label(value, "each example's value depends on the whole batch"),
    ]
    title = "the gradient of an example passes through batch statistics"
    help = "normalize within examples: `layer_norm` or `group_norm`"
    return warning("W613", "gradient-through-batch", title, labels, help)


def chain_with_state(name: str, why: str, span: Span) -> Diagnostic:
    title = f"`{name}` cannot update a model value"
    labels = [Label(span, why)]
    help = "use a chain without state, such as `sgd(0.01)`"
    return error("E445", "chain-with-state", title, labels, help)


def selects_in_model_value(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` cannot choose among the weights of a model value"
    labels = [Label(span, "goes by names, which the tensors of a model value lack")]
    help = "leave `only` out: the step is for all weights"
    return error("E445", "chain-with-state", title, labels, help)


def updated_misses(model: str, objective: Span, span: Span) -> Diagnostic:
    labels = [
        Label(objective, f"computed without this `{model}`"),
        Label(span, "would be updated"),
    ]
    title = f"the objective does not depend on `{model}`"
    help = f"call `{model}` on the way to the objective"
    return error("E446", "updated-misses-model", title, labels, help)


def gradient_in_passes(span: Span, chain: Span) -> Diagnostic:
    title = "`grad` stands in a step whose objective is computed again"
    labels = [
        Label(span, "recorded by a tape of the step"),
        Label(chain, "this chain goes through the step's statements once more"),
    ]
    help = "take it in a function: `fn slope(m: model, x) = grad(sum(m(x)), wrt: x)`"
    return error("E583", "gradient-in-passes", title, labels, help)


def examples_not_apart(what: str, span: Span, chain: Span) -> Diagnostic:
    title = f"{what} does not go with gradients of single examples"
    labels = [
        Label(span, "one example has no such value by itself"),
        Label(chain, "this chain takes the gradient of each example"),
    ]
    help = "take it out, or clip the gradient of the whole batch"
    return error("E584", "examples-not-apart", title, labels, help)
