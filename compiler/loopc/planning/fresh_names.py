"""Names for values that a program leaves without one, as a person would choose them."""

from loopc.planning.walk import walk
from loopc.semantics import checked


def fresh(name: str, taken: set[str]) -> str:
    """Return `name`, or `name_2` and so on where it is taken, and take it."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    taken.add(candidate)
    return candidate


def averaged_name(
    value: checked.CheckedExpression, target: str, role: str, several: bool
) -> str:
    """Return what to call the "values" or "weights" of a mean that is a part of
    `target`.

    `critic_of_fake` for the output of a model, `d_loss_of_fake` where `target` has
    `several` means and a model is called, else `loss_values` or `loss_weights`.
    """
    if isinstance(value, checked.CallModel):
        return output_name(value)
    called = [n for n in walk(value) if isinstance(n, checked.CallModel)]
    given = _argument(called[0]) if several and len(called) == 1 else ""
    if given:
        return f"{target}_of_{given}"
    return f"{target}_{role}"


def output_name(call: checked.CallModel) -> str:
    """Return what to call the output of a model: `critic_of_fake`."""
    given = _argument(call)
    return f"{call.model}_of_{given}" if given else f"{call.model}_output"


def _argument(call: checked.CallModel) -> str:
    """The name of what a model is called with, "" for several or an expression."""
    names = [a.name for a in call.inputs if isinstance(a, checked.Local)]
    return names[0] if len(names) == len(call.inputs) == 1 else ""
