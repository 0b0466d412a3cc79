"""Five samples as a careful person writes them: one tf.function a step, Keras' Adam."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from benchmarks.workloads import fashion_data

READ_EVERY = 100
Step = Callable[..., tuple[tf.Tensor, ...]]


def dense(shape: tuple[int, ...], *units: int, activation: Any = "relu") -> Any:
    """Return a network of dense layers, the last one without an activation."""
    layers = [keras.layers.Dense(n, activation=activation) for n in units[:-1]]
    flat = [keras.layers.Flatten()] if len(shape) > 1 else []
    last = keras.layers.Dense(units[-1])
    return keras.Sequential([keras.Input(shape), *flat, *layers, last])


def images(batch_size: int, scale: Callable[[tf.Tensor], tf.Tensor]) -> Iterator[Any]:
    """Yield shuffled batches of clothes with their labels, without end."""
    data = tf.data.Dataset.from_tensor_slices(fashion_data()).shuffle(60_000, seed=7)
    data = data.repeat().batch(batch_size, drop_remainder=True)
    data = data.map(
        lambda x, y: (scale(tf.cast(x, tf.float32)), tf.cast(y, tf.int32)),
        num_parallel_calls=tf.data.AUTOTUNE,
    )
    return iter(data.prefetch(tf.data.AUTOTUNE))


def apply(optimizer: Any, tape: tf.GradientTape, loss: tf.Tensor, *models: Any) -> None:
    """Take one step of `optimizer`."""
    variables = [v for model in models for v in model.trainable_variables]
    optimizer.apply_gradients(
        zip(tape.gradient(loss, variables), variables, strict=True)
    )


def built(optimizer: Any, *models: Any) -> Any:
    """Return the optimizer with its slots made."""
    optimizer.build([v for model in models for v in model.trainable_variables])
    return optimizer


class SampleLoop:
    """Calls a compiled step on batches, and reads its means every hundred steps."""

    def __init__(self, step: Step, batches: Iterator[Any] | None) -> None:
        self.step, self.batches = tf.function(step), batches

    def advance(self) -> int:
        """Run a hundred steps; return how many."""
        sums: list[tf.Tensor] = []
        for _ in range(READ_EVERY):
            values = self.step(*([] if self.batches is None else [next(self.batches)]))
            sums = (
                [a + b for a, b in zip(sums, values, strict=True)]
                if sums
                else list(values)
            )
        if not np.isfinite([float(each) for each in sums]).all():
            raise ArithmeticError("the hand-written loop diverged")
        return READ_EVERY

    def close(self) -> None:
        """Nothing is left open."""


def gan() -> SampleLoop:
    """samples/gan.loop."""
    leaky = "leaky_relu"
    generator = dense((32,), 128, 256, 784, activation=leaky)
    critic = keras.Sequential([
        keras.Input((28, 28)), keras.layers.Flatten(),
        keras.layers.Dense(256, activation=leaky), keras.layers.Dropout(0.3),
        keras.layers.Dense(128, activation=leaky), keras.layers.Dense(1),
    ])  # fmt: skip
    classifier = dense((28, 28), 128, 10)
    d_opt = built(keras.optimizers.Adam(2e-4, beta_1=0.5), critic)
    g_opt = built(keras.optimizers.Adam(2e-4, beta_1=0.5), generator)
    c_opt = built(keras.optimizers.Adam(1e-3), classifier)

    def step(batch: Any) -> tuple[tf.Tensor, ...]:
        real, label = batch
        with tf.GradientTape() as tape, tf.GradientTape() as g_tape:
            fake = tf.tanh(generator(tf.random.normal((64, 32)), training=True))
            fake = tf.reshape(fake, (-1, 28, 28))
            d_loss = tf.reduce_mean(tf.nn.softplus(-critic(real, training=True)))
            d_loss += tf.reduce_mean(tf.nn.softplus(critic(fake, training=True)))
        apply(d_opt, tape, d_loss, critic)
        with g_tape:
            g_loss = tf.reduce_mean(tf.nn.softplus(-critic(fake, training=True)))
        apply(g_opt, g_tape, g_loss, generator)
        with tf.GradientTape() as tape:
            c_loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(label, classifier(real))
            )
        apply(c_opt, tape, c_loss, classifier)
        return d_loss, g_loss, c_loss

    return SampleLoop(step, images(64, lambda x: x / 127.5 - 1))


def wgan_gp() -> SampleLoop:
    """samples/wgan_gp.loop: five batches a step."""
    generator = dense((32,), 128, 256, 784)
    critic = dense((28, 28), 256, 128, 1, activation="leaky_relu")
    d_opt = built(keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9), critic)
    g_opt = built(keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9), generator)

    def generated() -> tf.Tensor:
        z = tf.random.normal((64, 32))
        return tf.reshape(tf.tanh(generator(z, training=True)), (-1, 28, 28))

    def step(batch: Any) -> tuple[tf.Tensor, ...]:
        for real in tf.split(batch[0], 5):
            fake, e = generated(), tf.random.uniform((64, 1, 1))
            mix = e * real + (1 - e) * fake
            with tf.GradientTape() as tape:
                with tf.GradientTape() as inner:
                    inner.watch(mix)
                    score = critic(mix, training=True)
                slope = tf.norm(
                    tf.reshape(inner.gradient(score, mix), (64, -1)), axis=1
                )
                distance = tf.reduce_mean(critic(real, training=True))
                distance -= tf.reduce_mean(critic(fake, training=True))
                d_loss = 10 * tf.reduce_mean((slope - 1) ** 2) - distance
            apply(d_opt, tape, d_loss, critic)
        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(critic(generated(), training=True))
        apply(g_opt, tape, g_loss, generator)
        return distance, tf.reduce_mean(slope)

    return SampleLoop(step, images(320, lambda x: x / 127.5 - 1))


def vae() -> SampleLoop:
    """samples/vae.loop, its weight of the KL term at 1."""
    encoder, decoder = dense((28, 28), 256, 32), dense((16,), 256, 784)
    optimizer = built(keras.optimizers.Adam(1e-3), encoder, decoder)

    def step(batch: Any) -> tuple[tf.Tensor, ...]:
        x = tf.reshape(batch[0], (-1, 784))
        with tf.GradientTape() as tape:
            mu, log_variance = tf.split(encoder(batch[0], training=True), 2, axis=1)
            z = mu + tf.exp(0.5 * log_variance) * tf.random.normal(tf.shape(mu))
            nats = tf.nn.sigmoid_cross_entropy_with_logits(x, decoder(z, training=True))
            kl = 1 + log_variance - mu**2 - tf.exp(log_variance)
            loss = tf.reduce_sum(nats, axis=1) - 0.5 * tf.reduce_sum(kl, axis=1)
            objective = tf.reduce_mean(loss)
        apply(optimizer, tape, objective, encoder, decoder)
        return (objective,)

    return SampleLoop(step, images(128, lambda x: x / 255))


def pinn() -> SampleLoop:
    """samples/pinn.loop."""
    u = dense((2,), 32, 32, 32, 1, activation="tanh")
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, 10**9)
    optimizer = built(keras.optimizers.Adam(schedule), u)

    def at(x: tf.Tensor, t: tf.Tensor) -> tf.Tensor:
        return u(tf.concat([x, t], axis=1), training=True)

    def wave(x: tf.Tensor, t: tf.Tensor) -> tf.Tensor:
        return 0.5 - 0.5 * tf.tanh((x + 0.25 - 0.5 * t) / 0.4)

    def step() -> tuple[tf.Tensor, ...]:
        x = tf.random.uniform((512, 1), -1, 1)
        t = tf.random.uniform((512, 1))
        with tf.GradientTape() as tape:
            with tf.GradientTape() as second:
                second.watch(x)
                with tf.GradientTape() as first:
                    first.watch([x, t])
                    v = at(x, t)
                v_x, v_t = first.gradient(v, [x, t])
            v_xx = second.gradient(v_x, x)
            inside = tf.reduce_mean((v_t + v * v_x - 0.1 * v_xx) ** 2)
            one, nothing = tf.ones_like(x), tf.zeros_like(x)
            start = tf.reduce_mean((at(x, nothing) - wave(x, nothing)) ** 2)
            sides = tf.reduce_mean((at(-one, t) - wave(-one, t)) ** 2)
            sides += tf.reduce_mean((at(one, t) - wave(one, t)) ** 2)
            loss = inside + 10 * (start + sides)
        apply(optimizer, tape, loss, u)
        return inside, start, tf.reduce_mean((v - wave(x, t)) ** 2)

    return SampleLoop(step, None)


def maml() -> SampleLoop:
    """samples/maml.loop, with the inner network written out on its weights."""
    net = dense((1,), 40, 40, 1)
    optimizer = built(keras.optimizers.Adam(1e-3), net)

    def fitted(weights: list[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
        w1, b1, w2, b2, w3, b3 = weights
        return tf.nn.relu(tf.nn.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3

    def step() -> tuple[tf.Tensor, ...]:
        before, after = 0.0, 0.0
        with tf.GradientTape() as tape:
            for _ in range(8):
                a, p = tf.random.uniform((), 0.1, 5.0), tf.random.uniform(
                    (), 0, 3.14159
                )
                x = tf.random.uniform((10, 1), -5, 5)
                q = tf.random.uniform((10, 1), -5, 5)
                weights = [tf.convert_to_tensor(v) for v in net.trainable_variables]
                with tf.GradientTape() as inner_tape:
                    inner_tape.watch(weights)
                    error = fitted(weights, x) - a * tf.sin(x - p)
                    inner = tf.reduce_mean(error**2)
                slopes = inner_tape.gradient(inner, weights)
                moved = [w - 0.01 * s for w, s in zip(weights, slopes, strict=True)]
                before += inner
                after += tf.reduce_mean((fitted(moved, q) - a * tf.sin(q - p)) ** 2)
            loss = after / 8
        apply(optimizer, tape, loss, net)
        return before / 8, loss

    return SampleLoop(step, None)


LOOPS = {"gan": gan, "wgan_gp": wgan_gp, "vae": vae, "pinn": pinn, "maml": maml}
