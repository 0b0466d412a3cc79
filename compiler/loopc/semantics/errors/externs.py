"""E332, E333, E340 to E342, E582: Python that a program names, or may not name."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error
from loopc.source import Span


def bad_target(why: str, span: Span) -> Diagnostic:
    title = "an `extern` does not name something of a Python module"
    help = 'write `"package.module:name"`: plain identifiers, one colon'
    return error("E332", "extern-target", title, [Label(span, why)], help)


def refused(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` is Python, which is not allowed here"
    labels = [Label(span, "training would import and run it")]
    help = "compile without `--no-extern` if you trust that module"
    return error("E333", "extern-refused", title, labels, help)


def metric_result(name: str, span: Span) -> Diagnostic:
    title = f"`extern metric {name}` does not give one number"
    labels = [Label(span, "a report is one number")]
    return error("E340", "extern-metric-result", title, labels, "write `-> f32`")


def transform_result(name: str, span: Span) -> Diagnostic:
    title = f"`extern transform {name}` does not say what it gives"
    labels = [Label(span, "directions, or steps that are added to the weights")]
    help = (
        "write `-> gradients` where a step size follows, `-> updates` where none does"
    )
    return error("E341", "extern-transform-result", title, labels, help)


def data_signature(name: str, span: Span) -> Diagnostic:
    title = f"`extern data {name}` declares tensors"
    labels = [Label(span, "the fields of a data block say what the columns are")]
    help = f'write options alone: `extern data {name}(count: int) = "module:name"`'
    return error("E342", "extern-data-signature", title, labels, help)


def call_misplaced(
    name: str, signature: str, where: str, span: Span, declared: Span
) -> Diagnostic:
    title = f"`{name}`, a function of Python, does not stand in {where}"
    labels = [Label(span, "called here"), Label(declared, "declared here")]
    call = "call it in a step, on what goes into the model or comes out of it"
    if where == "a field":
        return error("E582", "extern-fn-misplaced", title, labels, "call it in a step")
    member = name.replace("_", " ").title().replace(" ", "")
    layer = f'`extern layer {signature} = "module:{member}"`'
    other = f"or name a Keras layer whose `call` does it: {layer}"
    return error("E582", "extern-fn-misplaced", title, labels, call, other)
