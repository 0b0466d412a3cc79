"""Weights of tasks from validation losses, by hand from the papers' algorithms."""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf
from scipy.optimize import minimize_scalar

Batch = dict[str, tf.Tensor]
Batches = list[tuple[Batch, ...]]
Steps = Callable[[keras.Model, Batches], Iterator[list[float]]]
RATE = 0.1
RHO = 0.3


def losses(net: keras.Model, batch: Batch) -> list[tf.Tensor]:
    """Return the mean cross-entropy of the species and squared error of the mass."""
    guess, mass = net(batch["sizes"], training=True)
    entropies = keras.losses.sparse_categorical_crossentropy(
        batch["species"], guess, from_logits=True
    )
    errors = tf.square(tf.squeeze(mass, 1) - batch["mass"])
    return [tf.reduce_mean(entropies), tf.reduce_mean(errors)]


def slopes(net: keras.Model, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Return both losses and their gradients, `[2, weights]`, in float64."""
    with tf.GradientTape(persistent=True) as tape:
        found = losses(net, batch)
    rows = []
    for loss in found:
        gradients = tape.gradient(loss, net.trainable_variables)
        pairs = zip(gradients, net.trainable_variables, strict=True)
        parts = [np.zeros(v.shape) if g is None else g.numpy() for g, v in pairs]
        rows.append(np.concatenate([np.ravel(part) for part in parts]))
    return np.float64([float(loss) for loss in found]), np.float64(np.stack(rows))


def move(net: keras.Model, step: np.ndarray) -> None:
    """Add a flat step to the weights."""
    start = 0
    for variable in net.trainable_variables:
        size = int(np.prod(variable.shape))
        part = step[start : start + size].reshape(variable.shape)
        variable.assign_add(tf.constant(part, tf.float32))
        start += size


def after_a_step(
    net: keras.Model, step: np.ndarray, batch: Batch
) -> tuple[np.ndarray, np.ndarray]:
    """Return losses and gradients where a step would lead."""
    before = net.get_weights()
    move(net, step)
    found = slopes(net, batch)
    net.set_weights(before)
    return found


def softmax(x: np.ndarray) -> np.ndarray:
    """Return exponentials that sum to 1."""
    return np.exp(x - x.max()) / np.exp(x - x.max()).sum()


def softmax_slope(shares: np.ndarray) -> np.ndarray:
    """Return the Jacobian of the softmax that gave `shares`."""
    return np.diag(shares) - np.outer(shares, shares)


def auto_lambda(net: keras.Model, batches: Batches) -> Iterator[list[float]]:
    """Liu and others, 2022: the loss after the step falls along `-rate g_i . v`."""
    balance, adam = tf.Variable([0.1, 0.1]), keras.optimizers.Adam(0.01)
    for train, held in batches:
        values, g = slopes(net, train)
        (primary, _), v = after_a_step(net, -RATE * balance.numpy() @ g, held)
        adam.apply([tf.constant(-RATE * g @ v[0], tf.float32)], [balance])
        move(net, -RATE * balance.numpy() @ g)
        yield [*values, primary, *balance.numpy()]


def moml(net: keras.Model, batches: list[tuple[Batch, Batch]]) -> Iterator[list[float]]:
    """Ye and others, 2021, algorithm 1: one inner step, min-norm weights above."""
    preference = np.array([0.5, 0.5])
    for train, held in batches:
        shares = softmax(preference)
        values, g = slopes(net, train)
        upper, v = after_a_step(net, -RATE * shares @ g, held)
        a, b = -RATE * v @ g.T @ softmax_slope(shares)
        of_first = np.clip((b - a) @ b / ((a - b) @ (a - b)), 0.0, 1.0)
        preference = preference - (of_first * a + (1 - of_first) * b)
        shares = softmax(preference)
        move(net, -RATE * shares @ g)
        yield [*values, *upper, shares[0]]


def forum(net: keras.Model, batches: Batches) -> Iterator[list[float]]:
    """Ye and others, 2024, algorithm 1: five inner steps, weights by a line search."""
    preference, adam = tf.Variable([0.5, 0.5]), keras.optimizers.Adam(0.01)
    kept = np.zeros(2)
    for step, (train, held) in enumerate(batches, start=1):
        shares = softmax(np.float64(preference.numpy()))
        before = net.get_weights()
        for _ in range(5):
            move(net, -RATE * shares @ slopes(net, train)[1])
        solved, _ = slopes(net, train)
        net.set_weights(before)
        values, g = slopes(net, train)
        upper, f = slopes(net, held)
        q = np.concatenate([(values - solved) @ softmax_slope(shares), shares @ g])
        f = np.concatenate([np.zeros((2, 2)), f], axis=1)
        f /= np.linalg.norm(f, axis=1, keepdims=True)
        pushes = RHO - f @ q / (q @ q)

        def height(w: float, f=f, q=q, pushes=pushes) -> float:
            both = np.array([w, 1 - w])
            push = max(both @ pushes, 0.0)
            return float(np.sum((both @ f + push * q) ** 2) - push * RHO * q @ q)

        newest = minimize_scalar(
            height, bounds=(0, 1), method="bounded", options={"xatol": 1e-9}
        ).x
        kept += (np.array([newest, 1 - newest]) - kept) / step**0.75
        down = kept @ f + max(kept @ pushes, 0.0) * q
        yield [*values, *upper, shares[0]]
        adam.apply([tf.constant(down[:2], tf.float32)], [preference])
        move(net, -RATE * down[2:])
