"""A chain for each group of variables."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.transforms.base import GradientTransform, Mask, State, Tensors
from loopc_runtime.transforms.hooks import Hooks
from loopc_runtime.transforms.selecting import Selection


def partition(*groups: tuple[Mask, GradientTransform]) -> GradientTransform:
    """Give each group of variables a transform of its own; `optax.partition`.

    Each group is a mask (`biases`, `weights_of(head)`, `otherwise`) and its transform.
    A variable belongs to the first group that marks it. The state is the tuple of the
    groups' states; a norm within a group is over that group alone.

    Raises (from `init`):
        ValueError: a variable belongs to no group.
    """
    selection = Selection([mask for mask, _ in groups])
    transforms = [transform for _, transform in groups]

    def init(variables: Sequence[tf.Variable]) -> State:
        chosen = selection.settle(variables)
        verify_grouped(variables, chosen)
        return tuple(
            transform.init([variables[i] for i in group]) if group else ()
            for transform, group in zip(transforms, chosen, strict=True)
        )

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        results = list(gradients)
        states = []
        for index, group in enumerate(selection.settled(variables)):
            if not group:
                states.append(())
                continue
            given = None if variables is None else [variables[i] for i in group]
            updates, after = transforms[index].update(
                [gradients[i] for i in group], state[index], given, **extra
            )
            states.append(after)
            for place, each in zip(group, updates, strict=True):
                results[place] = each
        return results, tuple(states)

    return GradientTransform(init, update, partition_hooks(transforms, selection))


def partition_hooks(
    transforms: Sequence[GradientTransform], selection: Selection
) -> Hooks:
    """Return averages of the groups that average, and what all probes hold."""
    averaging = any(transform.hooks.averaged for transform in transforms)
    probing = any(transform.hooks.probed for transform in transforms)

    def averaged(state: State, variables: Sequence[tf.Variable]) -> Tensors:
        results = [tf.convert_to_tensor(each) for each in variables]
        for index, group in enumerate(selection.settled(variables)):
            hook = transforms[index].hooks.averaged
            if hook is None:
                continue
            found = hook(state[index], [variables[i] for i in group])
            for place, each in zip(group, found, strict=True):
                results[place] = each
        return results

    def probed(state: State) -> dict[str, tf.Tensor]:
        found: dict[str, tf.Tensor] = {}
        for transform, part in zip(transforms, state, strict=True):
            hook = transform.hooks.probed
            taken = isinstance(part, tuple) and part != ()  # a group of some variables
            found |= hook(part) if hook is not None and taken else {}
        return found

    return Hooks(
        averaged=averaged if averaging else None, probed=probed if probing else None
    )


def verify_grouped(
    variables: Sequence[tf.Variable], groups: Sequence[Sequence[int]]
) -> None:
    """Verify that every variable belongs to a group.

    Raises:
        ValueError: one does not.
    """
    taken = {index for group in groups for index in group}
    left = [v.name for i, v in enumerate(variables) if i not in taken]
    if left:
        raise ValueError(f"No group takes {', '.join(left)}; add (otherwise, ...).")
