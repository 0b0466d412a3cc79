"""SOAP: Adam in the slowly turning eigenbasis of Shampoo's preconditioner."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.along_axes import gram_along, multiplied_along
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correction,
    moving_average,
    new_count,
    values_at,
    wide_dtype,
    zeros_like_each,
)
from loopc_runtime.transforms.bounding import rms
from loopc_runtime.transforms.conditions import either, zeros_for
from loopc_runtime.transforms.newton_schulz import with_kernels_as_matrices


class SoapState(NamedTuple):
    """A counter, the averaged gradients, and for each variable what its basis needs.

    `nu` are the second moments in the basis; `grams` and `bases` have a matrix for each
    axis with a basis, in float32 at least.
    """

    count: tf.Tensor
    mu: Tensors
    nu: Tensors
    grams: list[Tensors]
    bases: list[Tensors]


def scale_by_soap(
    b1: ScheduleLike = 0.95,
    b2: ScheduleLike = 0.95,
    shampoo_beta: float | None = None,
    eps: ScheduleLike = 1e-8,
    precondition_frequency: int = 10,
    max_precond_dim: int = 10000,
    *,
    precondition_1d: bool = False,
    normalize_grads: bool = False,
    correct_bias: bool = True,
    flatten_kernels: bool = False,
) -> GradientTransform:
    """Give Adam's direction in the eigenbases of `G G'` and `G' G`; SOAP.

    Every axis of at most `max_precond_dim` of what has two axes or more (with
    `precondition_1d` of vectors too) gets a basis: the eigenvectors of the average, of
    decay `shampoo_beta` or else `b2`, of the products of a gradient's slices along this
    axis. Where there is none, as for other vectors and scalars, it is Adam. With
    `flatten_kernels` kernels of more axes are matrices whose columns are the units;
    else each of their axes has a basis.

    The first update is 0: its gradient gives the first bases, by a decomposition. Every
    `precondition_frequency` updates a base turns by one step of orthogonal iteration, a
    product and a QR decomposition (Vyas and others, 2024). The decomposition runs once,
    but XLA on the CPU takes 0.2 s for it at 256 rows and 7 s at 512.

    Raises:
        ValueError: `precondition_frequency` or `max_precond_dim` is less than 1.
    """
    if precondition_frequency < 1 or max_precond_dim < 1:
        raise ValueError(
            "SOAP counts from 1; found precondition_frequency "
            f"{precondition_frequency}, max_precond_dim {max_precond_dim}."
        )
    rule = Soap(
        (b1, b2, eps),
        shampoo_beta,
        precondition_frequency,
        max_precond_dim,
        precondition_1d,
        normalize_grads,
        correct_bias,
    )
    transform = GradientTransform(rule.init, rule.update)
    return with_kernels_as_matrices(transform) if flatten_kernels else transform


@dataclass(frozen=True)
class Soap:
    """The functions of `scale_by_soap`; `rates` are b1, b2 and eps."""

    rates: tuple[ScheduleLike, ScheduleLike, ScheduleLike]
    shampoo_beta: float | None
    precondition_frequency: int
    max_precond_dim: int
    precondition_1d: bool
    normalize_grads: bool
    correct_bias: bool

    def axes_of(self, tensor: tf.Tensor) -> list[int]:
        """Return the axes of a tensor that have a basis."""
        shape = tensor.shape.as_list()
        has_bases = len(shape) > 1 or self.precondition_1d
        return [
            i for i, n in enumerate(shape) if has_bases and n <= self.max_precond_dim
        ]

    def init(self, variables: Variables) -> SoapState:
        """Return zeros, of which the first update makes bases."""
        mu, nu = zeros_like_each(variables or ()), zeros_like_each(variables or ())
        grams, bases = (
            [square_zeros(each, self.axes_of(each)) for each in mu] for _ in range(2)
        )
        return SoapState(new_count(True), mu, nu, grams, bases)

    def update(
        self,
        gradients: Tensors,
        state: SoapState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, SoapState]:
        """Step in the bases known before; then let them follow the gradients."""
        if not gradients:
            return [], state
        axes = [self.axes_of(each) for each in gradients]
        steps, mu, nu = self.steps(gradients, state, axes)
        kept = self.shampoo_beta
        (kept,) = values_at(state.count, self.rates[1]) if kept is None else (kept,)
        grams = averaged_grams(gradients, state.grams, axes, kept)
        due = state.count % self.precondition_frequency == 0
        updates, mu, nu, bases = either(
            state.count == 0,
            lambda: (zeros_for(steps), state.mu, state.nu, eigenbases(grams)),
            lambda: (steps, mu, *turned_when(due, nu, grams, state.bases, axes)),
        )
        return updates, SoapState(state.count + 1, mu, nu, grams, bases)

    def steps(
        self, gradients: Tensors, state: SoapState, axes: list[list[int]]
    ) -> tuple[Tensors, Tensors, Tensors]:
        """Return Adam's directions in the bases, turned back, and its moments."""
        b1, b2, eps = values_at(state.count, *self.rates)
        mu = moving_average(gradients, state.mu, b1)
        seen = in_each_basis(gradients, state.bases, axes)
        nu = moving_average(seen, state.nu, b2, order=2)
        means = in_each_basis(mu, state.bases, axes)
        ratios = [
            mean / (tf.sqrt(square) + cast_like(eps, square))
            for mean, square in zip(means, nu, strict=True)
        ]
        steps = in_each_basis(ratios, state.bases, axes, back=True)
        if self.correct_bias:
            steps = corrected_steps(steps, b1, b2, state.count)
        if self.normalize_grads:
            steps = [each / (rms(each) + cast_like(1e-30, each)) for each in steps]
        return steps, mu, nu


