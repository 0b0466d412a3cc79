"""Whose arithmetic a named optimizer follows, and where its weight decay stands."""

from collections.abc import Sequence
from typing import Any, Literal

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike, as_schedule
from loopc_runtime.transforms.base import (
    GradientTransform,
    Mask,
    State,
    Tensors,
    Variables,
    chain,
    require_variables,
)
from loopc_runtime.transforms.decay import add_decayed_weights
from loopc_runtime.transforms.elementary import identity, scale_by_learning_rate
from loopc_runtime.transforms.hooks import chained_hooks

Flavor = Literal["keras", "optax", "torch"]


def check_flavor(name: str, flavor: str, known: Sequence[str]) -> None:
    """Verify that optimizer `name` exists in the library `flavor`.

    Raises:
        ValueError: it does not.
    """
    if flavor not in known:
        raise ValueError(
            f"`{name}` has no flavor {flavor!r}; known: {', '.join(known)}."
        )


def refuse_decay(name: str, weight_decay: ScheduleLike | None) -> None:
    """Verify that no weight decay is asked of an optimizer that optax gives none.

    Raises:
        ValueError: there is one.
    """
    if weight_decay is not None:
        raise ValueError(
            f"optax's `{name}` has no weight decay: put `add_decayed_weights` where "
            "it should act in the chain."
        )


def decoupled(
    scaling: GradientTransform,
    learning_rate: ScheduleLike,
    weight_decay: ScheduleLike | None,
    mask: Mask | None,
) -> GradientTransform:
    """Chain `scaling`, decay that bypasses it, and the step size."""
    if weight_decay is None:
        return chain(scaling, scale_by_learning_rate(learning_rate))
    decay = add_decayed_weights(weight_decay, mask)
    return chain(scaling, decay, scale_by_learning_rate(learning_rate))


def regularized(
    scaling: GradientTransform,
    learning_rate: ScheduleLike,
    weight_decay: ScheduleLike | None,
    mask: Mask | None,
) -> GradientTransform:
    """Chain decay in the gradient (L2), `scaling`, and the step size, as torch does."""
    if weight_decay is None:
        return chain(scaling, scale_by_learning_rate(learning_rate))
    decay = add_decayed_weights(weight_decay, mask)
    return chain(decay, scaling, scale_by_learning_rate(learning_rate))


def decayed_after(
    steps: GradientTransform,
    learning_rate: ScheduleLike,
    weight_decay: ScheduleLike | None,
    mask: Mask | None,
) -> GradientTransform:
    """Chain `steps`, which hold the step size, and decay by `learning_rate` times it.

    Keras' decay next to a momentum that holds the step size: it must not enter it.
    """
    if weight_decay is None:
        return steps
    if callable(learning_rate) or callable(weight_decay):
        rate: ScheduleLike = -(as_schedule(learning_rate) * weight_decay)
    else:
        rate = -(learning_rate * weight_decay)
    return chain(steps, add_decayed_weights(rate, mask))


def decayed_first(
    steps: GradientTransform,
    learning_rate: ScheduleLike,
    weight_decay: ScheduleLike | None,
    mask: Mask | None,
) -> GradientTransform:
    """Let `steps` see variables that are already shrunk by `learning_rate` times decay.

    Keras' order, for rules that read the variables.
    """
    if weight_decay is None:
        return steps
    decay = decayed_after(identity(), learning_rate, weight_decay, mask)

    def init(variables: Variables) -> State:
        return decay.init(variables or ()), steps.init(variables or ())

    def update(
        gradients: Tensors,
        state: State,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        present = require_variables(variables)
        zeros = [tf.zeros_like(each) for each in gradients]
        shrink, shrunk = decay.update(zeros, state[0], present)
        smaller = [
            tf.convert_to_tensor(variable) + step
            for variable, step in zip(present, shrink, strict=True)
        ]
        moves, moved = steps.update(gradients, state[1], smaller, **extra)
        updates = [step + move for step, move in zip(shrink, moves, strict=True)]
        return updates, (shrunk, moved)

    return GradientTransform(init, update, chained_hooks([decay, steps]))
