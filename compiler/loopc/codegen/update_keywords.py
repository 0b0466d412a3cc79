"""What `apply_gradients` is given besides gradients, for the needs of a chain."""

from collections.abc import Iterator

from loopc.codegen.bodies import LayerPrinter
from loopc.planning import plan
from loopc.semantics import checked


def update_keywords(
    printer: LayerPrinter, update: plan.UpdatePlan, objective: str
) -> Iterator[str]:
    """Keyword arguments of one update; `objective` is the name it goes by."""
    needs = update.chain.needs
    if "value" in needs:
        yield f"value={objective}"
    if "weight" in needs and printer.batch:
        yield f"weight={_examples(printer, update.objective)}"


def _examples(printer: LayerPrinter, objective: checked.CheckedExpression) -> str:
    """How many examples, or which sum of weights, a mean is over."""
    if isinstance(objective, checked.Average) and objective.weight is not None:
        return printer.weight_sum(objective.weight)
    return f"{printer.batch}.shape[0]"
