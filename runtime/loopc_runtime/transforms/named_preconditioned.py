"""Optimizers with a matrix for each axis of a weight: SOAP."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import GradientTransform, Mask
from loopc_runtime.transforms.flavors import decoupled
from loopc_runtime.transforms.soap import scale_by_soap


def soap(
    learning_rate: ScheduleLike = 3e-3,
    b1: ScheduleLike = 0.95,
    b2: ScheduleLike = 0.95,
    shampoo_beta: float | None = None,
    eps: ScheduleLike = 1e-8,
    precondition_frequency: int = 10,
    max_precond_dim: int = 10000,
    precondition_1d: bool = False,
    normalize_grads: bool = False,
    correct_bias: bool = True,
    weight_decay: ScheduleLike | None = 0.01,
    *,
    flatten_kernels: bool = False,
    mask: Mask | None = None,
) -> GradientTransform:
    """Adam in the eigenbasis of Shampoo (see `scale_by_soap`); decay is decoupled.

    Raises:
        ValueError: `precondition_frequency` or `max_precond_dim` is less than 1.
    """
    rule = scale_by_soap(
        b1,
        b2,
        shampoo_beta,
        eps,
        precondition_frequency,
        max_precond_dim,
        precondition_1d=precondition_1d,
        normalize_grads=normalize_grads,
        correct_bias=correct_bias,
        flatten_kernels=flatten_kernels,
    )
    return decoupled(rule, learning_rate, weight_decay, mask)
