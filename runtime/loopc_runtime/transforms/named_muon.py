"""Muon for matrices, Adam for everything else."""

from collections.abc import Sequence

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike, as_schedule
from loopc_runtime.transforms.adam import scale_by_adam
from loopc_runtime.transforms.adam_flavors import scale_by_adam_keras
from loopc_runtime.transforms.base import (
    GradientTransform,
    Mask,
    chain,
    variable_path,
)
from loopc_runtime.transforms.elementary import scale, scale_by_learning_rate
from loopc_runtime.transforms.flavors import (
    Flavor,
    check_flavor,
    decayed_after,
    decoupled,
)
from loopc_runtime.transforms.momentum import trace
from loopc_runtime.transforms.orthogonal import (
    orthogonalize,
    scale_by_muon,
    scale_by_shape,
)
from loopc_runtime.transforms.partition import partition
from loopc_runtime.transforms.selecting import otherwise


def muon(
    learning_rate: ScheduleLike = 1e-3,
    momentum: ScheduleLike = 0.95,
    ns_steps: int = 5,
    nesterov: bool = True,
    epsilon: float = 1e-7,
    rms_rate: float | None = 0.2,
    adam_beta_1: ScheduleLike = 0.9,
    adam_beta_2: ScheduleLike = 0.999,
    adam_lr_ratio: float = 1.0,
    adam_weight_decay: ScheduleLike | None = 0.004,
    weight_decay: ScheduleLike | None = 0.004,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Orthogonalized momentum for matrices, Adam for other variables.

    keras: momentum is a sum, steps are scaled by `rms_rate * sqrt(max(rows, columns))`,
    embeddings go to Adam, and decay there is not multiplied by `adam_lr_ratio`. optax:
    momentum is a corrected mean, steps are scaled by `sqrt(max(1, columns / rows))`
    unless `rms_rate` is given, and all matrices take them. `mask` says which variables
    decay, of both kinds.

    Raises:
        ValueError: unknown flavor.
    """
    check_flavor("muon", flavor, ("keras", "optax"))
    adam_rate: ScheduleLike = (
        as_schedule(learning_rate) * adam_lr_ratio
        if callable(learning_rate)
        else learning_rate * adam_lr_ratio
    )
    if flavor == "keras":
        factor = scale(1.0) if rms_rate is None else scale_by_shape(rms_rate)
        direction = chain(trace(momentum, nesterov), orthogonalize(ns_steps), factor)
        adam_rule = scale_by_adam_keras(adam_beta_1, adam_beta_2, epsilon)
    else:
        rule = scale_by_muon(ns_steps, momentum, epsilon, nesterov=nesterov)
        direction = chain(rule, scale_by_shape(rms_rate))
        adam_rule = scale_by_adam(adam_beta_1, adam_beta_2, epsilon, nesterov=nesterov)
    orthogonal = decoupled(direction, learning_rate, weight_decay, mask)
    if flavor == "optax":
        others = decoupled(adam_rule, adam_rate, adam_weight_decay, mask)
        return partition((matrices, orthogonal), (otherwise, others))
    steps = chain(adam_rule, scale_by_learning_rate(adam_rate))
    others = decayed_after(steps, learning_rate, adam_weight_decay, mask)
    return partition((matrices_but_embeddings, orthogonal), (otherwise, others))


def matrices(variables: Sequence[tf.Variable]) -> list[bool]:
    """Mark the variables of two axes."""
    return [len(variable.shape) == 2 for variable in variables]


def matrices_but_embeddings(variables: Sequence[tf.Variable]) -> list[bool]:
    """Mark the variables of two axes whose path does not speak of an embedding.

    Tensors have no path and count by their axes alone.
    """
    return [
        len(variable.shape) == 2
        and (
            isinstance(variable, tf.Tensor)
            or "embedding" not in variable_path(variable).lower()
        )
        for variable in variables
    ]
