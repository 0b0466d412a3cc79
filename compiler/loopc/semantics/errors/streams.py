"""E322, E323, E422 to E426: streams, their modifiers, and coupled batches."""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed, warning
from loopc.source import Span


def modifier_without_meaning(name: str, span: Span, fact: str, help: str) -> Diagnostic:
    title = f"`{name}` has no meaning here"
    return error("E322", "stream-modifier", title, [Label(span, fact)], help)


def unread_record(name: str, span: Span, fields: Sequence[str]) -> Diagnostic:
    title = f"no field of the record `{name}` is read"
    help = f"read one, `{name}.{fields[0]}`; it has {listed(fields)}"
    return error("E323", "unread-record", title, span, help)


def draw_misplaced(span: Span, place: str) -> Diagnostic:
    title = "`draw` stands outside a step or an eval"
    help = "draw there, and hand the values over"
    labels = [Label(span, f"this is in {PLACES.get(place, 'another place')}")]
    return error("E422", "draw-misplaced", title, labels, help)


PLACES = {
    "function": "a function",
    "model": "a model",
    "layer": "a layer",
}


def now_and_then_in_parts(span: Span, how: str) -> Diagnostic:
    title = f"`{how}` is for updates that each step makes once"
    labels = [Label(span, "this one is made in a loop, or in some steps only")]
    help = "take a smaller batch, or `accumulate` the gradients of several steps"
    return error("E423", "parts-step", title, labels, help)


def not_in_parts(span: Span, how: str) -> Diagnostic:
    title = f"this does not stand in a step with `{how}`"
    fact = "it belongs to the whole batch, not to a piece of it"
    help = f"leave `{how}` out, or take a smaller batch"
    return error("E423", "parts-step", title, [Label(span, fact)], help)


def outdated_in_parts(span: Span, computed: Span, update: Span, how: str) -> Diagnostic:
    title = f"with `{how}`, this needs a value of weights that are gone by then"
    labels = [
        Label(span, "computed behind the update, for each part again"),
        Label(computed, "with the weights of this moment"),
        Label(update, "changes them"),
    ]
    help = "compute the value again behind the update, or move the update"
    return error("E423", "parts-step", title, labels, help)


def objective_in_parts(span: Span, how: str) -> Diagnostic:
    title = "the objective is no sum of means, so its parts do not add up"
    help = f"with `{how}`, an objective is a sum of means with factors before them"
    return error("E424", "parts-objective", title, span, help)


def weights_in_parts(span: Span, how: str) -> Diagnostic:
    title = "the means of the objective have different weights"
    help = f"with `{how}`, weigh all of them by the same value, or none"
    return error("E424", "parts-objective", title, span, help)


def weight_by_model(model: str, span: Span, how: str) -> Diagnostic:
    title = f"the weight of a mean comes from the model `{model}`"
    help = f"with `{how}`, weights come from the data alone"
    return error("E424", "parts-objective", title, span, help)


def coupled_in_parts(what: str, span: Span, how: str) -> Diagnostic:
    title = f"{what} couples the examples of a batch, which `{how}` takes apart"
    fact = "each example depends on the rest of its batch"
    help = f"leave `{how}` out; instead of batch norm, `layer_norm` or `group_norm`"
    return error("E425", "coupled-batch", title, [Label(span, fact)], help)


def chain_in_parts(needs: str, span: Span, how: str) -> Diagnostic:
    title = "the chain asks for more than the gradient of the whole batch"
    labels = [Label(span, f"a transform of it takes the {needs} of the objective")]
    help = f"leave `{how}` out, or take a chain that works on the gradient alone"
    return error("E423", "parts-step", title, labels, help)


def devices_without_batch(span: Span) -> Diagnostic:
    title = "`devices` divides the batch of the step, and this step has none"
    help = "give the step a header: `step (x) from data.train batch 64 { }`"
    return error("E449", "devices-without-batch", title, span, help)


def devices_in_graphs(span: Span, execution: str) -> Diagnostic:
    title = "XLA compiles for one device, and `devices` asks for several"
    labels = [Label(span, f"with `execution = {execution}`")]
    help = "write `execution = graph`, or leave it to loopc"
    return error("E448", "devices-in-graphs", title, labels, help)


def coupled_steps(span: Span, accumulates: Span) -> Diagnostic:
    title = "accumulated steps are not one batch to an objective that couples examples"
    labels = [
        Label(span, "examples depend on the rest of their own step's batch"),
        Label(accumulates, "adds the gradients of several steps"),
    ]
    help = "take a larger batch instead, if that is what is meant"
    return warning("W615", "coupled-steps", title, labels, help)
