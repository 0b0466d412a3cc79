"""Models made of others or of files: `ema`, `snapshot`, `frozen(load(...))`."""

from loopc.semantics.arguments import Slots, bind_slots
from loopc.semantics.checked import (
    AveragedByChain,
    CheckedModel,
    CheckedSchedule,
    FromFile,
    MovingAverage,
    Origin,
    SnapshotOf,
    Static,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import derived as errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.options import check_option
from loopc.semantics.schedule_values import check_schedule, mentions_schedule
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.entry import Option

FOLLOWING = ("averaged", "ema", "snapshot")
DECAY = Option(name="decay", kind="float", default=0.99, low=0.0, high=1.0, doc="")


def derivation(context: Context, node: ast.Model) -> ast.Call | None:
    """The call (`ema`, `averaged`, ...) that a model is made by, if it is."""
    body = node.body
    if not isinstance(body, ast.Call) or not isinstance(body.callee, ast.Name):
        return None
    name = body.callee.text
    if name not in (*FOLLOWING, "frozen") or context.declarations.find(name):
        return None
    return body


def check_origin(
    context: Context, node: ast.Model
) -> tuple[Origin, ast.Model | None] | None:
    """What a model without a body of its own is made of, and the model it follows.

    None, once said, where that does not hold.
    """
    call = derivation(context, node)
    if call is None:
        context.add(errors.no_inputs(node.name.text, node.name.span))
        return None
    body = Body(context, "schedule")
    name = call.callee.text if isinstance(call.callee, ast.Name) else ""
    if name == "frozen":
        origin = _from_file(body, node, call)
        return None if origin is None else (origin, None)
    if node.parameters is not None:
        context.add(errors.inputs_of_source(name, node.parameters[0].span))
        return None
    return _following(body, name, call)


def _following(
    body: Body, name: str, call: ast.Call
) -> tuple[Origin, ast.Model | None] | None:
    rates = {"ema": ["decay"], "snapshot": ["every"]}
    slots = bind_slots(body, name, call.arguments, ["model", *rates.get(name, [])])
    source = _source(body, name, slots, call.span)
    if name == "averaged":
        if source is None or not slots.sound:
            return None
        return AveragedByChain(span=call.span, source=source.name.text), source
    origin = _rate(body, name, slots, source, call.span)
    return None if source is None or origin is None else (origin, source)


def _source(body: Body, name: str, slots: Slots, span: Span) -> ast.Model | None:
    """The model to follow: a network that updates can train."""
    node = slots.take("model")
    if node is None:
        if slots.sound:
            body.add(name_errors.missing_argument(name, "model", span))
        return None
    declarations = body.context.declarations
    text = node.text if isinstance(node, ast.Name) else "..."
    found = declarations.use(text)
    if not isinstance(found, ast.Model):
        known = declarations.of_kind(ast.Model)
        guess = suggest(text, known)
        problem = name_errors.unknown_model(text, node.span, guess, known)
        body.context.add_unknown(text, problem)
        return None
    if derivation(body.context, found) is not None:
        body.add(errors.follows_derived(name, text, node.span, found.name.span))
        return None
    return found


def _rate(
    body: Body, name: str, slots: Slots, source: ast.Model | None, span: Span
) -> Origin | None:
    label = "decay" if name == "ema" else "every"
    node = slots.take(label)
    if node is None:
        if slots.sound:
            rate = "0.99" if name == "ema" else "every: 500 updates"
            help = f"write `{name}(model, {rate})`"
            body.add(name_errors.missing_argument(name, label, span, help))
        return None
    title = "" if source is None else source.name.text
    if name == "ema":
        decay = _decay(body, node)
        if decay is None or not slots.sound:
            return None
        return MovingAverage(span=span, source=title, decay=decay)
    found = duration_of(body, "`every` of `snapshot`", node, {"updates"})
    if found is None or not slots.sound:
        return None
    return SnapshotOf(span=span, source=title, every=found[1])


def _decay(body: Body, node: ast.Expression) -> Static | CheckedSchedule | None:
    if mentions_schedule(body, node):
        return check_schedule(body, node)
    return check_option(body, "ema", DECAY, node)


def _from_file(body: Body, node: ast.Model, call: ast.Call) -> Origin | None:
    inner = call.arguments[0].value if call.arguments else None
    if isinstance(inner, ast.Name) and isinstance(
        body.context.declarations.find(inner.text), ast.Model
    ):
        body.add(errors.frozen_model(inner.text, inner.span))
        return None
    path = loaded_file(inner)
    if path is None or len(call.arguments) != 1:
        body.add(errors.frozen_what(call.span))
        return None
    if node.parameters is None or not node.results:
        body.add(errors.signature_needed(node.name.text, path.value, call.span))
        return None
    if not is_good_path(body, path):
        return None
    return FromFile(span=call.span, path=path.value)


def loaded_file(node: ast.Expression | None) -> ast.String | None:
    """The file in `load("t.keras")`."""
    if not isinstance(node, ast.Call) or not isinstance(node.callee, ast.Name):
        return None
    first = node.arguments[0] if len(node.arguments) == 1 else None
    if node.callee.text != "load" or first is None or first.name is not None:
        return None
    return first.value if isinstance(first.value, ast.String) else None


def is_good_path(body: Body, node: ast.String) -> bool:
    """Whether a file is a network below the data's folder; says so if not."""
    parts = node.value.replace("\\", "/").split("/")
    if not node.value.endswith(".keras"):
        what, expected = "the file", "a name that ends in `.keras`"
        problem = value_errors.wrong_type(what, expected, f"`{node.value}`", node.span)
        body.add(problem)
        return False
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        body.add(value_errors.bad_path(node.span, "read below the data's folder"))
        return False
    return True


def follow(node: ast.Model, origin: Origin, source: CheckedModel) -> CheckedModel:
    """The model that follows `source`: its inputs and output, weights of its own."""
    weights = source.trainable + source.non_trainable
    return CheckedModel(
        span=node.name.span,
        name=node.name.text,
        inputs=source.inputs,
        body=(),
        output=source.output,
        contains=(),
        layers=(),
        trainable=0,
        non_trainable=weights,
        origin=origin,
    )
