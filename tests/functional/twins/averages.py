"""vqvae, distillation and mean_teacher by hand: what is kept beside what is trained."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf
from tests.functional.twins.first_steps import KerasAdam

from loopc_runtime import random_crop, random_erasing, random_flip, step_scope

Rows = Sequence[np.ndarray]


def vqvae_steps(
    encoder: keras.Model,
    decoder: keras.Model,
    codebook: np.ndarray,
    sums: np.ndarray,
    images: np.ndarray,
    rows: Rows,
) -> Iterator[tuple[float, float]]:
    """Words are the means of what was read as them, forgotten by a hundredth a step."""
    words, counts = len(codebook), np.ones(len(codebook))
    optimizer = keras.optimizers.Adam(1e-3)
    weights = [*encoder.trainable_variables, *decoder.trainable_variables]
    for chosen in rows:
        x = tf.constant(images[chosen] / 255, tf.float32)
        with tf.GradientTape() as tape:
            z = encoder(x)
            far = tf.reduce_sum((z[:, :, None, :] - codebook) ** 2, axis=3)
            codes = tf.argmin(far, axis=2).numpy()
            read = tf.constant(codebook[codes], tf.float32)
            # The decoder reads words; its gradient goes to what the encoder wrote.
            recon = decoder(z + tf.stop_gradient(read - z))
            error = tf.reduce_sum((x - recon) ** 2, axis=[1, 2])
            loss = tf.reduce_mean(error)
            loss += tf.reduce_mean(tf.reduce_sum((z - read) ** 2, axis=[1, 2])) / 4
        optimizer.apply(tape.gradient(loss, weights), weights)
        flat, vectors = codes.ravel(), z.numpy().reshape(-1, z.shape[-1])
        total = np.zeros_like(sums)
        np.add.at(total, flat, vectors)
        counts = 0.99 * counts + 0.01 * np.bincount(flat, minlength=words)
        sums = 0.99 * sums + 0.01 * total
        codebook = sums / np.maximum(counts, 1e-5)[:, None]
        yield float(tf.reduce_mean(error)), float(np.mean(counts > 0.5))


def distillation_steps(
    teacher: keras.Model,
    student: keras.Model,
    alone: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    rows: Rows,
) -> Iterator[tuple[float, float]]:
    """Both networks at a temperature of 4, where the teacher's doubts are visible."""
    taught, lonely = KerasAdam(1e-3), KerasAdam(1e-3)
    for chosen in rows:
        x = tf.constant(images[chosen] / 255, tf.float32)
        wanted = tf.nn.softmax(teacher(x, training=False) / 4)
        with tf.GradientTape() as tape:
            given = tf.nn.log_softmax(student(x) / 4)
            loss = -16 * tf.reduce_mean(tf.reduce_sum(wanted * given, axis=1))
        taught.step(student, tape, loss)
        with tf.GradientTape() as tape:
            lone = mean_nats(alone(x), labels[chosen], 1.0)
        lonely.step(alone, tape, lone)
        yield float(loss), float(lone)


class MeanTeacher:
    """The average, beside the student whose weights it follows."""

    def __init__(self, student: keras.Model) -> None:
        self.student, self.updates = student, 0
        self.weights = [w.numpy() for w in student.trainable_variables]

    def advance(self) -> None:
        """Forget a tenth in the first updates, a hundredth from update 500 on."""
        decay = 0.9 + 0.09 * min(self.updates / 500, 1)
        self.updates += 1
        new = (w.numpy() for w in self.student.trainable_variables)
        pairs = zip(self.weights, new, strict=True)
        self.weights = [decay * old + (1 - decay) * now for old, now in pairs]

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """The network of the student, which is dense throughout, without its noise."""
        kernels, biases = self.weights[::2], self.weights[1::2]
        h = tf.reshape(x, (x.shape[0], -1))
        for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
            h = tf.nn.relu(h @ kernel + bias)
        return h @ kernels[-1] + biases[-1]


def weak(images: tf.Tensor) -> tf.Tensor:
    """Mirrored or not, by the draws of the step."""
    return random_flip(images[..., None], "weak_flip", "horizontal")[..., 0]


def strong(images: tf.Tensor) -> tf.Tensor:
    """Mirrored, moved by up to three pixels, a rectangle blank; by the step's draws."""
    x = random_flip(images[..., None], "strong_flip", "horizontal")
    x = random_crop(
        tf.pad(x, ((0, 0), (3, 3), (3, 3), (0, 0))), 28, 28, site="strong_crop"
    )
    return random_erasing(x, 0.5, 0.02, 0.4, 0.3, site="strong_erasing", value=0.0)[
        ..., 0
    ]


def mean_teacher_steps(
    student: keras.Model,
    labelled: Sequence[tuple[np.ndarray, np.ndarray]],
    unlabelled: Rows,
    *,
    above: float,
    seed: int,
) -> Iterator[tuple[float, float, float]]:
    """The student learns from labels, and from what its average is sure of."""
    teacher, optimizer = MeanTeacher(student), KerasAdam(1e-3)
    for step, ((images, labels), others) in enumerate(
        zip(labelled, unlabelled, strict=True)
    ):
        x, more = (tf.constant(a / 255, tf.float32) for a in (images, others))
        with step_scope(seed, tf.constant(step, tf.int64)):
            guess = tf.nn.softmax(teacher(weak(more))).numpy()
            sure = tf.constant(guess.max(axis=1) > above, tf.float32)
            with tf.GradientTape() as tape:
                known = mean_nats(student(weak(x), training=True), labels, 1.0)
                scores = student(strong(more), training=True)
                guessed = mean_nats(scores, guess.argmax(axis=1), sure)
                loss = known + min(step / 500, 1) * guessed
            optimizer.step(student, tape, loss)
            teacher.advance()
        yield float(known), float(guessed), float(tf.reduce_mean(sure))


def mean_nats(scores: tf.Tensor, labels: np.ndarray, weight: object) -> tf.Tensor:
    """The cross entropy of labels, each counted by its weight, over all examples."""
    codes = tf.constant(labels, tf.int32)
    chosen = tf.gather(tf.nn.log_softmax(scores), codes, axis=1, batch_dims=1)
    return -tf.reduce_mean(weight * chosen)
