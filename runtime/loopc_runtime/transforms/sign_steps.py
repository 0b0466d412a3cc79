"""Rprop: step sizes of each element that follow the signs of its gradients."""

from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    full_like_each,
    zeros_like_each,
)
from loopc_runtime.transforms.factored import unzipped


class RpropState(NamedTuple):
    """The step size of each element, and the gradients before."""

    step_sizes: Tensors
    previous: Tensors


def scale_by_rprop(
    learning_rate: float,
    eta_minus: float = 0.5,
    eta_plus: float = 1.2,
    min_step_size: float = 1e-6,
    max_step_size: float = 50.0,
) -> GradientTransform:
    """Emit `sign(gradient) * step size`; the arithmetic of `torch.optim.Rprop`.

    An element's step starts at `learning_rate`, grows by `eta_plus` where the sign of
    its gradient stays and shrinks by `eta_minus` where it turns; there the element
    rests once. optax' rule of this name emits the update of the step before.
    """

    def init(variables: Variables) -> RpropState:
        present = variables or ()
        return RpropState(
            full_like_each(present, learning_rate), zeros_like_each(present)
        )

    def update(
        gradients: Tensors,
        state: RpropState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, RpropState]:
        results = []
        for each, size, before in zip(gradients, *state, strict=True):
            agreement = tf.sign(each) * tf.sign(before)
            grown = tf.where(agreement > 0, cast_like(eta_plus, each), 1.0)
            factor = tf.where(agreement < 0, cast_like(eta_minus, each), grown)
            size = tf.clip_by_value(
                size * factor,
                cast_like(min_step_size, each),
                cast_like(max_step_size, each),
            )
            kept = tf.where(agreement < 0, tf.zeros_like(each), each)
            results.append((tf.sign(kept) * size, size, kept))
        updates, sizes, previous = unzipped(results, 3)
        return updates, RpropState(sizes, previous)

    return GradientTransform(init, update)
