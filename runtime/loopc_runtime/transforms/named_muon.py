"""Muon for matrices, Adam for everything else."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike, as_schedule
from loopc_runtime.transforms.adam import scale_by_adam
from loopc_runtime.transforms.adam_flavors import (
    scale_by_adam_keras,
    scale_by_adam_torch,
)
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
from loopc_runtime.transforms.newton_schulz import Coefficients
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
    adaptive: bool = False,
    preconditioning: str = "frobenius",
    ns_coeffs: str | Coefficients = "standard",
    flatten_kernels: bool = False,
    weight_decay: ScheduleLike | None = 0.004,
    *,
    mask: Mask | None = None,
    flavor: Flavor = "keras",
) -> GradientTransform:
    """Orthogonalized momentum for matrices, Adam for other variables.

    keras: momentum is a sum, steps are scaled by `rms_rate * sqrt(max(rows, columns))`,
    embeddings go to Adam, and decay there is not multiplied by `adam_lr_ratio`. optax:
    momentum is a corrected mean, steps are scaled by `sqrt(max(1, columns / rows))`
    unless `rms_rate` is given, and all matrices take them. torch: as optax, with a
    plain mean, and in the dtype of the variables where torch iterates in bfloat16.
    `mask` says which variables decay, of both kinds; the other options are those of
    `scale_by_muon`.

    Raises:
        ValueError: unknown flavor, or `adaptive` outside optax.
    """
    check_flavor("muon", flavor, ("keras", "optax", "torch"))
    if adaptive and flavor != "optax":
        raise ValueError("`adaptive` belongs to optax' `muon`.")
    bring: dict[str, Any] = {
        "preconditioning": preconditioning,
        "ns_coeffs": ns_coeffs,
        "flatten_kernels": flatten_kernels,
    }
    if flavor == "torch" and preconditioning == "frobenius":
        bring["preconditioning"] = "clamped"
    if flavor == "optax":
        numbers = (ns_steps, momentum, epsilon)
        rule = scale_by_muon(*numbers, nesterov=nesterov, adaptive=adaptive, **bring)
    else:
        rule = chain(trace(momentum, nesterov), orthogonalize(ns_steps, **bring))
    unscaled = flavor == "keras" and rms_rate is None
    shaped = scale_by_shape(rms_rate, flatten_kernels=flatten_kernels)
    direction = chain(rule, scale(1.0) if unscaled else shaped)
    orthogonal = decoupled(direction, learning_rate, weight_decay, mask)
    betas, rates = (adam_beta_1, adam_beta_2), (learning_rate, adam_lr_ratio)
    adam = (*betas, epsilon)
    others = adam_beside(flavor, adam, rates, adam_weight_decay, mask, nesterov)
    chosen = orthogonalized(flatten_kernels, spare_embeddings=flavor == "keras")
    return partition((chosen, orthogonal), (otherwise, others))


def adam_beside(
    flavor: Flavor,
    numbers: tuple[ScheduleLike, ScheduleLike, float],
    rates: tuple[ScheduleLike, float],
    weight_decay: ScheduleLike | None,
    mask: Mask | None,
    nesterov: bool,
) -> GradientTransform:
    """Return Adam for what is no matrix: a rate, and its share of it."""
    learning_rate, share = rates
    rate: ScheduleLike = (
        as_schedule(learning_rate) * share
        if callable(learning_rate)
        else learning_rate * share
    )
    if flavor == "keras":
        steps = chain(scale_by_adam_keras(*numbers), scale_by_learning_rate(rate))
        return decayed_after(steps, learning_rate, weight_decay, mask)
    if flavor == "torch":
        return decoupled(scale_by_adam_torch(*numbers), rate, weight_decay, mask)
    rule = scale_by_adam(*numbers, nesterov=nesterov)
    return decoupled(rule, rate, weight_decay, mask)


def orthogonalized(
    flatten_kernels: bool, *, spare_embeddings: bool
) -> Callable[[Sequence[tf.Variable]], list[bool]]:
    """Return what marks the variables that are matrices, or count as matrices.

    Embeddings go by their paths; tensors have none and count by their axes alone.
    """

    def mark(variables: Sequence[tf.Variable]) -> list[bool]:
        return [
            (len(variable.shape) == 2 or (flatten_kernels and len(variable.shape) > 2))
            and not (spare_embeddings and is_embedding(variable))
            for variable in variables
        ]

    return mark


def is_embedding(variable: tf.Variable) -> bool:
    """Tell whether the path of a variable speaks of an embedding."""
    if isinstance(variable, tf.Tensor):
        return False
    return "embedding" in variable_path(variable).lower()
