"""The state manifest: every variable of a run by name, saved and restored as one."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from loopc_runtime.checkpoint import Arrays, describe_difference
from loopc_runtime.clock import Clock
from loopc_runtime.errors import RunError
from loopc_runtime.variable_names import lasting_names


class HasVariables(Protocol):
    """A model, an optimizer, or whatever else holds variables."""

    @property
    def variables(self) -> Sequence[Any]:
        """The variables, in an order that the program fixes."""


class StateManifest:
    """The variables that make up the state of a run."""

    def __init__(
        self,
        clock: Clock,
        models: Mapping[str, HasVariables],
        optimizers: Mapping[str, HasVariables],
    ) -> None:
        self.variables: dict[str, Any] = {"clock/step": clock.step}
        for key, model in models.items():
            self.variables |= model_variables(key, model)
        known = {id(variable) for variable in self.variables.values()}
        for key, optimizer in optimizers.items():
            named = _optimizer_variables(key, optimizer)
            # Optimizers of several stages share what is carried from one to the next.
            new = {n: v for n, v in named.items() if id(v) not in known}
            known.update(id(variable) for variable in new.values())
            self.variables |= new

    def snapshot(self, prefix: str = "") -> Arrays:
        """Return a copy of the values on the host, of names with `prefix`."""
        return {name: np.array(v.numpy()) for name, v in self._under(prefix).items()}

    def restore(self, saved: Arrays, prefix: str = "") -> None:
        """Assign the values of the names with `prefix`.

        Raises:
            RunError: `saved` is not exactly the state of this program; names the
                differences. Nothing is assigned then.
        """
        assign_saved(saved, self._under(prefix))

    def _under(self, prefix: str) -> dict[str, Any]:
        return {n: v for n, v in self.variables.items() if n.startswith(prefix)}


def assign_saved(saved: Arrays, variables: Mapping[str, Any]) -> None:
    """Assign saved values to the variables of the same names.

    Raises:
        RunError: the names, shapes or dtypes are not the same; names the differences.
            Nothing is assigned then.
    """
    differences = describe_difference(saved, variables)
    if differences:
        raise RunError(
            "the checkpoint is not of this program:\n  "
            + "\n  ".join(differences[:20])
            + "\nuse another --workdir to start anew"
        )
    for name, variable in variables.items():
        variable.assign(saved[name])


def model_variables(key: str, model: HasVariables) -> dict[str, Any]:
    """Return the variables of a model under their names in the manifest.

    A plain variable stands for itself.
    """
    if isinstance(model, tf.Variable):
        return {f"models/{key}": model}
    named = lasting_names(model.variables)
    return {f"models/{key}/{name}": variable for name, variable in named.items()}


def verify_finite(tensors: Arrays) -> None:
    """Raise RunError, naming the first tensor that holds NaN or infinity."""
    for name, array in tensors.items():
        # Narrow floats such as bfloat16 are not of NumPy's own kinds.
        if array.dtype.kind in "fcV" and not np.all(np.isfinite(array)):
            raise RunError(
                f"`{name}` holds NaN or infinity; nothing was saved after the last "
                "good checkpoint"
            )


def _optimizer_variables(key: str, optimizer: HasVariables) -> dict[str, Any]:
    return {
        f"optimizers/{key}/{position:04d}": variable
        for position, variable in enumerate(optimizer.variables)
    }
