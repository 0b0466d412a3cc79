"""What models are in Python, and the schedules that they need."""

from loopc.codegen.expressions import ExpressionPrinter
from loopc.planning import plan
from loopc.planning.derivation import in_making_order
from loopc.semantics import checked


def python_kind(model: checked.CheckedModel) -> str:
    """The type of a model in signatures of the script."""
    match model.origin:
        case checked.OneWeight() | checked.KeptValue():
            return "tf.Variable"
        case checked.MovingAverage():
            return "ExponentialMovingAverage"
        case checked.AveragedByChain():
            return "Averaged"
        case checked.SnapshotOf():
            return "Snapshot"
        case checked.FromFile():
            return "Frozen"
    return "keras.Model"


def derived_models(planned: plan.Plan) -> list[checked.CheckedModel]:
    """Models that have no network of their own in the script, in making order."""
    used = {name for train in planned.trains for name in train.models}
    models = in_making_order(planned.program.models)
    return [m for m in models if m.name in used and m.origin is not None]


def decay_text(
    model: checked.CheckedModel,
    decay: checked.Static | checked.CheckedSchedule,
    printer: ExpressionPrinter,
) -> str:
    """A decay as it is handed to `advance`: a number or a schedule in scope."""
    if isinstance(decay, checked.Static):
        return printer.statics.value(decay).text
    return printer.names.of("schedule", decay_name(model))


def decay_name(model: checked.CheckedModel) -> str:
    """The name of the schedule that an average's decay follows, if it follows one."""
    own = decay_schedule(model)
    if own is not None:
        return own.name
    decay = getattr(model.origin, "decay", None)
    if not isinstance(decay, checked.CheckedSchedule):
        return ""
    body = decay.body
    return body.name if isinstance(body, checked.ScheduleName) else decay.name


def decay_schedule(model: checked.CheckedModel) -> checked.CheckedSchedule | None:
    """The schedule of a decay that was written in place, under a name of its own."""
    if not isinstance(model.origin, checked.MovingAverage):
        return None
    decay = model.origin.decay
    if isinstance(decay, checked.Static) or decay.name:
        return None
    body = decay.body
    if isinstance(body, checked.ScheduleName):
        return None
    name = f"{model.name}_decay"
    return checked.CheckedSchedule(span=decay.span, name=name, body=body)
