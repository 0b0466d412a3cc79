"""Several objectives under one more, which is at least 0 and is brought there."""

from collections.abc import Sequence

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

FAR = -1e4  # what is projected from here gets no weight


def forum(
    tasks: int,
    rho: float = 0.1,
    normalize: str = "l2",
    beta: float = 1.0,
    beta_sigma: float = 0.75,
) -> GradientTransform:
    """Minimize all objectives but the last, and bring the last, at least 0, to 0.

    Ye and others, 2024: `sum(w_i g_i) + v q` with `v = max(sum(w_i p_i), 0)` and `p_i =
    rho - g_i . q / |q|^2`, so that the last falls by `rho |q|^2` at least. The w on the
    simplex minimize `|sum(w_i g_i) + v q|^2 - v rho |q|^2`, and are averages in which
    the newest have the share `beta / step ** beta_sigma`. The g are divided by their
    norms unless `normalize` is `none`.

    Raises:
        ValueError: fewer than two objectives, or an unknown normalization.
    """
    if tasks < 2 or normalize not in ("none", "l2"):
        raise ValueError("forum takes objectives and one to bring to 0; `none` or `l2`")

    def init(variables: Sequence[tf.Variable]) -> tuple[tf.Tensor, tf.Tensor]:
        return tf.zeros([], tf.float32), even(tasks - 1)

    def find(
        products: tf.Tensor, values: tf.Tensor, state: tuple[tf.Tensor, tf.Tensor]
    ) -> tuple[tf.Tensor, State]:
        scale = tf.ones([tasks - 1], tf.float32)
        if normalize == "l2":
            scale = 1.0 / lengths(products)[:-1]
        own = products[:-1, :-1] * scale[:, None] * scale[None, :]
        across, square = products[:-1, -1] * scale, products[-1, -1]
        count, before = state[0] + 1.0, state[1]
        newest = barrier_weights(own, across, square, rho)
        weights = before + beta / tf.pow(count, beta_sigma) * (newest - before)
        needed = tf.nn.relu(rho * square - tf.tensordot(weights, across, 1))
        push = tf.math.divide_no_nan(needed, square)
        return tf.concat([scale * weights, push[None]], 0), (count, weights)

    return by_products(find, init)


def barrier_weights(
    products: tf.Tensor, across: tf.Tensor, square: tf.Tensor, rho: float
) -> tf.Tensor:
    """Return the weights on the simplex that `forum` looks for.

    `products` are those of the gradients, `across` with that of the last, of which
    `square` is the square. Where the last needs no push, they make the sum shortest;
    where it does, the sum without its part along the last, while `rho across` counts;
    and if each of these lies on the other's side, they lie on the border.
    """
    slack = rho * square - across  # of a sum of weights: above 0 a push is needed
    along = tf.math.divide_no_nan(across, tf.sqrt(square))
    pushed = least(products - along[:, None] * along[None, :], 0.5 * rho * across)
    free = least(products, tf.zeros_like(across))
    border = on_border(products, slack)
    inside = tf.tensordot(free, slack, 1) <= 0.0
    needed = tf.tensordot(pushed, slack, 1) >= 0.0
    return tf.where(needed, pushed, tf.where(inside, free, border))


def least(products: tf.Tensor, slope: tf.Tensor) -> tf.Tensor:
    """Return the weights on the simplex that minimize `w products w / 2 + slope w`."""
    rate = 1.0 / curvature(products)
    return descend(
        lambda w: tf.linalg.matvec(products, w) + slope,
        on_simplex,
        even(products.shape[0]),
        lambda w: rate,
    )


def on_border(products: tf.Tensor, slack: tf.Tensor) -> tf.Tensor:
    """Return the weights with `slack w = 0` that make the sum of gradients shortest.

    They mix the corners of that border: each on the edge between a weight of slack
    above 0 and one below.
    """
    tasks = products.shape[0]
    high, low = slack[:, None], slack[None, :]
    share = tf.math.divide_no_nan(high, high - low)[:, :, None]
    ends = tf.eye(tasks)
    corners = share * ends[None, :, :] + (1.0 - share) * ends[:, None, :]
    real = tf.reshape((high > 0.0) & (low <= 0.0), [tasks * tasks])
    corners = tf.reshape(corners, [tasks * tasks, tasks])
    corners = tf.where(real[:, None], corners, 0.0)  # others may be far away
    inner = tf.matmul(corners, tf.matmul(products, corners, transpose_b=True))
    rate = 1.0 / curvature(inner)
    found = descend(
        lambda w: tf.linalg.matvec(inner, w),
        lambda w: on_simplex(tf.where(real, w, FAR)),
        even(tasks * tasks),
        lambda w: rate,
    )
    return tf.linalg.matvec(corners, found, transpose_a=True)
