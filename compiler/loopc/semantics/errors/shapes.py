"""E40x to E42x: models, layers and tensors that do not fit each other."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error
from loopc.source import Span


def shape_mismatch(
    operator: str, left: tuple[Span, str], right: tuple[Span, str], fact: str, help: str
) -> Diagnostic:
    labels = [
        Label(left[0], f"this is {left[1]}"),
        Label(right[0], f"this is {right[1]}"),
    ]
    title = f"`{operator}` of {left[1]} and {right[1]}"
    help = help or fact
    return error("E401", "shape-mismatch", title, labels, help)


def argument_type(
    model: str, name: str, expected: str, found: str, span: Span, declared: Span
) -> Diagnostic:
    title = f"`{model}` takes {expected} as `{name}`"
    labels = [Label(span, f"this is {found}"), Label(declared, f"declared {expected}")]
    help = "give it a value of that type, or change the declaration"
    return error("E402", "argument-type", title, labels, help)


def result_type(
    what: str, expected: str, found: str, span: Span, declared: Span, help: str = ""
) -> Diagnostic:
    title = f"{what} gives {found}, not {expected}"
    labels = [Label(span, f"this is {found}"), Label(declared, f"declared {expected}")]
    help = help or "change the declared type, or the last operation"
    return error("E403", "result-type", title, labels, help)


def loss_operands(loss: str, fact: str, help: str, labels: list[Label]) -> Diagnostic:
    labels = [Label(labels[0].span, fact), *labels]
    labels = [labels[0], *labels[2:]] if len(labels) > 2 else labels[:1]
    return error("E404", "loss-operands", f"`{loss}` does not fit these", labels, help)


def streams_mix(
    left: tuple[Span, str], right: tuple[Span, str], stream_names: tuple[str, str]
) -> Diagnostic:
    labels = [
        Label(left[0], f"one value per example of {stream_names[0]}"),
        Label(right[0], f"one value per example of {stream_names[1]}"),
    ]
    title = "examples of two streams meet"
    help = "average each first: `mean(...)`"
    return error("E405", "streams-mix", title, labels, help)


def plain_input(model: str, found: str, span: Span) -> Diagnostic:
    title = f"`{model}` runs on examples, not on a plain value"
    help = "give it a field, or a draw such as `normal([64], batch: 64)`"
    return error("E406", "plain-input", title, [Label(span, f"this is {found}")], help)


def layer_input(layer: str, fact: str, help: str, span: Span) -> Diagnostic:
    title = f"`{layer}` does not fit its input"
    return error("E407", "layer-input", title, [Label(span, fact)], help)


def function_operands(name: str, fact: str, help: str, span: Span) -> Diagnostic:
    title = f"`{name}` does not fit its operands"
    return error("E408", "function-operands", title, [Label(span, fact)], help)


# What does in a step what a layer without weights does in a model.
OPERATIONS = {
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a * b",
    "maximum": "max(a, b)",
    "minimum": "min(a, b)",
    "average": "(a + b) / 2",
    "concatenate": "concat([a, b])",
}


def constructed_in_step(layer: str, span: Span, where: str) -> Diagnostic:
    title = f"a layer is made in {where}"
    if layer in OPERATIONS:
        labels = [Label(span, f"`{layer}` is a layer, which belongs into a model")]
        help = f"write `{OPERATIONS[layer]}`"
        return error("E409", "constructed-in-step", title, labels, help)
    labels = [Label(span, f"`{layer}` has weights, or state, of its own")]
    help = "put it into a `model` and call that"
    return error("E409", "constructed-in-step", title, labels, help)


def unpack_count(found: int, wanted: int, span: Span) -> Diagnostic:
    labels = [Label(span, f"this gives {found} value{'s' if found != 1 else ''}")]
    title = f"{wanted} name{'s' if wanted != 1 else ''} for {found} value"
    title += "s" if found != 1 else ""
    help = "write one name for each value"
    return error("E410", "unpack-count", title, labels, help)


def report_not_scalar(name: str, found: str, span: Span) -> Diagnostic:
    title = f"`{name}` is not one number"
    help = "reduce it: `mean(...)` or `sum(...)`"
    return error("E411", "report-not-scalar", title, [Label(span, f"{found}")], help)


def metric_misplaced(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` has state and stands only in `report`"
    help = f"write `report {name} = {name}(...)`"
    return error("E412", "metric-misplaced", title, span, help)


def objective_type(found: str, span: Span, fact: str) -> Diagnostic:
    labels = [Label(span, f"this is {found}")]
    help = "reduce it to one float: `mean(...)` or `sum(...)`"
    return error("E413", "objective-type", fact, labels, help)


def index_range(index: int, length: int, span: Span) -> Diagnostic:
    title = f"index {index} lies outside an axis of {length}"
    help = f"write one of {-length} .. {length - 1}"
    return error("E414", "index-range", title, span, help)


def too_many_indices(axes: int, span: Span) -> Diagnostic:
    title = f"more indices than the {axes} axes of an example"
    help = "the batch is not an axis: count the declared ones"
    return error("E414", "index-range", title, span, help)


def carried_type(name: str, before: str, after: str, span: Span) -> Diagnostic:
    title = f"`repeat` changes the type of `{name}`"
    labels = [Label(span, f"{before} before, {after} after one pass")]
    help = "give it the same type in every pass"
    return error("E415", "carried-type", title, labels, help)


def average_in_model(span: Span, where: str) -> Diagnostic:
    title = f"no average over examples in {where}"
    labels = [Label(span, "would make the examples of a batch depend on each other")]
    help = "reduce the axes of the example: `mean(x, axis: -1)`, `global_average_...`"
    return error("E416", "average-in-model", title, labels, help)


def no_batch(span: Span, in_function: bool = False) -> Diagnostic:
    title = "the draw has no batch"
    help = "this step has no stream: write `batch: 64` or `batch: value`"
    if in_function:
        help = "nothing here has examples: hand it a value, or write `batch: 64`"
    return error("E417", "no-batch", title, span, help)


def not_here(name: str, span: Span, where: str, help: str) -> Diagnostic:
    return error("E418", "not-here", f"`{name}` does not stand in {where}", span, help)


def instance_rebuilt(name: str, first: str, second: str, span: Span) -> Diagnostic:
    title = f"`{name}` already has weights for {first}"
    labels = [Label(span, f"this is {second}")]
    help = "give it an input of the same last axis, or construct a second layer"
    return error("E419", "instance-rebuilt", title, labels, help)


def read_before_applied(layer: str, weight: str, span: Span) -> Diagnostic:
    title = f"`{layer}.{weight}` is read before `{layer}` is applied"
    labels = [Label(span, "its shape follows from the input of the layer")]
    help = f"apply it first: `h = {layer}(x)`"
    return error("E427", "read-before-applied", title, labels, help)
