"""Which variables are meant: by their role, by the model they are of, by path."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import tensorflow as tf

from loopc_runtime.transforms.base import Mask, resolve_mask, variable_path

VariableTest = Callable[[Sequence[tf.Variable]], list[bool]]


def last_name(variable: tf.Variable) -> str:
    """Return what a variable is called within its layer: `kernel`, `bias`, `gamma`.

    Raises:
        ValueError: it is a plain tensor, which has no name.
    """
    return variable_path(variable).rsplit("/", 1)[-1]


def biases(variables: Sequence[tf.Variable]) -> list[bool]:
    """Mark the variables called `...bias`."""
    return [last_name(each).endswith("bias") for each in variables]


def norms(variables: Sequence[tf.Variable]) -> list[bool]:
    """Mark the scales and offsets of normalization: `gamma`, `beta`, `scale`."""
    return [last_name(each) in ("gamma", "beta", "scale") for each in variables]


def embeddings(variables: Sequence[tf.Variable]) -> list[bool]:
    """Mark the tables of embeddings."""
    return [last_name(each).endswith("embeddings") for each in variables]


def otherwise(variables: Sequence[tf.Variable]) -> list[bool]:
    """Mark every variable: what no group before has taken."""
    return [True] * len(variables)


def weights_of(*models: Any, paths: Sequence[str] = ("*",)) -> VariableTest:
    """Mark the trainable variables of `models` whose path matches one of `paths`.

    Patterns are of the path within a model: `dense/*`, `*/bias`. A variable may stand
    in the place of a model, for itself.
    """

    def mark(variables: Sequence[tf.Variable]) -> list[bool]:
        owned = {
            id(each)
            for model in models
            for each in getattr(model, "trainable_variables", [model])
        }
        return [
            id(each) in owned
            and any(fnmatchcase(variable_path(each), path) for path in paths)
            for each in variables
        ]

    return mark


class Selection:
    """The indices of the variables that each of several masks takes, first come.

    They are settled once, by `init`, which sees the real variables; `update` may be
    given tensors, which have no names.
    """

    def __init__(self, masks: Sequence[Mask]) -> None:
        self.masks = list(masks)
        self.groups: list[list[int]] = []

    def settle(self, variables: Sequence[tf.Variable]) -> list[list[int]]:
        """Ask the masks about `variables`, and remember the answer."""
        taken: set[int] = set()
        self.groups = []
        for mask in self.masks:
            marks = resolve_mask(mask, variables, len(variables))
            group = [i for i, marked in enumerate(marks) if marked and i not in taken]
            taken.update(group)
            self.groups.append(group)
        return self.groups

    def settled(self, variables: Sequence[tf.Variable] | None) -> list[list[int]]:
        """Return the groups that `init` settled; settle them now if it never ran."""
        return self.groups or self.settle(variables or [])