def square_zeros(tensor: tf.Tensor, axes: list[int]) -> Tensors:
    """Return zeros of `[n, n]` for each axis, n its length, in float32 at least."""
    dtype = wide_dtype([tensor])
    return [tf.zeros([tensor.shape[axis]] * 2, dtype) for axis in axes]


def in_each_basis(
    tensors: Tensors, bases: list[Tensors], axes: list[list[int]], back: bool = False
) -> Tensors:
    """Return the coordinates of each tensor in its bases, or with `back` the tensor."""
    return [
        in_bases(each, own, along, back) if along else each
        for each, own, along in zip(tensors, bases, axes, strict=True)
    ]


def in_bases(
    tensor: tf.Tensor, bases: Tensors, axes: list[int], back: bool
) -> tf.Tensor:
    """Return the coordinates of one tensor, computed in the dtype of the bases."""
    seen = tf.cast(tensor, bases[0].dtype)
    for basis, axis in zip(bases, axes, strict=True):
        seen = multiplied_along(seen, basis if back else tf.transpose(basis), axis)
    return tf.cast(seen, tensor.dtype)


def corrected_steps(steps: Tensors, b1: Any, b2: Any, count: tf.Tensor) -> Tensors:
    """Return each step times `sqrt(1 - b2^t) / (1 - b1^t)`, t the updates before."""
    past = tf.maximum(count, 1)
    return [
        each * tf.sqrt(correction(b2, past, each)) / correction(b1, past, each)
        for each in steps
    ]


def averaged_grams(
    gradients: Tensors, grams: list[Tensors], axes: list[list[int]], kept: Any
) -> list[Tensors]:
    """Return the averages with the products of each gradient's slices in them."""
    averages = []
    for each, own, along in zip(gradients, grams, axes, strict=True):
        wide = tf.cast(each, wide_dtype([each]))
        averages.append(moving_average([gram_along(wide, i) for i in along], own, kept))
    return averages


def eigenbases(grams: list[Tensors]) -> list[Tensors]:
    """Return the eigenvectors of each as columns, the largest eigenvalue's first."""
    return [[tf.reverse(tf.linalg.eigh(gram)[1], [1]) for gram in own] for own in grams]


def turned_when(
    due: tf.Tensor,
    moments: Tensors,
    grams: list[Tensors],
    bases: list[Tensors],
    axes: list[list[int]],
) -> tuple[Tensors, list[Tensors]]:
    """Return second moments and bases as they are, or turned by a step if it is due."""

    def turn() -> tuple[Tensors, list[Tensors]]:
        rows = zip(moments, grams, bases, axes, strict=True)
        turned = [turned_bases(*row) for row in rows]
        return [each for each, _ in turned], [own for _, own in turned]

    found: tuple[Tensors, list[Tensors]] = either(due, turn, lambda: (moments, bases))
    return found


def turned_bases(
    moment: tf.Tensor, grams: Tensors, bases: Tensors, axes: list[int]
) -> tuple[tf.Tensor, Tensors]:
    """Return one tensor's second moments in the order of its bases, turned by a step.

    Directions are put in the order of their estimated eigenvalues before they are made
    orthogonal, so that large ones turn the others and not the reverse.
    """
    turned = []
    for gram, basis, axis in zip(grams, bases, axes, strict=True):
        power = tf.matmul(gram, basis)
        sizes = tf.reduce_sum(basis * power, axis=0)
        order = tf.argsort(sizes, direction="DESCENDING", stable=True)
        turned.append(tf.linalg.qr(tf.gather(power, order, axis=1))[0])
        moment = tf.gather(moment, order, axis=axis)
    return moment, turned
