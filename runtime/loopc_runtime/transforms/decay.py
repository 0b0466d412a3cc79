"""Weight decay as a transform: where it stands in the chain decides what it means."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import (
    GradientTransform,
    Mask,
    Tensors,
    cast_like,
    require_variables,
    resolve_mask,
    stateless,
)


def add_decayed_weights(
    weight_decay: ScheduleLike, mask: Mask | None = None
) -> GradientTransform:
    """Add `weight_decay * variable` to each gradient; `optax.add_decayed_weights`.

    Before a preconditioner this is L2 regularization, after it decoupled decay.
    `mask` says which variables decay: a list with one bool per variable, a function
    from variables to such a list (as `kernels`), or None for all of them.

    Raises (from `update`):
        ValueError: no variables were given, or the mask does not fit them.
    """

    def decay(
        gradients: Tensors, variables: Sequence[tf.Variable] | None, rate: Any
    ) -> Tensors:
        present = require_variables(variables)
        decays = resolve_mask(mask, present, len(gradients))
        return [
            (
                each + cast_like(rate, each) * tf.convert_to_tensor(variable)
                if decayed
                else each
            )
            for each, variable, decayed in zip(gradients, present, decays, strict=True)
        ]

    return stateless(decay, weight_decay)
