"""What the twins of samples share: updates and rates, written from their papers."""

import math
from collections.abc import Iterable, Sequence

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.data.permutation import permutation, permutation_keys

Weights = list[tf.Variable]


def variables(model: keras.Model) -> Weights:
    """Return the trainable weights of a model as variables of the twin's own."""
    weights = model.trainable_variables
    return [tf.Variable(weight.numpy()) for weight in weights]


def clipped(gradients: Sequence[tf.Tensor], norm: float) -> list[tf.Tensor]:
    """Scale gradients so that their global norm is `norm` at most."""
    dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
    total = tf.sqrt(sum(tf.reduce_sum(g * g) for g in dense))
    return [g * norm / tf.maximum(total, norm) for g in dense]


class Adam:
    """Adam (Kingma, Ba 2015), epsilon outside the root, with decoupled decay."""

    def __init__(
        self,
        weights: Weights,
        beta_2: float = 0.999,
        decay: float = 0.0,
        decayed: Sequence[bool] = (),
    ) -> None:
        self.weights, self.beta_2, self.decay = weights, beta_2, decay
        self.decayed = list(decayed) or [True for _ in weights]
        self.mean = [tf.zeros_like(weight) for weight in weights]
        self.square = [tf.zeros_like(weight) for weight in weights]
        self.count = 0

    def apply(self, gradients: Sequence[tf.Tensor], rate: float) -> None:
        """Update the weights once."""
        self.count += 1
        scale = math.sqrt(1 - self.beta_2**self.count) / (1 - 0.9**self.count)
        for i, (weight, g) in enumerate(zip(self.weights, gradients, strict=True)):
            self.mean[i] = 0.9 * self.mean[i] + 0.1 * g
            self.square[i] = self.beta_2 * self.square[i] + (1 - self.beta_2) * g * g
            step = rate * scale * self.mean[i] / (tf.sqrt(self.square[i]) + 1e-7)
            decay = rate * self.decay if self.decayed[i] else 0.0
            weight.assign(weight - decay * weight - step)


def cosine(start: float, end: float, step: int, steps: int) -> float:
    """Return a rate that falls from `start` to `end` along half a cosine."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * step / steps))


def shuffled(
    rows: int, size: int, stream: str, seed: int = 7
) -> Iterable[npt.NDArray[np.int32]]:
    """Yield the rows of each full batch of the first epoch, in the run's order."""
    order = permutation(rows, permutation_keys(seed, stream, 0))
    for begin in range(0, rows - size + 1, size):
        yield order[begin : begin + size]
