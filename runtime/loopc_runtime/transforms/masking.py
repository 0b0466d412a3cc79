"""Transforms for some of the variables, and chains by groups of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    Mask,
    State,
    Tensors,
    resolve_mask,
)
from loopc_runtime.transforms.conditions import zeros_for
from loopc_runtime.transforms.hooks import lifted_hooks
from loopc_runtime.transforms.selecting import Selection


class MaskedState(NamedTuple):
    """The state of the inner transform, for the selected variables alone."""

    inner: State


def masked(inner: GradientTransform, mask: Mask) -> GradientTransform:
    """Apply `inner` to the variables that `mask` marks; `optax.masked`.

    The gradients of the others go through unchanged, and `inner` keeps no state for
    them. `mask` is a list of bools, one per variable, or a function from variables to
    such a list, which is asked once, by `init`.
    """
    selection = Selection([mask])

    def init(variables: Sequence[tf.Variable]) -> MaskedState:
        (chosen,) = selection.settle(variables)
        return MaskedState(inner.init([variables[i] for i in chosen]))

    def update(
        gradients: Tensors,
        state: MaskedState,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, MaskedState]:
        (chosen,) = selection.settled(variables)
        given = None if variables is None else [variables[i] for i in chosen]
        updates, after = inner.update(
            [gradients[i] for i in chosen], state.inner, given, **extra
        )
        results = list(gradients)
        for index, each in zip(chosen, updates, strict=True):
            results[index] = each
        return results, MaskedState(after)

    hooks = lifted_hooks(inner.hooks)._replace(averaged=None)
    return GradientTransform(init, update, hooks)


def freeze(mask: Mask | None = None) -> GradientTransform:
    """Turn the updates of the variables that `mask` marks into 0; `optax.freeze`.

    Without a mask all of them. What stands in front of it still keeps state for them:
    leaving variables out of the update costs less.
    """

    def init(variables: Sequence[tf.Variable]) -> State:
        return ()

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        frozen = resolve_mask(mask, variables, len(gradients))
        zeros = zeros_for(gradients)
        pairs = zip(gradients, zeros, frozen, strict=True)
        return [zero if still else each for each, zero, still in pairs], state

    return GradientTransform(init, update)
