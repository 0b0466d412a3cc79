"""A physics-informed network and MAML by hand, on lists of weights."""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.first_steps import KerasAdam

from loopc_runtime import random_uniform, step_scope


def wave(x: tf.Tensor, t: tf.Tensor) -> tf.Tensor:
    """The travelling front that solves Burgers' equation for nu = 0.1."""
    return 0.5 - 0.5 * tf.tanh(0.5 * (x + 0.25 - 0.5 * t) / 0.2)


def pinn_steps(
    u: keras.Model, steps: int, total: int, seed: int
) -> Iterator[tuple[float, float, float]]:
    """Residual inside and squared errors on three edges, by nested tapes."""
    adam = KerasAdam(3e-3)
    for step in range(steps):
        progress = (1 + np.cos(np.pi * step / total)) / 2
        adam.optimizer.learning_rate = 1e-5 + (3e-3 - 1e-5) * progress
        with step_scope(seed, tf.constant(step, tf.int64)):
            x = random_uniform((512, 1), site="x", low=-1, high=1)
            t = random_uniform((512, 1), site="t")
        with tf.GradientTape() as tape:
            with tf.GradientTape() as second:
                second.watch(x)
                with tf.GradientTape() as first:
                    first.watch([x, t])
                    v = u([x, t])
                v_x, v_t = first.gradient(v, [x, t])
            v_xx = second.gradient(v_x, x)
            inside = tf.reduce_mean((v_t + v * v_x - 0.1 * v_xx) ** 2)
            one, nothing = tf.ones_like(x), tf.zeros_like(x)
            edges = [
                tf.reduce_mean((u([a, b]) - wave(a, b)) ** 2)
                for a, b in [(x, nothing), (-one, t), (one, t)]
            ]
            loss = inside + 10 * sum(edges)
        adam.step(u, tape, loss)
        error = tf.sqrt(tf.reduce_mean((u([x, t]) - wave(x, t)) ** 2))
        yield float(inside), float(edges[0]), float(error)


def fitted(weights: list[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """The network of the sample, two hidden layers of relu, by its weights."""
    first, bias_1, second, bias_2, last, bias_3 = weights
    h = tf.nn.relu(tf.nn.relu(x @ first + bias_1) @ second + bias_2)
    return h @ last + bias_3


def maml_steps(
    net: keras.Model, steps: int, seed: int
) -> Iterator[tuple[float, float]]:
    """One inner step of descent for each of eight tasks, one outer step of Adam."""
    adam = KerasAdam(1e-3)
    for step in range(steps):
        before, after = 0.0, 0.0
        with step_scope(seed, tf.constant(step, tf.int64)), tf.GradientTape() as tape:
            for _ in range(8):
                a = random_uniform((1,), site="amplitude", low=0.1, high=5.0)
                p = random_uniform((1,), site="phase", low=0.0, high=3.14159)
                x = random_uniform((10, 1), site="x", low=-5.0, high=5.0)
                q = random_uniform((10, 1), site="q", low=-5.0, high=5.0)
                y, target = a * tf.sin(x - p), a * tf.sin(q - p)
                weights = [tf.convert_to_tensor(v) for v in net.trainable_variables]
                with tf.GradientTape() as inner_tape:
                    inner_tape.watch(weights)
                    inner = tf.reduce_mean((fitted(weights, x) - y) ** 2)
                slopes = inner_tape.gradient(inner, weights)
                moved = [w - 0.01 * s for w, s in zip(weights, slopes, strict=True)]
                before += inner
                after += tf.reduce_mean((fitted(moved, q) - target) ** 2)
            loss = after / 8
        adam.step(net, tape, loss)
        yield float(before / 8), float(loss)
