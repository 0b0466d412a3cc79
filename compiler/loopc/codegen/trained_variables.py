"""The variables that an update trains, as Python."""

from loopc.codegen.bodies import LayerPrinter
from loopc.codegen.literals import string
from loopc.planning import plan


def variables_text(
    update: plan.UpdatePlan,
    contains: dict[str, frozenset[str]],
    printer: LayerPrinter,
) -> str:
    """The trainable variables of trained models, each once, but what is left out."""
    models = update.trained
    outer = [m for m in models if not any(m in contains[o] and m != o for o in models)]
    names = [printer.models[m] for m in outer]
    seen: set[str] = set()
    for model in outer:
        if contains[model] & seen:
            printer.imports.need("unique_variables")
            return f"unique_variables({', '.join(names)})"
        seen |= contains[model]
    return " + ".join(_of_model(m, update.left_out, contains, printer) for m in outer)


def _of_model(
    model: str,
    left_out: tuple[str, ...],
    contains: dict[str, frozenset[str]],
    printer: LayerPrinter,
) -> str:
    name = printer.models[model]
    if printer.is_weight(model):
        return f"[{name}]"
    parts = [p for p in left_out if p.split("/")[0] in contains[model] and p != model]
    if not parts:
        return f"{name}.trainable_variables"
    printer.imports.need("trainable_except")
    given = [name, *(string(_keras_path(part, model)) for part in parts)]
    return f"trainable_except({', '.join(given)})"


def _keras_path(part: str, model: str) -> str:
    """Where Keras has a part of a model: `dense_1`, `backbone/dense`."""
    return part.removeprefix(f"{model}/")
