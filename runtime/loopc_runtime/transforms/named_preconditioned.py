"""Optimizers with a matrix for each axis of a weight: SOAP and Kron."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import GradientTransform, Mask
from loopc_runtime.transforms.flavors import decoupled
from loopc_runtime.transforms.kron import scale_by_kron
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


def kron(
    learning_rate: ScheduleLike = 1e-3,
    momentum: ScheduleLike = 0.9,
    update_probability: ScheduleLike | None = None,
    max_size_triangular: int = 2048,
    min_ndim_triangular: int = 2,
    memory_save: str | None = None,
    momentum_into_precond_update: bool = True,
    precond_lr: ScheduleLike = 0.1,
    precond_init_scale: float = 1.0,
    weight_decay: ScheduleLike | None = None,
    *,
    flatten_kernels: bool = False,
    mask: Mask | None = None,
    site: str = "kron",
) -> GradientTransform:
    """Whiten the momentum by learned factors (see `scale_by_kron`); timm's defaults.

    Decay is decoupled.

    Raises:
        ValueError: an unknown `memory_save`.
        RunError (from `update`): it is called outside a step.
    """
    rule = scale_by_kron(
        momentum,
        update_probability,
        max_size_triangular,
        min_ndim_triangular,
        memory_save,
        momentum_into_precond_update,
        precond_lr,
        precond_init_scale,
        flatten_kernels=flatten_kernels,
        site=site,
    )
    return decoupled(rule, learning_rate, weight_decay, mask)
