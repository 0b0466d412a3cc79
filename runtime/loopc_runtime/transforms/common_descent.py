"""Directions in which every objective falls: small convex programs on the device."""

import tensorflow as tf

from loopc_runtime.transforms.base import GradientTransform, State
from loopc_runtime.transforms.task_base import (
    by_products,
    curvature,
    descend,
    even,
    lengths,
    on_simplex,
)


def mgda(tasks: int, normalize: str = "none") -> GradientTransform:
    """Step along the shortest vector in the convex hull of the gradients.

    Desideri, 2012. `normalize` divides every gradient first: by its norm (`l2`), its
    objective (`loss`) or both (`loss+`).

    Raises:
        ValueError: an unknown normalization.
    """
    if normalize not in ("none", "l2", "loss", "loss+"):
        raise ValueError(f"mgda knows no normalization {normalize!r}.")

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        scale = tf.ones([tasks], tf.float32)
        if normalize in ("l2", "loss+"):
            scale /= lengths(products)
        if normalize in ("loss", "loss+"):
            scale /= tf.maximum(values, 1e-20)
        scaled = products * scale[:, None] * scale[None, :]
        return scale * shortest(scaled), state

    return by_products(find)


def shortest(products: tf.Tensor) -> tf.Tensor:
    """Return the weights on the simplex that minimize `w . products . w`."""
    rate = 1.0 / curvature(products)
    return descend(
        lambda point: tf.linalg.matvec(products, point),
        on_simplex,
        even(products.shape[0]),
        lambda point: rate,
    )


def cagrad(tasks: int, calpha: float = 0.5, rescale: int = 1) -> GradientTransform:
    """Step where the worst improvement is best, near the mean of the gradients.

    Liu and others, 2021: `g_0 + calpha |g_0| / |g_w| g_w`, w minimizing `g_w . g_0 +
    calpha |g_0| |g_w|` on the simplex. `rescale` 1 divides by `1 + calpha ** 2`, 2 by
    `1 + calpha`, 0 by nothing. An objective whose gradient is 0 cannot improve, and is
    not the worst.

    Raises:
        ValueError: an unknown rescale.
    """
    if rescale not in (0, 1, 2):
        raise ValueError(f"cagrad rescales by 0, 1 or 2, not {rescale}.")
    divisor = (1.0, 1.0 + calpha**2, 1.0 + calpha)[rescale]

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        size = curvature(products)
        unit = products / size
        resting = tf.linalg.diag_part(products) <= 0.0
        mean = even(tasks)
        towards = tf.linalg.matvec(unit, mean)
        radius = calpha * tf.sqrt(tf.maximum(tf.tensordot(mean, towards, 1), 1e-12))

        def norm(point: tf.Tensor) -> tf.Tensor:
            square = tf.tensordot(point, tf.linalg.matvec(unit, point), 1)
            return tf.sqrt(tf.maximum(square, 1e-12))

        found = descend(
            lambda w: towards + radius * tf.linalg.matvec(unit, w) / norm(w),
            lambda w: on_simplex(tf.where(resting, -1e4, w)),
            mean,
            lambda w: norm(w) / radius,
        )
        return (mean + radius / norm(found) * found) / divisor, state

    return by_products(find)


def nash_mtl(tasks: int) -> GradientTransform:
    """Weigh by the Nash bargaining solution: `products . w = 1 / w`.

    Navon and others, 2022. Solved to rounding in each step.
    """
    return fairgrad(tasks, alpha=1.0)


def fairgrad(tasks: int, alpha: float = 1.0) -> GradientTransform:
    """Weigh so that the improvements are alpha-fair: `products . w = w ** (-1 / a)`.

    Ban and Ji, 2024; with `alpha` 1 the Nash bargaining solution. Damped Newton steps
    on the convex function of which this is the stationary point.

    Raises:
        ValueError: alpha is not positive.
    """
    if alpha <= 0:
        raise ValueError(f"fairgrad needs a positive alpha, found {alpha}.")
    power = -1.0 / alpha

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        size = curvature(products)
        unit = products / size + 1e-6 * tf.eye(tasks)
        start = tf.ones([tasks], tf.float32)

        def body(step: tf.Tensor, w: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            fair = tf.pow(w, power)
            residual = tf.linalg.matvec(unit, w) - fair
            hessian = unit + tf.linalg.diag(-power * fair / w)
            factor = tf.linalg.cholesky(hessian)
            change = tf.linalg.cholesky_solve(factor, residual[:, None])[:, 0]
            damping = 1.0 + tf.sqrt(tf.maximum(tf.tensordot(residual, change, 1), 0.0))
            return step + 1, tf.maximum(w - change / damping, 0.1 * w)

        _, w = tf.while_loop(lambda step, w: step < 60, body, (tf.constant(0), start))
        # In units of the products: if M w = w ** p, then so has c w with this c.
        return w * tf.pow(size, 1.0 / (power - 1.0)), state

    return by_products(find)


def sdmgrad(tasks: int, lam: float = 0.3) -> GradientTransform:
    """Step between the mean gradient and that of `mgda`, by the weight `lam`.

    Xiao and others, 2023: w minimizes `|g_w + lam g_0|` on the simplex, the step is
    `(g_w + lam g_0) / (1 + lam)`. Solved exactly, on the gradients of the one batch.
    """

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        mean = even(tasks)
        rate = 1.0 / curvature(products)
        found = descend(
            lambda w: tf.linalg.matvec(products, w + lam * mean),
            on_simplex,
            mean,
            lambda w: rate,
        )
        return (found + lam * mean) / (1.0 + lam), state

    return by_products(find)


def upgrad(tasks: int) -> GradientTransform:
    """Project every gradient on the cone in which no objective rises; take the mean.

    Quinton and Rey, 2024.
    """

    def find(
        products: tf.Tensor, values: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        unit = products / curvature(products)
        rate = 1.0 / curvature(unit)
        total = tf.zeros([tasks], tf.float32)
        for task in range(tasks):
            total += shortest_above(unit, rate, tf.one_hot(task, tasks))
        return total / tasks, state

    return by_products(find)


def shortest_above(products: tf.Tensor, rate: tf.Tensor, least: tf.Tensor) -> tf.Tensor:
    """Return the weights of at least `least` that minimize `w . products . w`."""
    return descend(
        lambda point: tf.linalg.matvec(products, point),
        lambda point: tf.maximum(point, least),
        least,
        lambda point: rate,
    )
