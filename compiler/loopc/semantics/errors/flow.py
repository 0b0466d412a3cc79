"""E44x: objectives that do not reach what they train."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed, warning
from loopc.source import Span


def objective_misses(model: str, objective: Span, target: Span) -> Diagnostic:
    labels = [
        Label(objective, f"computed without `{model}`"),
        Label(target, f"`{model}` is to be updated"),
    ]
    title = f"the objective does not depend on `{model}`"
    help = f"call `{model}` on the way to the objective, or update what it calls"
    return error("E440", "objective-misses-model", title, labels, help)


def gradient_cut(
    model: str, by: str, why: str, cut: Span, objective: Span, target: Span
) -> Diagnostic:
    labels = [
        Label(objective, f"no gradient from here to `{model}`"),
        Label(cut, f"`{by}` cuts it" + (f": {why}" if why else "")),
        Label(target, "updated here"),
    ]
    title = f"no gradient reaches `{model}`"
    help = f"take `{by}` out of the path, or train with something differentiable"
    return error("E441", "gradient-cut", title, labels, help)


def two_versions(model: str, objective: Span, update: Span) -> Diagnostic:
    labels = [
        Label(objective, f"reads `{model}` as it was before and after"),
        Label(update, f"`{model}` is updated here"),
    ]
    title = f"the objective reads two versions of `{model}`"
    help = "compute it again after the update, or wrap the older in `stop_gradient`"
    return error("E442", "two-versions", title, labels, help)


def left_out(
    written: str, missed: list[str], objective: Span, target: Span
) -> Diagnostic:
    labels = [Label(target, f"{listed(missed)} gets no gradient")]
    labels += [Label(objective, "the objective does not depend on it")]
    title = f"a part of `{written}` is left out of the update"
    help = "what the objective does not reach stays as it is; train the rest elsewhere"
    return warning("W607", "left-out-of-update", title, labels, help)


def zeros(written: str, missed: list[str], objective: Span, target: Span) -> Diagnostic:
    labels = [Label(target, f"{listed(missed)} may get no gradient")]
    labels += [Label(objective, "the objective does not depend on all of it")]
    title = f"a part of `{written}` is updated by zeros"
    help = (
        "decay and momentum go on; as a model of its own, or under a name outside of"
        " `repeat`, it would stay as it is"
    )
    return warning("W614", "zeros-in-update", title, labels, help)


def no_weights(model: str, target: Span) -> Diagnostic:
    title = f"`{model}` has no weights to train"
    help = "update a model that has a layer such as `dense`"
    return error("E443", "nothing-to-train", title, target, help)
