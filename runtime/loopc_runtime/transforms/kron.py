"""PSGD with a Kronecker-factored preconditioner, learned by a descent of its own."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.random import random_normal, random_uniform
from loopc_runtime.schedules import ScheduleLike, scheduled
from loopc_runtime.transforms.along_axes import (
    along,
    gram_along,
    multiplied_along,
    squares_along,
)
from loopc_runtime.transforms.base import (
    GradientTransform,
    Tensors,
    Variables,
    cast_like,
    correct_bias,
    in_dtype,
    moving_average,
    new_count,
    values_at,
    wide_dtype,
    zeros_like_each,
)
from loopc_runtime.transforms.bounding import rms
from loopc_runtime.transforms.conditions import either
from loopc_runtime.transforms.newton_schulz import with_kernels_as_matrices
from loopc_runtime.transforms.normalizing import l2_norm

SAVING = ("one_diag", "smart_one_diag", "all_diag")
LEAST_CURVATURE = 2.0**-126


class KronState(NamedTuple):
    """A counter, updates since the factors learned, the momentum, and the factors.

    The preconditioner of a variable is `Q' Q`, Q the Kronecker product of its factors,
    one for each axis: an upper triangular matrix, or a vector that is a diagonal one.
    """

    count: tf.Tensor
    since: tf.Tensor
    mu: Tensors
    factors: list[Tensors]


def scale_by_kron(
    momentum: ScheduleLike = 0.9,
    update_probability: ScheduleLike | None = None,
    max_size_triangular: int = 2048,
    min_ndim_triangular: int = 2,
    memory_save: str | None = None,
    momentum_into_precond_update: bool = True,
    precond_lr: ScheduleLike = 0.1,
    precond_init_scale: float = 1.0,
    *,
    flatten_kernels: bool = False,
    site: str = "kron",
) -> GradientTransform:
    """Whiten the corrected momentum by factors for its axes; PSGD Kron.

    Q, the product of the factors, descends on `|Q m|^2 + |Q^-T v|^2` with v drawn
    normally, in steps of `precond_lr` relative to the curvature (Li, 2018); the
    direction is `Q' Q m`, of a root mean square of at most 1.1. Defaults and details
    are timm's. Factors learn at every `1 / update_probability`-th update, rounded up;
    without one at each of the first 500, then ever more rarely, at last every 34th.
    About once in a hundred times the factors of a variable are brought to one size.

    A factor is triangular; diagonal where the axis has more than `max_size_triangular`
    elements or a single one, where the variable has fewer axes than
    `min_ndim_triangular`, and with `memory_save` along the longest axis (`one_diag`),
    the longest if there is but one (`smart_one_diag`), or all (`all_diag`). With
    `flatten_kernels` kernels of more axes are matrices whose columns are the units. The
    draws are those of `site` in the current step.

    Raises:
        ValueError: an unknown `memory_save`.
        RunError (from `update`): it is called outside a step.
    """
    if memory_save not in (None, *SAVING):
        raise ValueError(
            f"Unknown memory_save {memory_save!r}; known: {', '.join(SAVING)}."
        )
    rule = Kron(
        (momentum, precond_lr, probability_of_learning(update_probability)),
        max_size_triangular,
        min_ndim_triangular,
        memory_save,
        momentum_into_precond_update,
        precond_init_scale,
        site,
    )
    transform = GradientTransform(rule.init, rule.update)
    return with_kernels_as_matrices(transform) if flatten_kernels else transform


def probability_of_learning(given: ScheduleLike | None) -> ScheduleLike:
    """Return what was given, or 1 for 500 updates and then a fall to 0.03."""
    if given is not None:
        return given
    return scheduled(lambda n: tf.clip_by_value(tf.exp((500.0 - n) / 1e3), 0.03, 1.0))


@dataclass(frozen=True)
class Kron:
    """The functions of `scale_by_kron`.

    `rates` are the momentum, `precond_lr`, and the probability that factors learn.
    """

    rates: tuple[ScheduleLike, ScheduleLike, ScheduleLike]
    max_size_triangular: int
    min_ndim_triangular: int
    memory_save: str | None
    momentum_into_precond_update: bool
    precond_init_scale: float
    site: str

    def init(self, variables: Variables) -> KronState:
        """Return no momentum, and factors that are multiples of the identity."""
        mu = zeros_like_each(variables or ())
        factors = [self.first_factors(each) for each in mu]
        return KronState(new_count(True), new_count(True), mu, factors)

    def first_factors(self, tensor: tf.Tensor) -> Tensors:
        """Return the first factors of one variable, in float32 at least."""
        shape = with_an_axis(tensor).shape.as_list()
        size = self.precond_init_scale ** (1.0 / len(shape))
        ones = [tf.fill([n], in_dtype(size, wide_dtype([tensor]))) for n in shape]
        return [
            tf.linalg.diag(each) if triangular else each
            for each, triangular in zip(ones, self.triangular(shape), strict=True)
        ]

    def triangular(self, shape: list[int]) -> list[bool]:
        """Tell of each axis whether its factor is a matrix."""
        longest = [i for i, n in enumerate(shape) if n == max(shape)]
        diagonal = {
            "all_diag": range(len(shape)),
            "one_diag": longest[-1:],
            "smart_one_diag": longest if len(longest) == 1 else [],
        }.get(self.memory_save or "", [])
        few = len(shape) < self.min_ndim_triangular
        return [
            not few and i not in diagonal and 1 < n <= self.max_size_triangular
            for i, n in enumerate(shape)
        ]

    def update(
        self,
        gradients: Tensors,
        state: KronState,
        variables: Variables = None,
        **extra: Any,
    ) -> tuple[Tensors, KronState]:
        """Let the factors learn if it is time, and whiten the momentum by them."""
        if not gradients:
            return [], state
        kept, step_size, probability = values_at(state.count, *self.rates)
        count, since = state.count + 1, state.since + 1
        mu = moving_average(gradients, state.mu, kept)
        means = correct_bias(mu, kept, count)
        seen = means if self.momentum_into_precond_update else gradients
        due = tf.cast(since, tf.float32) >= 1.0 / probability
        factors = either(
            due,
            lambda: self.learned(seen, state.factors, step_size),
            lambda: state.factors,
        )
        updates = [
            whitened(mean, own) for mean, own in zip(means, factors, strict=True)
        ]
        since = tf.where(due, tf.zeros_like(since), since)
        return updates, KronState(count, since, mu, factors)

    def learned(
        self, seen: Tensors, factors: list[Tensors], step_size: Any
    ) -> list[Tensors]:
        """Return the factors of all variables after one step of their descent."""
        balances = random_uniform([len(seen)], self.site) < 0.01
        return [
            learned_factors(
                with_an_axis(tf.cast(each, own[0].dtype)),
                balanced(own, balances[place]),
                random_normal(with_an_axis(each).shape, self.site),
                step_size,
            )
            for place, (each, own) in enumerate(zip(seen, factors, strict=True))
        ]


def with_an_axis(tensor: tf.Tensor) -> tf.Tensor:
    """Return a scalar as a vector of one element, anything else as it is."""
    return tf.reshape(tensor, [1]) if tensor.shape.rank == 0 else tensor


def balanced(factors: Tensors, balances: tf.Tensor) -> Tensors:
    """Return the factors, if told so with the same largest element each."""
    if len(factors) == 1:
        return factors
    largest = [tf.reduce_max(tf.abs(each)) for each in factors]
    logarithms = tf.math.log(tf.stack(largest))
    ratios = tf.exp(tf.reduce_mean(logarithms) - logarithms)
    ratios = tf.where(balances, ratios, tf.ones_like(ratios))
    return [ratios[i] * each for i, each in enumerate(factors)]


def learned_factors(
    seen: tf.Tensor, factors: Tensors, draw: tf.Tensor, step_size: Any
) -> Tensors:
    """Return the factors of one variable after a step, relative to its curvature.

    The gradient by a factor is that of `|Q seen|^2 + |Q^-T draw|^2`: what two products
    along its axis differ by.
    """
    forth, back = seen, tf.cast(draw, seen.dtype)
    for axis, factor in enumerate(factors):
        forth = times_factor(forth, factor, axis)
        back = over_transposed(back, factor, axis)
    learned = []
    for axis, factor in enumerate(factors):
        products = gram_along if factor.shape.rank == 2 else squares_along
        first, second = products(forth, axis), products(back, axis)
        learned.append(moved_factor(factor, first - second, first + second, step_size))
    return learned


def moved_factor(
    factor: tf.Tensor, slope: tf.Tensor, curvature: tf.Tensor, step_size: Any
) -> tf.Tensor:
    """Return a factor less its step; a triangular one stays triangular."""
    tiny = cast_like(LEAST_CURVATURE, factor)
    if factor.shape.rank == 1:
        bound = tf.reduce_max(tf.abs(curvature)) + tiny
        return factor - cast_like(step_size, factor) / bound * slope * factor
    share = cast_like(step_size, factor) / (least_norm(curvature) + tiny)
    return factor - tf.matmul(share * tf.linalg.band_part(slope, 0, -1), factor)


def least_norm(matrix: tf.Tensor) -> tf.Tensor:
    """Return a lower bound of the spectral norm of a symmetric matrix (Li, 2022).

    Two products from the row of the largest norm; no less than that norm.
    """
    largest = tf.reduce_max(tf.abs(matrix))
    unit = tf.math.divide_no_nan(matrix, largest)
    place = tf.argmax(tf.reduce_sum(tf.square(unit), axis=1))
    near = tf.linalg.matvec(unit, tf.gather(unit, place))
    direction = tf.math.divide_no_nan(near, l2_norm(near))
    return largest * l2_norm(tf.linalg.matvec(unit, direction))


def whitened(mean: tf.Tensor, factors: Tensors) -> tf.Tensor:
    """Return `Q' Q mean`, of a root mean square of 1.1 at most."""
    found = with_an_axis(tf.cast(mean, factors[0].dtype))
    for axis, factor in enumerate(factors):
        found = times_factor(found, factor, axis)
        matrix = factor.shape.rank == 2
        found = times_factor(found, tf.transpose(factor) if matrix else factor, axis)
    share = cast_like(1.1, found) / (rms(found) + cast_like(1e-8, found))
    return tf.cast(tf.reshape(found * tf.minimum(share, 1), mean.shape), mean.dtype)


def times_factor(tensor: tf.Tensor, factor: tf.Tensor, axis: int) -> tf.Tensor:
    """Return the factor, a matrix or a diagonal, times the tensor along its axis."""
    if factor.shape.rank == 2:
        return multiplied_along(tensor, factor, axis)
    return tensor * along(factor, tensor, axis)


def over_transposed(tensor: tf.Tensor, factor: tf.Tensor, axis: int) -> tf.Tensor:
    """Return the inverse of the transposed factor times the tensor along its axis."""
    if factor.shape.rank == 1:
        return tensor / along(factor, tensor, axis)
    order = [axis, *(i for i in range(tensor.shape.rank) if i != axis)]
    front = tf.transpose(tensor, order)
    rows = tf.reshape(front, [front.shape[0], -1])
    solved = tf.linalg.triangular_solve(factor, rows, lower=False, adjoint=True)
    restored = [order.index(i) for i in range(len(order))]
    return tf.transpose(tf.reshape(solved, front.shape), restored)
