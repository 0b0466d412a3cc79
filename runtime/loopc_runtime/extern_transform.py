"""A gradient transform of the user's, held to the contract of transforms."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.errors import RunError
from loopc_runtime.transforms.base import GradientTransform, State, Tensors


def declared_transform(name: str, transform: Any) -> GradientTransform:
    """Return `transform`, an object with `init` and `update`, as a link of chains.

    `init(variables)` returns the first state and `update(gradients, state, variables)`
    the updates with the next one, as in optax; states are nested tuples, lists and
    dicts of tensors. Both are looked at when they are traced, which costs a step
    nothing. Raises RunError, which names `extern transform name`, where an update is
    missing or has another shape or dtype than its gradient, or the state changes.
    """
    who = f"`extern transform {name}`"
    if not all(callable(getattr(transform, each, None)) for each in ("init", "update")):
        kind = type(transform).__name__
        raise RunError(f"{who} made a Python {kind} without `init` and `update`")

    def init(variables: Sequence[tf.Variable]) -> State:
        state = transform.init(variables)
        for leaf in tf.nest.flatten(state):
            if not isinstance(leaf, tf.Tensor | tf.Variable):
                kind = type(leaf).__name__
                raise RunError(f"{who}: its state holds a Python {kind}, not a tensor")
        return state

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        found = transform.update(gradients, state, variables)
        if not isinstance(found, tuple) or len(found) != 2:
            raise RunError(f"{who}: `update` has to return (updates, state)")
        updates, after = found
        _verify_like(who, "an update", gradients, list(updates))
        try:
            tf.nest.assert_same_structure(state, after)
        except (TypeError, ValueError) as problem:
            raise RunError(f"{who}: its state changes its form: {problem}") from problem
        flat = (tf.nest.flatten(state), tf.nest.flatten(after))
        _verify_like(who, "a tensor of its state", *flat)
        return list(updates), after

    return GradientTransform(init, update)


def _verify_like(
    who: str, what: str, wanted: Sequence[tf.Tensor], found: Sequence[Any]
) -> None:
    if len(found) != len(wanted):
        raise RunError(f"{who} gives {len(found)} updates for {len(wanted)} gradients")
    for before, after in zip(wanted, found, strict=True):
        like = tf.is_tensor(after) and before.dtype == after.dtype
        if not like or not before.shape.is_compatible_with(after.shape):
            came = type(after).__name__
            if tf.is_tensor(after):
                came = f"{after.dtype.name}{list(after.shape)}"
            expected = f"{before.dtype.name}{list(before.shape)}"
            raise RunError(f"{who}: {what} is {came}, where {expected} was expected")
